namespace DeviceClient.Interop.Tests;

/// <summary>The official service SDKs for Node, unmodified, against the emulator's REST. They know port 443 only.</summary>
[TestClass]
public sealed class NodeServiceTests
{
    private const int LimitMilliseconds = 90_000;
    private static NodeHub s_node = null!;

    public required TestContext TestContext { get; set; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_node = await NodeHub.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_node.DisposeAsync();

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    public Task Node_Registry_WholeLifeOfDevices() => RunAsync("service-registry.js");

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    public Task Node_Enrollments_WholeLife() => RunAsync("service-enrollments.js");

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    public async Task Node_ServiceAndDevice_TalkThroughTheHub()
    {
        s_node.Need443();
        s_node.Hub.Devices.Add("node-both");
        await using NodeScript script = s_node.RunDevice("service-twin-and-methods.js", "mqtt", "node-both");
        await script.FinishAsync(Token);
    }

    private async Task RunAsync(string name)
    {
        s_node.Need443();
        await using NodeScript script = s_node.Run(name);
        await script.FinishAsync(Token);
    }
}
