using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class OptionsTests
{
    [TestMethod]
    public void Options_OutOfRange_AreRefusedByTheConstructorWithNameValueAndRange()
    {
        HubIdentity identity = HubIdentity.FromSharedAccessKey("hub.example", "d", Convert.ToBase64String(new byte[32]));
        (string Name, HubDeviceClientOptions Options)[] wrong =
        [
            ("Port", new() { Port = 65536 }),
            ("KeepAlive", new() { KeepAlive = TimeSpan.FromSeconds(1178) }),
            ("ConnectTimeout", new() { ConnectTimeout = TimeSpan.Zero }),
            ("OperationTimeout", new() { OperationTimeout = TimeSpan.FromMilliseconds(99) }),
            ("AcknowledgeTimeout", new() { AcknowledgeTimeout = TimeSpan.FromMinutes(11) }),
            ("TwinRequestTimeout", new() { TwinRequestTimeout = TimeSpan.Zero }),
            ("MethodHandlerTimeout", new() { MethodHandlerTimeout = TimeSpan.FromHours(2) }),
            ("MaxConcurrentMethods", new() { MaxConcurrentMethods = 0 }),
            ("MaxInFlight", new() { MaxInFlight = 1025 }),
            ("OutboxMessages", new() { OutboxMessages = 0 }),
            ("OutboxBytes", new() { OutboxBytes = 255 }),
            ("TokenLifetime", new() { TokenLifetime = TimeSpan.FromSeconds(9) }),
            ("ProductInfo", new() { ProductInfo = "caf\u00e9" }),
            ("Transport", new() { Transport = (HubTransport)9 }),
        ];
        foreach ((string name, HubDeviceClientOptions options) in wrong)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => new HubDeviceClient(identity, options));
            StringAssert.Contains(error.Message, name);
        }
    }

    [TestMethod]
    public void Mock_WithoutAConnection_OverridesWhatItNeeds()
    {
        FakeClient client = new();
        Assert.AreEqual("fake", client.DeviceId);
        Assert.Throws<InvalidOperationException>(() => client.Status);
    }

    [TestMethod]
    public void Status_AsText_IsOneLineForALog()
    {
        ConnectionStatus status = new(ConnectionState.Reconnecting, HubErrorCode.NetworkUnavailable, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(5), "No connection.");
        Assert.AreEqual("Reconnecting (NetworkUnavailable), next attempt 00:00:05: No connection.", status.ToString());
    }

    [TestMethod]
    public async Task Infinite_OperationTimeout_IsAccepted()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { OperationTimeout = Timeout.InfiniteTimeSpan });
        await client.OpenAsync().WaitAsync(Clients.Patience);
        await client.SendTelemetryAsync(Clients.Message("x")).AsTask().WaitAsync(Clients.Patience);
    }

    private sealed class FakeClient : HubDeviceClient
    {
        public override string DeviceId => "fake";
    }
}
