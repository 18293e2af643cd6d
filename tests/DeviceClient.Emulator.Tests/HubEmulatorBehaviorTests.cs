using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace DeviceClient.Emulator.Tests;

/// <summary>Both readings of what the hub's documentation leaves open: the default is covered elsewhere, here is the other one.</summary>
[TestClass]
public sealed class HubEmulatorBehaviorTests
{
    private const string Messages = "devices/d/messages/devicebound/#";
    private readonly ManualTime _time = new();
    private HubEmulator? _hub;
    private HubDevice _device = null!;

    [TestCleanup]
    public async Task StopAsync()
    {
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
    }

    [TestMethod]
    public async Task ReturnCodes_AreTheOnesAskedFor()
    {
        HubEmulator hub = await StartAsync(new() { MalformedUserNameReturnCode = 5, ClientIdMismatchReturnCode = 5, UnauthorizedReturnCode = 4 });
        await using Peer malformed = await ConnectAsync(options => options.WithCredentials("d", "x"));
        await using Peer mismatch = await ConnectAsync(options => options.WithClientId("e"));
        await using Peer unauthorized = await ConnectAsync(options => options.WithCredentials(Peer.UserName(_device), "x"));
        Assert.AreEqual((5, 5, 4), (malformed.ReturnCode, mismatch.ReturnCode, unauthorized.ReturnCode));
        Assert.AreEqual(0, hub.Connections.Count);
    }

    [TestMethod]
    public async Task UserNameWithoutApiVersion_IsAcceptedIfNotRequired()
    {
        await StartAsync(new() { RequireApiVersion = false });
        await using Peer peer = await ConnectAsync(options => options.WithCredentials("localhost/d/", Peer.Token(_device, _time.GetUtcNow().AddHours(1))));
        Assert.AreEqual(0, peer.ReturnCode);
    }

    [TestMethod]
    public async Task KeepAliveZero_MeansNoLimitIfNotCapped()
    {
        await StartAsync(new() { KeepAliveZeroIsCapped = false });
        await using Peer peer = await ConnectAsync(options => options.WithNoKeepAlive());
        _time.Advance(TimeSpan.FromMinutes(50));
        await peer.PingAsync();
        Assert.IsTrue(_device.IsConnected);
    }

    [TestMethod]
    public async Task TokenExpiry_WithoutSkew_IsSharp()
    {
        await StartAsync(new() { TokenExpirySkew = TimeSpan.Zero });
        await using Peer peer = await ConnectAsync(options => options.WithCredentials(Peer.UserName(_device), Peer.Token(_device, _time.GetUtcNow().AddSeconds(-1))));
        Assert.AreEqual(5, peer.ReturnCode);
    }

    [TestMethod]
    public async Task SharedAccessSignatures_AreRefusedIfTheHubForbidsThem()
    {
        await StartAsync(new() { AllowDeviceSas = false, AllowModuleSas = false });
        HubModule module = _hub!.Devices.AddModule("d", "m");
        await using Peer device = await ConnectAsync();
        await using Peer modulePeer = await Peer.ConnectAsync(_hub, module, time: _time);
        Assert.AreEqual((5, 5), (device.ReturnCode, modulePeer.ReturnCode));
        Assert.Contains("shared access signatures", (await Expect.LineAsync(_hub, "d/m", 401003)).Text);
    }

