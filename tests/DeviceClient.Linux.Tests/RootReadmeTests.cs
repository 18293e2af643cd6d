using DeviceClient.Emulator;

namespace DeviceClient.Linux.Tests;

/// <summary>The snippets of the repository's README are these: compiled against today's API.</summary>
[TestClass]
public sealed class RootReadmeTests
{
    [TestMethod]
    [DataRow("client")]
    [DataRow("emulator")]
    public void RootReadme_Snippet_IsTheCompiledOne(string name)
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot(), "README.md")).ReplaceLineEndings("\n");
        string source = File.ReadAllText(Path.Combine(RepositoryRoot(), "tests", "DeviceClient.Linux.Tests", "RootReadmeTests.cs")).ReplaceLineEndings("\n");
        string snippet = source.Split($"// {name}:" + "begin\n")[1].Split($"        // {name}:" + "end")[0];
        string expected = string.Join('\n', snippet.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));
        Assert.Contains("```csharp\n" + expected + "```\n", readme);
    }

    // Never called: the first needs a hub with a public certificate, the second a device.
    private static async Task<(long, Twin)> ClientAsync(string connectionString)
    {
        // client:begin
        await using HubDeviceClient device = new(HubIdentity.FromConnectionString(connectionString));

        device.OnDirectMethod("setInterval", (request, token) => Task.FromResult(new DirectMethodResponse(200)));
        device.OnDesiredProperties((change, token) => Task.CompletedTask);
        device.OnCloudToDeviceMessage((message, token) => Task.FromResult(MessageDisposition.Complete));

        await device.OpenAsync();
        await device.SendTelemetryAsync(new TelemetryMessage("{\"temperature\":21.5}"u8.ToArray()) { ContentType = "application/json" });
        long version = await device.UpdateReportedPropertiesAsync("{\"firmware\":\"1.2\"}");
        Twin twin = await device.GetTwinAsync();
        // client:end
        return (version, twin);
    }

    private static async Task<HubTelemetryMessage> EmulatorAsync()
    {
        // emulator:begin
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice thermostat = hub.Devices.Add("thermostat-1");
        // give thermostat.ConnectionString and hub.RootCertificate to the client under test
        hub.Faults.Add(new HubFaultRule { Point = HubFaultPoint.PubAck, Action = HubFaultAction.Swallow });
        HubTelemetryMessage first = await hub.Telemetry.WaitForAsync(message => message.DeviceId == "thermostat-1");
        // emulator:end
        return first.DeviceId == thermostat.DeviceId ? first : throw new InvalidOperationException(first.DeviceId);
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "DeviceSdk.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No DeviceSdk.sln above {AppContext.BaseDirectory}.");
    }
}
