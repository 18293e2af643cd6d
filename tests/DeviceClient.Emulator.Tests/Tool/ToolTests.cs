using System.Net;
using DeviceClient.Emulator.Tool;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class ToolTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "devicehub-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [TestMethod]
    public void Options_AreReadInBothSpellings()
    {
        ToolOptions options = ToolOptions.Parse(
            ["--mqtt-port", "1", "--https-port=2", "--address", "0.0.0.0", "--host-name=a.b", "--also-name", "c", "--also-name", "d", "--quiet"], "key");
        HubEmulatorOptions emulator = options.ToEmulator();
        Assert.AreEqual((1, 2, IPAddress.Any, "a.b", "key"), (emulator.MqttPort, emulator.HttpsPort, emulator.Address, emulator.HostName, emulator.OwnerPolicyKey));
        CollectionAssert.AreEqual(new[] { "c", "d" }, emulator.AlternateHostNames.ToArray());
        Assert.IsTrue(options.Quiet);
    }

    [TestMethod]
    public void Options_WithoutArguments_AreTheClouds()
    {
        ToolOptions options = ToolOptions.Parse([], null);
        Assert.AreEqual((8883, 443, IPAddress.Loopback), (options.MqttPort, options.HttpsPort, options.Address));
    }

    [TestMethod]
    [DataRow("--mqtt-prot", "--mqtt-prot")]
    [DataRow("--mqtt-port", "needs a value")]
    [DataRow("--mqtt-port=x", "0 to 65535")]
    [DataRow("--mqtt-port=65536", "0 to 65535")]
    [DataRow("--address=home", "IP address")]
    [DataRow("--address=0.0.0.0", "--policy-key")]
    [DataRow("something", "not an option")]
    public async Task WrongUse_IsOneLineAndCode2(string argument, string says)
    {
        (int code, string output, string errors) = await RunAsync([argument]);
        Assert.AreEqual(2, code);
        Assert.AreEqual("", output);
        StringAssert.Contains(errors, says);
        Assert.AreEqual(1, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [TestMethod]
    public async Task Help_ListsTheOptions()
    {
        (int code, string output, _) = await RunAsync(["--help"]);
        Assert.AreEqual(0, code);
        StringAssert.Contains(output, "--https-port");
    }

    [TestMethod]
    public async Task BadSeed_IsOneLineAndCode1()
    {
        Directory.CreateDirectory(_directory);
        string seed = Path.Combine(_directory, "seed.json");
        await File.WriteAllTextAsync(seed, """{"devices":[{"deviceId":"a b"}]}""");
        (int code, _, string errors) = await RunAsync(Arguments("--seed", seed));
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, "$.devices[0]");
        Assert.AreEqual(1, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [TestMethod]
    public async Task Run_PrintsWhatABenchNeedsAndEndsWithCode0()
    {
        Directory.CreateDirectory(_directory);
        string seed = Path.Combine(_directory, "seed.json");
        await File.WriteAllTextAsync(seed, """{"devices":[{"deviceId":"bench-1"}]}""");
        using var ending = new CancellationTokenSource();
        using var output = new EndingWriter("listens on", ending);
        using var errors = new StringWriter();
        int code = await Program.RunAsync(Arguments("--seed", seed), null, output, errors, ending.Token).WaitAsync(Expect.Soon);
        Assert.AreEqual(0, code, errors.ToString());
        string text = output.ToString();
        foreach (string part in new[] { "DeviceId=bench-1", "SharedAccessKeyName=iothubowner", "provisioningserviceowner", "root.pem", "0ne" })
        {
            StringAssert.Contains(text, part);
        }
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = await Program.RunAsync(arguments, null, output, errors, CancellationToken.None).WaitAsync(Expect.Soon);
        return (code, output.ToString(), errors.ToString());
    }

    private string[] Arguments(params string[] more) =>
        ["--mqtt-port", "0", "--https-port", "0", "--certificates", Path.Combine(_directory, "certificates"), .. more];

    /// <summary>Ends the tool once it has printed a text, as a signal would.</summary>
    private sealed class EndingWriter(string text, CancellationTokenSource ending) : StringWriter
    {
        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                await ending.CancelAsync();
            }
        }
    }
}
