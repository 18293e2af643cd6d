namespace DeviceClient.Emulator.Tests;

/// <summary>CONNECT over TLS and WebSocket: who is let in, and with which code and log line the others are not.</summary>
[TestClass]
public sealed class MqttConnectTests
{
    private static HubEmulator s_hub = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _) => s_hub = await HubEmulator.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_hub.DisposeAsync();

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Connect_WithDeviceKey_IsLetIn(bool webSocket)
    {
        HubDevice device = s_hub.Devices.Add($"let-in-{webSocket}");
        await using Peer peer = await Peer.ConnectAsync(s_hub, device, webSocket: webSocket);
        Assert.AreEqual(0, peer.ReturnCode);
        HubConnectionInfo connection = await s_hub.Connections.WaitForConnectedAsync(device.DeviceId);
        Assert.AreEqual(webSocket ? "MQTT-WS" : "MQTT", connection.Protocol);
        Assert.AreEqual("sas", connection.AuthenticationType);
        Assert.IsTrue(device.IsConnected);
        await peer.PublishAsync($"devices/{device.Id}/messages/events/", "hello");
        HubTelemetryMessage message = await s_hub.Telemetry.WaitForAsync(m => m.DeviceId == device.Id);
        Assert.AreEqual("hello", System.Text.Encoding.UTF8.GetString(message.Payload.Span));
    }
}
