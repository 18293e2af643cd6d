using System.Text;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator.Tests;

/// <summary>Telemetry: topics, bags, limits, stamps, will; and which violations close the connection with which line.</summary>
[TestClass]
public sealed class MqttTelemetryTests
{
    private static HubEmulator s_hub = null!;
    private static int s_nextId;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _) => s_hub = await HubEmulator.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_hub.DisposeAsync();

    private static HubDevice NewDevice() => s_hub.Devices.Add($"telemetry-{Interlocked.Increment(ref s_nextId)}");

    private static Task<HubTelemetryMessage> FirstAsync(HubDevice device) => s_hub.Telemetry.WaitForAsync(m => m.DeviceId == device.Id, Expect.Soon);

    [TestMethod]
    public async Task Telemetry_WithSystemAndApplicationProperties_IsDecodedAndStamped()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        await peer.PublishAsync($"devices/{device.Id}/messages/events/%24.mid=m%201&$.ct=application%2Fjson&%24.ce=utf-8&%24.sub=thermostat&a%26b=c%3Dd&flag&empty=/", "{}");
        HubTelemetryMessage message = await FirstAsync(device);
        Assert.AreEqual("m 1", message.SystemProperties["message-id"]);
        Assert.AreEqual("application/json", message.SystemProperties["content-type"]);
        Assert.AreEqual("utf-8", message.SystemProperties["content-encoding"]);
        Assert.AreEqual("thermostat", message.SystemProperties["dt-subject"]);
        Assert.AreEqual(device.Id, message.SystemProperties["iothub-connection-device-id"]);
        Assert.AreEqual(device.GenerationId, message.SystemProperties["iothub-connection-auth-generation-id"]);
        Assert.AreEqual("""{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}""", message.SystemProperties["iothub-connection-auth-method"]);
        Assert.AreEqual("Telemetry", message.SystemProperties["iothub-message-source"]);
        CollectionAssert.AreEquivalent(
            new[] { "a&b=c=d", "flag=(null)", "empty=" },
            message.Properties.Select(p => $"{p.Key}={p.Value ?? "(null)"}").ToArray());
    }

    [TestMethod]
    public async Task Telemetry_WithLeadingQuestionMark_IsTaken()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        await peer.PublishAsync($"devices/{device.Id}/messages/events/?prop1&prop2=", "x");
        Assert.HasCount(2, (await FirstAsync(device)).Properties);
    }

    [TestMethod]
    public async Task Telemetry_WithRetain_GetsPropertyInsteadOfRetention()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        await peer.PublishAsync($"devices/{device.Id}/messages/events/", "x", qos: 0, retain: true);
        Assert.AreEqual("true", (await FirstAsync(device)).Properties["mqtt-retain"]);
    }

    [TestMethod]
    public async Task Telemetry_WithDup_GetsProperty()
    {
        HubDevice device = NewDevice();
        await using RawPeer peer = await RawPeer.ConnectAsync(s_hub, device);
        byte[] topic = Encoding.UTF8.GetBytes($"devices/{device.Id}/messages/events/");
        await peer.SendAsync(RawPeer.Packet(0x3A, [0, (byte)topic.Length, .. topic, 0, 7, 1, 2, 3]));
        CollectionAssert.AreEqual(new byte[] { 0x40, 2, 0, 7 }, await peer.ReadAsync(4));
        Assert.AreEqual("true", (await FirstAsync(device)).Properties["mqtt-dup"]);
    }

    [TestMethod]
    public async Task Telemetry_OfExactlyTheLimit_IsTaken_OneMoreByteCloses()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        string topic = $"devices/{device.Id}/messages/events/ab=cde&%24.mid=xy";
        await peer.PublishAsync(topic, new byte[262144 - 7]);
        Assert.HasCount(262144 - 7, (await FirstAsync(device)).Payload.ToArray());
        peer.Send(topic, new byte[262144 - 6]);
        HubLogEntry line = await Expect.ClosedAsync(s_hub, peer, device.Id, 413001);
        Assert.Contains("262145", line.Text);
    }

    [TestMethod]
    [DataRow("devices/{0}/messages/events/", 2, DisplayName = "QoS 2")]
    [DataRow("devices/{0}/messages/event/", 1, DisplayName = "misspelt topic")]
    [DataRow("devices/other/messages/events/", 1, DisplayName = "another device's topic")]
    [DataRow("devices/{0}/modules/m/messages/events/", 1, DisplayName = "a module's topic")]
    [DataRow("devices/{0}/messages/devicebound/", 1, DisplayName = "the hub's own topic")]
    [DataRow("devices/{0}/messages/events/a=b=c", 1, DisplayName = "unencoded equals sign")]
    [DataRow("devices/{0}/messages/events/a=%2", 1, DisplayName = "broken escape")]
    [DataRow("devices/{0}/messages/events/=b", 1, DisplayName = "no name")]
    [DataRow("$iothub/twin/GET/", 1, DisplayName = "twin read without request id")]
    [DataRow("$iothub/methods/res/200/", 1, DisplayName = "method answer without request id")]
    [DataRow("$iothub/methods/res/fine/?$rid=1", 1, DisplayName = "method answer with a status in words")]
    [DataRow("$iothub/nonsense", 1, DisplayName = "unknown hub topic")]
    public async Task P56_Publish_ThatTheHubDoesNotTake_ClosesWithDiagnosis(string topic, int qos)
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        peer.Send(string.Format(null, topic, device.Id), "x", qos);
        await Expect.ClosedAsync(s_hub, peer, device.Id, 400004);
        Assert.DoesNotContain(m => m.DeviceId == device.Id, s_hub.Telemetry.History);
    }

    [TestMethod]
    public async Task Will_WhenConnectionIsLost_IsDeliveredAsTelemetry()
    {
        HubDevice device = NewDevice();
        Peer peer = await ConnectWithWillAsync(device);
        await s_hub.Connections.WaitForConnectedAsync(device.Id);
        await peer.DisposeAsync();
        HubTelemetryMessage message = await FirstAsync(device);
        Assert.IsTrue(message.IsWill);
        Assert.AreEqual("Will", message.Properties["iothub-MessageType"]);
        Assert.AreEqual("why", message.Properties["p"]);
        Assert.AreEqual("gone", Encoding.UTF8.GetString(message.Payload.Span));
    }

    [TestMethod]
    public async Task Will_AfterDisconnect_IsNotDelivered()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await ConnectWithWillAsync(device);
        await peer.DisconnectAsync();
        await s_hub.Connections.WaitForDisconnectedAsync(device.Id, cancellationToken: Expect.Soon);
        Assert.AreEqual(HubLogEvent.Closed, (await s_hub.Log.WaitForAsync(l => l.Id == device.Id && l.Event == HubLogEvent.Closed, Expect.Soon)).Event);
        Assert.DoesNotContain(m => m.DeviceId == device.Id, s_hub.Telemetry.History);
    }

    [TestMethod]
    public async Task Will_OnAnotherTopic_IsRefused()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device, options => options.WithWillTopic("devices/other/messages/events/").WithWillPayload("x"));
        Assert.AreNotEqual(0, peer.ReturnCode);
        await s_hub.Log.WaitForAsync(line => line.Code == 400004 && line.Text.Contains("will on 'devices/other", StringComparison.Ordinal), Expect.Soon);
    }

    private static Task<Peer> ConnectWithWillAsync(HubDevice device) => Peer.ConnectAsync(s_hub, device, options => options
        .WithWillTopic($"devices/{device.Id}/messages/events/p=why")
        .WithWillPayload("gone")
        .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce));
}
