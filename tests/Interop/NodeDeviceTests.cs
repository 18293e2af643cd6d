using System.Text;
using System.Text.Json.Nodes;
using DeviceClient.Emulator;

namespace DeviceClient.Interop.Tests;

/// <summary>The official device SDK for Node, unmodified, against the emulator over MQTT and MQTT over WebSocket.</summary>
[TestClass]
public sealed class NodeDeviceTests
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
    public async Task Node_Telemetry_ArrivesWithItsProperties(string transport)
    {
        string device = Add("telemetry", transport);
        await using NodeScript script = s_node.RunDevice("device-telemetry.js", transport, device);
        await script.FinishAsync(Token);

        HubTelemetryMessage message = await Telemetry(device, text => text.Contains("temperature", StringComparison.Ordinal));
        Assert.AreEqual("{\"temperature\":21.5}", Encoding.UTF8.GetString(message.Payload.Span));
        Assert.AreEqual("K\u00fcche & Bad/1 = 100 %", message.Properties["room"]);
        Assert.AreEqual("2+3", message.Properties["alarm level"]);
        string system = string.Join('\n', message.SystemProperties.Select(pair => $"{pair.Key}={pair.Value}"));
        foreach (string expected in new[] { "message-1", "correlation-1", "application/json", "utf-8" })
        {
            StringAssert.Contains(system, expected, StringComparison.Ordinal);
        }

        foreach (string expected in new[] { "message 1", "message 2", "message 3" })
        {
            await Telemetry(device, text => text == expected);
        }
    }

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    [DataRow("mqtt")]
    [DataRow("mqtt-ws")]
    public async Task Node_CloudToDevice_QueuedAndLiveMessagesAreCompleted(string transport)
    {
        string device = Add("cloud", transport);
        await Hub.Messages.SendCloudToDeviceAsync(
            device, new HubCloudToDeviceMessage { Payload = "queued"u8.ToArray(), MessageId = "queued-1" }, Token);
        await using NodeScript script = s_node.RunDevice("device-cloud-to-device.js", transport, device);
        await script.WaitForAsync("listening", Token);
        await Hub.Messages.SendCloudToDeviceAsync(
            device,
            new HubCloudToDeviceMessage
            {
                Payload = "{\"on\":true}"u8.ToArray(),
                MessageId = "live-1",
                CorrelationId = "why-1",
                Ack = HubFeedbackRequest.Full,
                Properties = [new("room", "K\u00fcche & Bad")],
            },
            Token);
        await script.FinishAsync(Token);

        Assert.IsEmpty(Hub.Messages.Pending(device));
        HubFeedbackRecord feedback = Hub.Messages.Feedback.Single(record => record.DeviceId == device);
        Assert.AreEqual("live-1", feedback.OriginalMessageId);
        Assert.AreEqual(HubFeedbackStatus.Success, feedback.Status);
    }

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    [DataRow("mqtt")]
    [DataRow("mqtt-ws")]
    public async Task Node_DirectMethods_KnownIsAnsweredUnknownTimesOut(string transport)
    {
        string device = Add("methods", transport);
        await using NodeScript script = s_node.RunDevice("device-methods.js", transport, device);
        await script.WaitForAsync("listening", Token);

        HubMethodResult known = await Hub.Methods.InvokeAsync(
            device, new HubMethodRequest("setInterval", "{\"seconds\":5,\"text\":\"gr\\u00fcn\"}"), cancellationToken: Token);
        Assert.AreEqual(202, known.Status);
        Assert.AreEqual(5, (int)known.ToJson()!["accepted"]!);

        HubServiceException unknown = await Assert.ThrowsExactlyAsync<HubServiceException>(() => Hub.Methods.InvokeAsync(
            device, new HubMethodRequest("nobody") { ResponseTimeout = TimeSpan.FromSeconds(5) }, cancellationToken: Token));
        Assert.AreEqual(504, unknown.HttpStatus);

        HubMethodResult finished = await Hub.Methods.InvokeAsync(device, new HubMethodRequest("finish"), cancellationToken: Token);
        Assert.AreEqual(200, finished.Status);
        await script.FinishAsync(Token);
    }

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    [DataRow("mqtt")]
    [DataRow("mqtt-ws")]
    public async Task Node_Twin_ReadsReportsAndFollows(string transport)
    {
        string device = Add("twin", transport);
        Hub.Twins.UpdateDesired(device, new JsonObject { ["interval"] = 30, ["mode"] = "eco" });
        await using NodeScript script = s_node.RunDevice("device-twin.js", transport, device);
        await script.WaitForAsync("following", Token);
        Hub.Twins.UpdateDesired(device, new JsonObject { ["interval"] = 5, ["mode"] = null });
        await script.FinishAsync(Token);

        HubTwin twin = Hub.Twins.Get(device);
        Assert.AreEqual("1.2.3", (string?)twin.Reported.Values["firmware"]);
        Assert.AreEqual(3, twin.Reported.Version);
        Assert.IsFalse(twin.Reported.Values.ContainsKey("obsolete"));
    }

    [TestMethod]
    [Timeout(LimitMilliseconds, CooperativeCancellation = true)]
    [DataRow("mqtt")]
    [DataRow("mqtt-ws")]
    public async Task Node_DroppedConnection_ComesBackWithItsSubscriptions(string transport)
    {
        string device = Add("drop", transport);
        await using NodeScript script = s_node.RunDevice("device-reconnect.js", transport, device);
        await script.WaitForAsync("connected", Token);
        Assert.IsTrue(Hub.Connections.Drop(device));
        await script.WaitForAsync(Hub.Connections.WaitForConnectCountAsync(device, 2, cancellationToken: Token), "the second connection", Token);

        await Hub.Messages.SendCloudToDeviceAsync(device, new HubCloudToDeviceMessage { Payload = "back?"u8.ToArray() }, Token);
        HubMethodResult finished = await Hub.Methods.InvokeAsync(
            device, new HubMethodRequest("finish") { ConnectTimeout = TimeSpan.FromSeconds(20) }, cancellationToken: Token);
        Assert.AreEqual("here", (string?)finished.ToJson()!["still"]);
        await script.FinishAsync(Token);
        await Telemetry(device, text => text == "after");
    }

    private static string Add(string purpose, string transport)
    {
        string id = $"node-{purpose}-{transport}";
        Hub.Devices.Add(id);
        return id;
    }

    private Task<HubTelemetryMessage> Telemetry(string device, Predicate<string> body) =>
        Hub.Telemetry.WaitForAsync(message => message.DeviceId == device && body(Encoding.UTF8.GetString(message.Payload.Span)), Token);
}
