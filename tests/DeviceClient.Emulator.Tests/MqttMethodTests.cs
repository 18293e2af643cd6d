namespace DeviceClient.Emulator.Tests;

/// <summary>Direct methods over MQTT: round trip, and the errors a caller gets. The hub's clock is moved by hand.</summary>
[TestClass]
public sealed class MqttMethodTests
{
    private readonly ManualTime _time = new();
    private HubEmulator _hub = null!;
    private HubDevice _device = null!;

    [TestInitialize]
    public async Task StartAsync()
    {
        _hub = await HubEmulator.StartAsync(new HubEmulatorOptions { TimeProvider = _time });
        _device = _hub.Devices.Add("d");
    }

    [TestCleanup]
    public async Task StopAsync() => await _hub.DisposeAsync();

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public async Task Invoke_ReachesTheDeviceAndBringsItsAnswer(int qos)
    {
        await using Peer peer = await ListenAsync(_device);
        Task<HubMethodResult> call = _hub.Methods.InvokeAsync("d", new HubMethodRequest("thermostat1*reboot", """{"delay":5}"""));
        (string topic, string body) = await peer.ReceiveTextAsync();
        Assert.StartsWith("$iothub/methods/POST/thermostat1*reboot/?$rid=", topic);
        Assert.AreEqual("""{"delay":5}""", body);
        await peer.PublishAsync(ResponseTopic(topic, 503), """{"busy":true}""", qos);
        HubMethodResult result = await call;
        Assert.AreEqual(503, result.Status, "The device's own 5xx is a result, not an error.");
        Assert.IsTrue((bool)result.ToJson()!["busy"]!);
    }

    [TestMethod]
    public async Task Invoke_OfModule_ReachesIt()
    {
        HubModule module = _hub.Devices.AddModule("d", "m");
        await using Peer peer = await ListenAsync(module);
        Task<HubMethodResult> call = _hub.Methods.InvokeAsync("d", new HubMethodRequest("go"), "m");
        (string topic, string body) = await peer.ReceiveTextAsync();
        Assert.AreEqual("null", body, "No payload arrives as the JSON text null.");
        await peer.PublishAsync(ResponseTopic(topic, -1));
        HubMethodResult result = await call;
        Assert.AreEqual(-1, result.Status);
        Assert.IsNull(result.ToJson());
    }

    [TestMethod]
    public async Task Invoke_TwoAtATime_MatchesAnswersByRequestId()
    {
        await using Peer peer = await ListenAsync(_device);
        Task<HubMethodResult> first = _hub.Methods.InvokeAsync("d", new HubMethodRequest("first"));
        Task<HubMethodResult> second = _hub.Methods.InvokeAsync("d", new HubMethodRequest("second"));
        string firstTopic = (await peer.ReceiveTextAsync()).Topic;
        string secondTopic = (await peer.ReceiveTextAsync()).Topic;
        await peer.PublishAsync(ResponseTopic(secondTopic, 2));
        await peer.PublishAsync(ResponseTopic(firstTopic, 1));
        Assert.AreEqual((1, 2), ((await first).Status, (await second).Status));
    }

    [TestMethod]
    public async Task Invoke_OfAbsentDevice_FailsAtOnceWith404103()
    {
        await Expect.RefusalAsync(404103, () => _hub.Methods.InvokeAsync("d", new HubMethodRequest("go")));
        await using Peer peer = await Peer.ConnectAsync(_hub, _device, time: _time);
        await Expect.RefusalAsync(404103, () => _hub.Methods.InvokeAsync("d", new HubMethodRequest("go")));
    }

    [TestMethod]
    public async Task Invoke_WithConnectTimeout_WaitsForTheSubscription()
    {
        Task<HubMethodResult> call = _hub.Methods.InvokeAsync("d", new HubMethodRequest("go") { ConnectTimeout = TimeSpan.FromSeconds(10) });
        await using Peer peer = await ListenAsync(_device);
        await peer.PublishAsync(ResponseTopic((await peer.ReceiveTextAsync()).Topic, 200));
        Assert.AreEqual(200, (await call).Status);
    }

