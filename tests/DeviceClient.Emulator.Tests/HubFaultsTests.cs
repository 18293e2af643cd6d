using System.Text.Json.Nodes;
using MQTTnet;

namespace DeviceClient.Emulator.Tests;

/// <summary>The fault script against a real client. The hub's clock is moved by hand, so a delay lasts until the test says so.</summary>
[TestClass]
public sealed class HubFaultsTests
{
    private const string Events = "devices/d/messages/events/";
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
    public async Task Drop_AtTheThirdTelemetry_TakesTwo()
    {
        HubFault fault = Add(HubFaultPoint.Telemetry, HubFaultAction.Drop, rule => rule with { Skip = 2 });
        await using Peer peer = await ConnectAsync();
        await peer.PublishAsync(Events, "1");
        await peer.PublishAsync(Events, "2");
        peer.Send(Events, "3");
        await fault.WaitForAsync(1, Expect.Soon);
        await Expect.ClosedAsync(_hub, peer, "d", 404104);
        Assert.AreEqual(2, _hub.Telemetry.TotalCount);
        Assert.AreEqual(1, fault.FiredCount);
        Assert.IsFalse(fault.IsActive);
        await using Peer again = await ConnectAsync();
        await again.PublishAsync(Events, "4");
    }

    [TestMethod]
    public async Task Drop_AtPubAck_TakesTheMessageAndLosesItsAcknowledgement()
    {
        HubFault fault = Add(HubFaultPoint.PubAck, HubFaultAction.Drop);
        await using Peer peer = await ConnectAsync();
        peer.Send(Events, "taken");
        await fault.WaitForAsync(1, Expect.Soon);
        await peer.Disconnected.WaitAsync(Expect.Soon);
        Assert.AreEqual(1, _hub.Telemetry.TotalCount);
    }

