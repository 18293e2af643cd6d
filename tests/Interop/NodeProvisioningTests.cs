using System.Text;
using DeviceClient.Emulator;

namespace DeviceClient.Interop.Tests;

/// <summary>The official provisioning device SDK for Node, unmodified, against the emulator's DPS.</summary>
[TestClass]
public sealed class NodeProvisioningTests
{
    private const int LimitMilliseconds = 90_000;
    private static NodeHub s_node = null!;

    public required TestContext TestContext { get; set; }

    private static HubEmulator Hub => s_node.Hub;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_node = await NodeHub.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_node.DisposeAsync();

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    [DataRow("mqtt")]
    [DataRow("mqtt-ws")]
    public async Task Node_IndividualEnrollment_RegistersAndConnects(string transport)
    {
        string id = $"single-{transport}";
        HubEnrollment enrollment = Hub.Provisioning.AddIndividual(id);
        await RegisterAsync(transport, id, ("INDIVIDUAL_KEY", enrollment.PrimaryKey!));
    }

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    [DataRow("mqtt")]
    [DataRow("mqtt-ws")]
    public async Task Node_EnrollmentGroup_RegistersWithDerivedKeyAndConnects(string transport)
    {
        HubEnrollment group = Hub.Provisioning.AddGroup($"line-{transport}");
        await RegisterAsync(transport, $"member-{transport}", ("GROUP_KEY", group.PrimaryKey!));
    }

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    public async Task Node_WrongKeyOrUnknownRegistration_IsRefused()
    {
        Hub.Provisioning.AddIndividual("refused");
        await using NodeScript script = s_node.Run(
            "provisioning-refused.js", ("REGISTRATION_ID", "refused"), ("PROVISIONING_HOST", s_node.Host("mqtt")));
        await script.FinishAsync(Token);
        Assert.IsFalse(Hub.Devices.TryGet("refused", out _), "A refused registration must not create a device.");
    }

    private async Task RegisterAsync(string transport, string registrationId, (string, string) key)
    {
        if (transport == "mqtt-ws")
        {
            s_node.Need443();
        }

        await using NodeScript script = s_node.Run(
            "provisioning-register.js",
            ("TRANSPORT", transport), ("REGISTRATION_ID", registrationId), ("PROVISIONING_HOST", s_node.Host(transport)), key);
        await script.FinishAsync(Token);
        HubTelemetryMessage hello = await Hub.Telemetry.WaitForAsync(message => message.DeviceId == registrationId, Token);
        Assert.AreEqual($"hello from {registrationId}", Encoding.UTF8.GetString(hello.Payload.Span));
    }
}
