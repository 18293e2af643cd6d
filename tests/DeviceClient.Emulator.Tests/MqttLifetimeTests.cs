namespace DeviceClient.Emulator.Tests;

/// <summary>What ends a connection as time goes by. The hub's clock is moved by hand.</summary>
[TestClass]
public sealed class MqttLifetimeTests
{
    private readonly ManualTime _time = new();
    private HubEmulator _hub = null!;

    [TestInitialize]
    public async Task StartAsync() => _hub = await HubEmulator.StartAsync(new HubEmulatorOptions { TimeProvider = _time });

    [TestCleanup]
    public async Task StopAsync() => await _hub.DisposeAsync();

    [TestMethod]
    public async Task P23_LiveConnection_WhenItsTokenExpires_IsDroppedWith401003()
    {
        HubDevice device = _hub.Devices.Add("d");
        await using Peer peer = await ConnectAsync(device, _time.GetUtcNow().AddSeconds(600), keepAliveSeconds: 3600);
        _time.Advance(TimeSpan.FromSeconds(599));
        await peer.PublishAsync("devices/d/messages/events/");
        Assert.IsTrue(device.IsConnected);
        _time.Advance(TimeSpan.FromSeconds(1));
        HubLogEntry line = await Expect.ClosedAsync(_hub, peer, "d", 401003);
        Assert.Contains("expired", line.Text);
        Assert.IsFalse(device.IsConnected);
    }

    [TestMethod]
    public async Task P23_ConnectionOpenedWithExpiredToken_LivesUntilTheSkewIsUsedUp()
    {
        HubDevice device = _hub.Devices.Add("d");
        await using Peer peer = await ConnectAsync(device, _time.GetUtcNow().AddSeconds(-100), keepAliveSeconds: 3600);
        Assert.AreEqual(0, peer.ReturnCode);
        _time.Advance(TimeSpan.FromSeconds(199));
        Assert.IsTrue(device.IsConnected);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Expect.ClosedAsync(_hub, peer, "d", 401003);
    }

    [TestMethod]
    public async Task P23_TokenOfManyYears_DoesNotOverflowTheTimer()
    {
        HubDevice device = _hub.Devices.Add("d");
        await using Peer peer = await ConnectAsync(device, _time.GetUtcNow().AddYears(20), keepAliveSeconds: 60);
        Assert.AreEqual(0, peer.ReturnCode);
    }

    [TestMethod]
    public async Task SilentConnection_AfterOneAndAHalfKeepAlives_IsDroppedWith404104()
    {
        HubDevice device = _hub.Devices.Add("d");
        await using Peer peer = await ConnectAsync(device, _time.GetUtcNow().AddDays(1), keepAliveSeconds: 100);
        _time.Advance(TimeSpan.FromSeconds(100));
        await peer.PublishAsync("devices/d/messages/events/");
        _time.Advance(TimeSpan.FromSeconds(149));
        Assert.IsTrue(device.IsConnected, "Any packet starts the interval anew.");
        _time.Advance(TimeSpan.FromSeconds(1));
        HubLogEntry line = await Expect.ClosedAsync(_hub, peer, "d", 404104);
        Assert.Contains("keep-alive is 100 s", line.Text);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(60000)]
    public async Task SilentConnection_WithoutOrWithHugeKeepAlive_IsDroppedAtTheHubsCap(int keepAliveSeconds)
    {
        HubDevice device = _hub.Devices.Add("d");
        await using Peer peer = await ConnectAsync(device, _time.GetUtcNow().AddDays(1), keepAliveSeconds);
        _time.Advance(TimeSpan.FromSeconds(1766));
        Assert.IsTrue(device.IsConnected);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Expect.ClosedAsync(_hub, peer, "d", 404104);
    }

    [TestMethod]
    public async Task SilentPeer_WithoutConnect_IsDroppedAfterAMinute()
    {
        await using RawPeer peer = await RawPeer.OpenAsync(_hub);
        Task closed = peer.ClosedAsync();

        await _time.TimerAsync(TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(60));
        await closed;
        HubLogEntry line = await Expect.LineAsync(_hub, null, 404104);
        Assert.Contains("No CONNECT within 60 s", line.Text);
    }

    private Task<Peer> ConnectAsync(HubDevice device, DateTimeOffset expiry, int keepAliveSeconds) => Peer.ConnectAsync(_hub, device, options =>
    {
        options.WithCredentials(Peer.UserName(device), Peer.Token(device, expiry));
        if (keepAliveSeconds == 0)
        {
            options.WithNoKeepAlive();
        }
        else
        {
            options.WithKeepAlivePeriod(TimeSpan.FromSeconds(keepAliveSeconds));
        }
    });
}