    [TestMethod]
    public async Task Delay_AtPubAck_HoldsItBackForThatLong()
    {
        Add(HubFaultPoint.PubAck, HubFaultAction.Delay, rule => rule with { Delay = TimeSpan.FromSeconds(5) });
        await using Peer peer = await ConnectAsync();
        Task publish = peer.PublishAsync(Events, "slow");
        await peer.PublishAsync(Events, "quick");
        Assert.IsFalse(publish.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await publish.WaitAsync(Expect.Soon);
    }

    [TestMethod]
    public async Task Swallow_AtPubAck_LosesItForGood()
    {
        HubFault fault = Add(HubFaultPoint.PubAck, HubFaultAction.Swallow);
        await using Peer peer = await ConnectAsync();
        Task publish = peer.PublishAsync(Events, "lost");
        await fault.WaitForAsync(1, Expect.Soon);
        await peer.PublishAsync(Events, "kept");
        Assert.IsFalse(publish.IsCompleted);
        Assert.AreEqual(2, _hub.Telemetry.TotalCount);
        _ = publish.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    }

    [TestMethod]
    public async Task Refuse_AtConnect_UsesTheCodeAsOftenAsTold()
    {
        HubFault fault = _hub.Faults.RefuseConnect("d", 3, count: 2);
        for (int i = 0; i < 2; i++)
        {
            await using Peer refused = await ConnectAsync();
            Assert.AreEqual(3, refused.ReturnCode);
        }

        await using Peer peer = await ConnectAsync();
        Assert.AreEqual(0, peer.ReturnCode);
        Assert.AreEqual(2, fault.FiredCount);
        await Expect.LineAsync(_hub, "d", 503001);
    }

    [TestMethod]
    public async Task Delay_AtConnect_HoldsConnAckBack()
    {
        HubFault fault = Add(HubFaultPoint.Connect, HubFaultAction.Delay, rule => rule with { Delay = TimeSpan.FromSeconds(20) });
        Task<Peer> connect = ConnectAsync();
        await fault.WaitForAsync(1, Expect.Soon);
        Assert.IsFalse(_device.IsConnected);
        await _time.TimerAsync(TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(20));
        await using Peer peer = await connect;
        Assert.AreEqual(0, peer.ReturnCode);
    }

    [TestMethod]
    public async Task Swallow_AtConnect_LeavesTheClientWithoutConnAck()
    {
        Add(HubFaultPoint.Connect, HubFaultAction.Swallow);
        await using RawPeer peer = await RawPeer.OpenAsync(_hub);
        await peer.SendAsync(RawPeer.Connect(_device, 4));
        await _hub.Connections.WaitForConnectedAsync("d", cancellationToken: Expect.Soon);
        await peer.SendAsync(0xC0, 0);
        CollectionAssert.AreEqual(new byte[] { 0xD0, 0 }, await peer.ReadAsync(2), "The first thing to arrive is PINGRESP.");
    }

    [TestMethod]
    public async Task Swallow_AtSubAck_SubscribesWithoutAnswer()
    {
        HubFault fault = Add(HubFaultPoint.SubAck, HubFaultAction.Swallow);
        await using Peer peer = await ConnectAsync();
        peer.SendSubscribe(1, "$iothub/methods/POST/#");
        await fault.WaitForAsync(1, Expect.Soon);
        await _hub.Connections.WaitForAsync("d", null, info => info?.Subscriptions.Count == 1, Expect.Soon);
    }

    [TestMethod]
    public async Task Stall_KeepsSilenceUntilItsTimeIsOver()
    {
        HubFault fault = Add(HubFaultPoint.Telemetry, HubFaultAction.Stall, rule => rule with { Delay = TimeSpan.FromSeconds(30) });
        await using Peer peer = await ConnectAsync();
        Task publish = peer.PublishAsync(Events, "stalled");
        await fault.WaitForAsync(1, Expect.Soon);
        Task next = peer.PublishAsync(Events, "behind");
        Assert.IsFalse(publish.IsCompleted);
        Assert.IsTrue(_device.IsConnected);
        await _time.TimerAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30));
        await Task.WhenAll(publish, next).WaitAsync(Expect.Soon);
        Assert.AreEqual(2, _hub.Telemetry.TotalCount);
    }

    [TestMethod]
    public async Task Throttle_OfTwinAndTelemetry_AnswersAsTheHubDoes()
    {
        Add(HubFaultPoint.TwinRequest, HubFaultAction.Throttle);
        Add(HubFaultPoint.Telemetry, HubFaultAction.Throttle, rule => rule with { Delay = TimeSpan.FromSeconds(2) });
        await using Peer peer = await ConnectAsync();
        await peer.SubscribeAsync(0, "$iothub/twin/res/#");
        await peer.PublishAsync("$iothub/twin/GET/?$rid=1", qos: 0);
        (string topic, string body) = await peer.ReceiveTextAsync();
        Assert.AreEqual("$iothub/twin/res/429/?$rid=1", topic);
        Assert.AreEqual(429001, (int)JsonNode.Parse(body)!["errorCode"]!);
        Task publish = peer.PublishAsync(Events, "slow");
        await _hub.Telemetry.WaitForAsync(_ => true, Expect.Soon);
        Assert.IsFalse(publish.IsCompleted);
        await _time.TimerAsync(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        await publish.WaitAsync(Expect.Soon);
    }

    [TestMethod]
    [DataRow(HubFaultAction.ExpireToken, 401003)]
    [DataRow(HubFaultAction.TakeOver, 400027)]
    [DataRow(HubFaultAction.Drop, 404104)]
    public async Task TimerFault_StrikesWhenItsIntervalIsOver(HubFaultAction action, int code)
    {
        HubFault fault = Add(HubFaultPoint.Timer, action, rule => rule with { Interval = TimeSpan.FromSeconds(10), Count = null });
        await using Peer peer = await ConnectAsync();
        await _time.TimerAsync(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.AreEqual(0, fault.FiredCount);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Expect.ClosedAsync(_hub, peer, "d", code);
    }

    [TestMethod]
    public async Task ChangeDesired_AtDisconnected_ChangesTheTwinWhileTheDeviceIsAway()
    {
        HubFault fault = Add(HubFaultPoint.Disconnected, HubFaultAction.ChangeDesired, rule => rule with { Patch = new JsonObject { ["interval"] = 7 } });
        await using Peer peer = await ConnectAsync();
        await peer.DisconnectAsync();
        await fault.WaitForAsync(1, Expect.Soon);
        Assert.AreEqual(7, (int)_hub.Twins.Get("d").Desired.Values["interval"]!);
    }

    [TestMethod]
    public async Task Rule_ForAnotherDevice_DoesNotStrike()
    {
        HubFault fault = Add(HubFaultPoint.Telemetry, HubFaultAction.Drop, rule => rule with { DeviceId = "other" });
        await using Peer peer = await ConnectAsync();
        await peer.PublishAsync(Events);
        Assert.AreEqual(0, fault.FiredCount);
    }

    [TestMethod]
    public async Task Rule_StrikesInItsTimeWindowOnly_AndNotAfterRemoval()
    {
        HubFault window = Add(HubFaultPoint.Telemetry, HubFaultAction.Swallow, rule => rule with { Count = null, StartAfter = TimeSpan.FromSeconds(10), Duration = TimeSpan.FromSeconds(10) });
        await using Peer peer = await ConnectAsync();
        await peer.PublishAsync(Events, qos: 0);
        await peer.PingAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await peer.PublishAsync(Events, qos: 0);
        await peer.PingAsync();
        Assert.AreEqual((1, true), (window.FiredCount, window.IsActive));
        _time.Advance(TimeSpan.FromSeconds(10));
        await peer.PublishAsync(Events, qos: 0);
        await peer.PingAsync();
        Assert.AreEqual((1, false), (window.FiredCount, window.IsActive));
        HubFault removed = Add(HubFaultPoint.Telemetry, HubFaultAction.Swallow);
        removed.Remove();
        await peer.PublishAsync(Events);
        Assert.AreEqual(0, removed.FiredCount);
        Assert.AreEqual(3, _hub.Telemetry.TotalCount);
        _hub.Faults.Clear();
        Assert.IsEmpty(_hub.Faults.List());
    }

    [TestMethod]
    public async Task Probability_WithTheSameSeed_StrikesAtTheSameOccasions()
    {
        string[] runs = new string[2];
        for (int run = 0; run < 2; run++)
        {
            HubFault fault = Add(HubFaultPoint.Telemetry, HubFaultAction.Swallow, rule => rule with { Count = null, Probability = 0.5, Seed = 42 });
            await using Peer peer = await ConnectAsync();
            for (int i = 0; i < 20; i++)
            {
                int before = fault.FiredCount;
                await peer.PublishAsync(Events, qos: 0);
                await peer.PingAsync();
                runs[run] += fault.FiredCount > before ? "x" : ".";
            }

            fault.Remove();
        }

        Assert.AreEqual(runs[0], runs[1], "Seed 42.");
        Assert.Contains("x", runs[0]);
        Assert.Contains(".", runs[0]);
    }

    [TestMethod]
    [DataRow(HubFaultPoint.Telemetry, HubFaultAction.Refuse)]
    [DataRow(HubFaultPoint.Telemetry, HubFaultAction.Delay)]
    [DataRow(HubFaultPoint.Disconnected, HubFaultAction.Drop)]
    [DataRow(HubFaultPoint.Timer, HubFaultAction.Drop)]
    [DataRow(HubFaultPoint.PubAck, HubFaultAction.ChangeDesired)]
    [DataRow(HubFaultPoint.PubAck, HubFaultAction.Throttle)]
    public void Add_OfRuleThatCannotWork_Throws(HubFaultPoint point, HubFaultAction action) =>
        Assert.ThrowsExactly<ArgumentException>(() => _hub.Faults.Add(new HubFaultRule { Point = point, Action = action }));

    private HubFault Add(HubFaultPoint point, HubFaultAction action, Func<HubFaultRule, HubFaultRule>? change = null)
    {
        HubFaultRule rule = new() { Point = point, Action = action, DeviceId = "d", Interval = point == HubFaultPoint.Timer ? TimeSpan.FromSeconds(1) : TimeSpan.Zero };
        return _hub.Faults.Add(change is null ? rule : change(rule));
    }

    private Task<Peer> ConnectAsync() => Peer.ConnectAsync(_hub, _device, time: _time);
}