    [TestMethod]
    public async Task Invoke_WithConnectTimeoutThatPasses_Is404103()
    {
        Task<HubMethodResult> call = _hub.Methods.InvokeAsync("d", new HubMethodRequest("go") { ConnectTimeout = TimeSpan.FromSeconds(10) });
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.IsFalse(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Expect.RefusalAsync(404103, () => call);
    }

    [TestMethod]
    public async Task Invoke_WithoutAnswer_Is504101_AndTheLateAnswerIsDropped()
    {
        await using Peer peer = await ListenAsync(_device);
        Task<HubMethodResult> call = _hub.Methods.InvokeAsync("d", new HubMethodRequest("go") { ResponseTimeout = TimeSpan.FromSeconds(5) });
        string topic = (await peer.ReceiveTextAsync()).Topic;
        await _time.TimerAsync(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        await Expect.RefusalAsync(504101, () => call);
        await peer.PublishAsync(ResponseTopic(topic, 200));
        Assert.AreEqual(HubLogEvent.Rejected, (await Expect.LineAsync(_hub, "d", 400004)).Event);
        Assert.IsTrue(_device.IsConnected);
    }

    [TestMethod]
    public async Task Invoke_WhenTheConnectionEnds_Is404104()
    {
        await using Peer peer = await ListenAsync(_device);
        Task<HubMethodResult> call = _hub.Methods.InvokeAsync("d", new HubMethodRequest("go"));
        await peer.ReceiveAsync();
        _hub.Connections.Drop("d");
        await Expect.RefusalAsync(404104, () => call);
    }

    [TestMethod]
    public async Task Invoke_AnsweredWithSomethingElseThanJson_Is502()
    {
        await using Peer peer = await ListenAsync(_device);
        Task<HubMethodResult> call = _hub.Methods.InvokeAsync("d", new HubMethodRequest("go"));
        await peer.PublishAsync(ResponseTopic((await peer.ReceiveTextAsync()).Topic, 200), "rubbish");
        await Expect.RefusalAsync(502001, () => call);
    }

    [TestMethod]
    [DataRow(4, 0)]
    [DataRow(301, 0)]
    [DataRow(30, -1)]
    [DataRow(30, 301)]
    public async Task Invoke_WithTimeoutOutsideTheLimits_Is400004(int response, int connect)
    {
        HubMethodRequest request = new("go") { ResponseTimeout = TimeSpan.FromSeconds(response), ConnectTimeout = TimeSpan.FromSeconds(connect) };
        await Expect.RefusalAsync(400004, () => _hub.Methods.InvokeAsync("d", request));
    }

    [TestMethod]
    public async Task Invoke_WithBadNamePayloadOrTarget_IsRefused()
    {
        await Expect.RefusalAsync(400004, () => _hub.Methods.InvokeAsync("d", new HubMethodRequest("a/b")));
        await Expect.RefusalAsync(400006, () => _hub.Methods.InvokeAsync("d", new HubMethodRequest("go", "{")));
        await Expect.RefusalAsync(413001, () => _hub.Methods.InvokeAsync("d", new HubMethodRequest("go", '"' + new string('x', 131072) + '"')));
        await Expect.RefusalAsync(404001, () => _hub.Methods.InvokeAsync("x", new HubMethodRequest("go")));
        await Expect.RefusalAsync(404010, () => _hub.Methods.InvokeAsync("d", new HubMethodRequest("go"), "x"));
    }

    private async Task<Peer> ListenAsync(HubRegistryIdentity identity)
    {
        Peer peer = await Peer.ConnectAsync(_hub, identity, time: _time);
        await peer.SubscribeAsync(0, "$iothub/methods/POST/#");
        return peer;
    }

    private static string ResponseTopic(string requestTopic, int status) =>
        $"$iothub/methods/res/{status}/?{requestTopic[(requestTopic.IndexOf('?', StringComparison.Ordinal) + 1)..]}";
}