    [TestMethod]
    [DataRow(true, 5)]
    [DataRow(false, 0)]
    public async Task CertificateOutsideItsDates_DependsOnBehavior(bool check, int returnCode)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=old", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(-2));
        await StartAsync(new() { CheckCertificateDates = check });
        HubDevice device = _hub!.Devices.Add("x", new HubDeviceSettings { Authentication = HubAuthentication.FromThumbprints(certificate.Thumbprint) });
        await using Peer peer = await Peer.ConnectAsync(_hub, device, certificate: certificate);
        Assert.AreEqual(returnCode, peer.ReturnCode, string.Join('\n', _hub.Log.Entries));
    }

    [TestMethod]
    [DataRow(true, 0)]
    [DataRow(false, 1)]
    public async Task CleanSession_DiscardsQueuedMessagesIfTheBehaviorSaysSo(bool discards, int left)
    {
        await StartAsync(new() { CleanSessionDiscardsMessages = discards });
        await _hub!.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage());
        await using Peer peer = await ConnectAsync();
        await peer.PingAsync();
        Assert.AreEqual(left, _device.CloudToDeviceMessageCount);
    }

    [TestMethod]
    public async Task Qos0Message_StaysLockedAndComesAgainIfSendingDoesNotComplete()
    {
        await StartAsync(new() { QosZeroCompletesOnSend = false });
        await using Peer peer = await ConnectAsync();
        await peer.SubscribeAsync(0, Messages);
        await _hub!.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage());
        await peer.ReceiveAsync();
        Assert.AreEqual(1, _device.CloudToDeviceMessageCount);
        _time.Advance(TimeSpan.FromSeconds(60));
        await peer.ReceiveAsync();
    }

    [TestMethod]
    public async Task Locks_OutliveTheConnectionIfNotReleased()
    {
        await StartAsync(new() { ReleaseLocksOnDisconnect = false });
        await using (Peer first = await ConnectAsync(options => options.WithCleanSession(false), acknowledges: false))
        {
            await first.SubscribeAsync(1, Messages);
            await _hub!.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage());
            await first.ReceiveAsync();
        }

        await _hub.Connections.WaitForDisconnectedAsync("d", cancellationToken: Expect.Soon);
        await using Peer second = await ConnectAsync(options => options.WithCleanSession(false));
        await second.PingAsync();
        Assert.IsFalse(second.HasReceived);
        _time.Advance(TimeSpan.FromSeconds(60));
        await second.ReceiveAsync();
    }

    [TestMethod]
    public async Task LockExpiry_RaisesTheDeliveryCountIfTheBehaviorSaysSo()
    {
        await StartAsync(new() { LockExpiryRaisesDeliveryCount = true });
        await _hub!.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage());
        HubQueuedMessage message = _hub.Messages.Receive("d")!;
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.AreEqual(1, message.DeliveryCount);
    }

    [TestMethod]
    public async Task VersionOnTheReportedTopic_IsIgnoredIfNotHonored()
    {
        await StartAsync(new() { HonorReportedVersionPrecondition = false });
        await using Peer peer = await ConnectAsync();
        await peer.SubscribeAsync(0, "$iothub/twin/res/#");
        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=1&$version=99", "{}");
        Assert.AreEqual("$iothub/twin/res/204/?$rid=1&$version=2", (await peer.ReceiveTextAsync()).Topic);
    }

    [TestMethod]
    public async Task MethodWithoutPayload_ArrivesEmptyIfTheBehaviorSaysSo_AndAnUnknownAnswerCloses()
    {
        await StartAsync(new() { MethodNullPayloadIsNullText = false, IgnoreUnknownMethodResponse = false });
        await using Peer peer = await ConnectAsync();
        await peer.SubscribeAsync(0, "$iothub/methods/POST/#");
        Task<HubMethodResult> call = _hub!.Methods.InvokeAsync("d", new HubMethodRequest("go"));
        Assert.AreEqual("", (await peer.ReceiveTextAsync()).Body);
        peer.Send("$iothub/methods/res/200/?$rid=never-asked");
        await Expect.ClosedAsync(_hub, peer, "d", 400004);
        await Expect.RefusalAsync(404104, () => call);
    }

    [TestMethod]
    public async Task DisabledDevice_KeepsItsConnectionIfNotDroppedAtOnce()
    {
        await StartAsync(new() { DropDisabledAtOnce = false });
        await using Peer peer = await ConnectAsync();
        _hub!.Devices.SetEnabled("d", false);
        await peer.PublishAsync("devices/d/messages/events/");
        Assert.IsTrue(_device.IsConnected);
        await using Peer second = await ConnectAsync();
        Assert.AreEqual(5, second.ReturnCode);
    }

    [TestMethod]
    public async Task AuthMethod_LeavesTheIpFilterOutIfTheBehaviorSaysSo()
    {
        await StartAsync(new() { AuthMethodNamesIpFilter = false });
        await using Peer peer = await ConnectAsync();
        await peer.PublishAsync("devices/d/messages/events/");
        Assert.AreEqual(
            """{"scope":"device","type":"sas","issuer":"iothub"}""",
            _hub!.Telemetry.History.Single().SystemProperties["iothub-connection-auth-method"]);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Burst_OfTelemetry_IsAcknowledgedInOrderWhetherCoalescedOrNot(bool coalesce)
    {
        await StartAsync(new() { CoalesceAcknowledgements = coalesce }, TimeProvider.System);
        await using RawPeer peer = await RawPeer.ConnectAsync(_hub!, _device);
        byte[] topic = "devices/d/messages/events/"u8.ToArray();
        List<byte> burst = [];
        const int Count = 1000;
        for (int id = 1; id <= Count; id++)
        {
            burst.AddRange(RawPeer.Packet(0x32, [0, (byte)topic.Length, .. topic, (byte)(id >> 8), (byte)id, 1]));
        }

        await peer.SendAsync(burst.ToArray());
        byte[] answer = await peer.ReadAsync(4 * Count);
        for (int id = 1; id <= Count; id++)
        {
            CollectionAssert.AreEqual(new byte[] { 0x40, 2, (byte)(id >> 8), (byte)id }, answer[((id - 1) * 4)..(id * 4)]);
        }

        Assert.AreEqual(Count, _hub!.Telemetry.TotalCount);
    }

    [TestMethod]
    public void Behavior_OutsideItsRanges_IsRefused()
    {
        foreach (HubEmulatorBehavior bad in new HubEmulatorBehavior[]
        {
            new() { UnauthorizedReturnCode = 6 },
            new() { MalformedUserNameReturnCode = 0 },
            new() { ClientIdMismatchReturnCode = 6 },
            new() { ConnectTimeout = TimeSpan.Zero },
            new() { TokenExpirySkew = TimeSpan.FromSeconds(301) },
            new() { TwinTooLargeStatus = 404 },
        })
        {
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new HubEmulatorOptions { Behavior = bad }.Validate());
        }
    }

    private async Task<HubEmulator> StartAsync(HubEmulatorBehavior behavior, TimeProvider? time = null)
    {
        _hub = await HubEmulator.StartAsync(new HubEmulatorOptions { TimeProvider = time ?? _time, Behavior = behavior });
        _device = _hub.Devices.Add("d");
        return _hub;
    }

    private Task<Peer> ConnectAsync(Action<MqttClientOptionsBuilder>? change = null, bool acknowledges = true) =>
        Peer.ConnectAsync(_hub!, _device, change, _time, acknowledges: acknowledges);
}
