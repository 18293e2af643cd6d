using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

/// <summary>The snippet in the package's README is this one: compiled and run against a real client.</summary>
[TestClass]
public sealed class ReadmeSnippetTests
{
    [TestMethod]
    public async Task Readme_Snippet_DrivesADeviceThroughItsDay()
    {
        // snippet:begin
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("thermostat-1");

        // Give device.ConnectionString and hub.RootCertificate to the device under test.
        await using IAsyncDisposable thermostat = await StartThermostatAsync(hub, device);

        HubTelemetryMessage first = await hub.Telemetry.WaitForAsync(message => message.DeviceId == "thermostat-1");
        hub.Twins.UpdateDesired("thermostat-1", new JsonObject { ["interval"] = 5 });
        HubMethodResult answer = await hub.Methods.InvokeAsync("thermostat-1", new HubMethodRequest("reboot", """{"delay":1}"""));
        await hub.Messages.SendCloudToDeviceAsync("thermostat-1", new HubCloudToDeviceMessage { Payload = "hello"u8.ToArray() });

        // Lose the next acknowledgement together with the connection, then read what happened.
        HubFault fault = hub.Faults.Add(new HubFaultRule { Point = HubFaultPoint.PubAck, Action = HubFaultAction.Drop, DeviceId = "thermostat-1" });
        await fault.WaitForAsync();
        foreach (HubLogEntry line in hub.Log.Entries)
        {
            Console.WriteLine(line);
        }

        // snippet:end
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual(2, first.Payload.Length);
        Assert.AreEqual(1, fault.FiredCount);
    }

    [TestMethod]
    public void Readme_Snippet_IsTheCompiledOne()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot(), "src", "DeviceClient.Emulator", "README.md")).ReplaceLineEndings("\n");
        string source = File.ReadAllText(Path.Combine(RepositoryRoot(), "tests", "DeviceClient.Emulator.Tests", "ReadmeSnippetTests.cs")).ReplaceLineEndings("\n");
        string snippet = source.Split("// snippet:" + "begin\n")[1].Split("\n        // snippet:" + "end")[0];
        string expected = string.Join('\n', snippet.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));
        Assert.Contains("```csharp\n" + expected + "```\n", readme);
    }

    /// <summary>A device that sends telemetry every so often and answers its methods.</summary>
    private static async Task<IAsyncDisposable> StartThermostatAsync(HubEmulator hub, HubDevice device)
    {
        Peer peer = await Peer.ConnectAsync(hub, device);
        await peer.SubscribeAsync(0, "$iothub/methods/POST/#");
        peer.Send($"devices/{device.Id}/messages/events/", "21");
        _ = AnswerAsync(peer, device);
        return peer;
    }

    private static async Task AnswerAsync(Peer peer, HubDevice device)
    {
        string topic = (await peer.ReceiveTextAsync()).Topic;
        await peer.PublishAsync($"$iothub/methods/res/200/{topic[topic.IndexOf('?', StringComparison.Ordinal)..]}");
        while (!peer.Disconnected.IsCompleted)
        {
            peer.Send($"devices/{device.Id}/messages/events/", "22");
            await Task.WhenAny(peer.Disconnected, Task.Delay(50));
        }
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
