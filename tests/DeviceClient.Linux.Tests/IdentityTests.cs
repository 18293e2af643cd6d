using DeviceClient.Linux.Tests.Fixtures;
using DeviceClient.Protocol;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class IdentityTests
{
    private static readonly string s_key = Convert.ToBase64String(new byte[32]);

    [TestMethod]
    public void P22_ConnectionStringWithAFixedToken_NeedsConsent()
    {
        string text = $"HostName=hub.example;DeviceId=dev1;SharedAccessSignature={Token(3600)}";

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => HubIdentity.FromConnectionString(text));
        StringAssert.Contains(error.Message, "allowFixedToken");
        Assert.IsFalse(error.Message.Contains("sig=", StringComparison.Ordinal), "the message holds the token");
        Assert.AreEqual("dev1", HubIdentity.FromConnectionString(text, allowFixedToken: true).DeviceId);
    }

    [TestMethod]
    public async Task P22_FixedToken_RaisesCredentialExpiringAheadOfItsEnd()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = new(HubIdentity.FromFixedToken(hub.HostName, "dev1", Token(8)), Clients.Options);
        TaskCompletionSource<CredentialExpiringEventArgs> expiring = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.CredentialExpiring += (_, e) => expiring.TrySetResult(e);
        await client.OpenAsync().WaitAsync(Clients.Patience);

        CredentialExpiringEventArgs args = await expiring.Task.WaitAsync(Clients.Patience);
        Assert.IsGreaterThan(DateTimeOffset.UtcNow, args.ExpiresAt!.Value);
        Assert.AreEqual(HubErrorCode.None, args.ErrorCode);
    }

    [TestMethod]
    public async Task P22_ExpiredFixedToken_StopsWithCredentialExpired()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = new(HubIdentity.FromFixedToken(hub.HostName, "dev1", Token(-60)), Clients.Options);

        HubClientException error = await Clients.FailsAsync(client.OpenAsync());
        Assert.AreEqual(HubErrorCode.CredentialExpired, error.ErrorCode);
        Assert.AreEqual(0, hub.Accepted);
        Assert.AreEqual(ConnectionState.Stopped, client.Status.State);
        Assert.AreEqual(RecommendedAction.CheckCredential, client.Status.RecommendedAction);
    }

    [TestMethod]
    public async Task P26_ExpiredCertificate_FailsAtOnceWithCredentialExpired()
    {
        await using ScriptedHub hub = new(asksForCertificate: true);
        await using HubDeviceClient client = new(HubIdentity.FromCertificate(hub.HostName, "dev1", TestCertificates.ExpiredDevice), Clients.Options);

        HubClientException error = await Clients.FailsAsync(client.OpenAsync());
        Assert.AreEqual(HubErrorCode.CredentialExpired, error.ErrorCode);
        Assert.IsFalse(error.IsTransient);
        Assert.AreEqual(0, hub.Accepted);
    }

    [TestMethod]
    public async Task P26_CertificateExpiresWhileConnected_PendingSendFailsWithCredentialExpired()
    {
        await using ScriptedHub hub = new(asksForCertificate: true);
        SettableClock clock = new();
        clock.Set(TimeSpan.Zero);
        await using HubDeviceClient client = new(
            HubIdentity.FromCertificate(hub.HostName, "dev1", TestCertificates.Device),
            Clients.Options with { Clock = clock, OperationTimeout = TimeSpan.FromSeconds(1) });
        await client.OpenAsync().WaitAsync(Clients.Patience);

        Task<ConnectionStatus> told = client.WaitForAsync(s => s.Reason == HubErrorCode.CredentialExpired);
        clock.Set(TimeSpan.FromDays(11));
        hub.DropAll();
        await told;

        Assert.AreEqual(HubErrorCode.CredentialExpired, (await Clients.FailsAsync(client.SendTelemetryAsync(Clients.Message("x")).AsTask())).ErrorCode);
    }

    [TestMethod]
    public async Task SasProvider_IsAskedForEachConnection()
    {
        await using ScriptedHub hub = new();
        List<SasTokenRequest> asked = [];
        HubIdentity identity = HubIdentity.FromSasProvider(hub.HostName, "dev1", (request, _) =>
        {
            asked.Add(request);
            return ValueTask.FromResult(Token(600));
        });
        await using HubDeviceClient client = new(identity, Clients.Options);
        await client.OpenAsync().WaitAsync(Clients.Patience);
        Task<ConnectionStatus> back = client.ReconnectedAsync();
        hub.DropAll();
        await back;

        Assert.HasCount(2, asked);
        Assert.AreEqual("localhost/devices/dev1", asked[0].Resource);
    }

    [TestMethod]
    public async Task SasProvider_ThatFails_CountsAsFailedAttemptsAndIsNamed()
    {
        await using ScriptedHub hub = new();
        int calls = 0;
        HubIdentity identity = HubIdentity.FromSasProvider(hub.HostName, "dev1", (_, _) =>
            ++calls < 3 ? throw new InvalidOperationException("vault is closed") : ValueTask.FromResult(Token(600)));
        await using HubDeviceClient client = new(identity, Clients.Options);
        Task<ConnectionStatus> failed = client.WaitForAsync(s => s.Detail?.Contains("vault is closed", StringComparison.Ordinal) == true);

        await client.OpenAsync().WaitAsync(Clients.Patience);
        Assert.AreEqual(ConnectionState.Reconnecting, (await failed).State);
    }

    [TestMethod]
    public async Task P87_UntrustedClock_WaitsForTimeAndThenConnects()
    {
        await using ScriptedHub hub = new();
        SettableClock clock = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { Clock = clock });
        Task<ConnectionStatus> waiting = client.WaitForAsync(s => s.State == ConnectionState.WaitingForTime);
        Task opening = client.OpenAsync();

        Assert.AreEqual(RecommendedAction.CheckClock, (await waiting).RecommendedAction);
        Assert.AreEqual(0, hub.Accepted);
        clock.Set(TimeSpan.Zero);

        await opening.WaitAsync(Clients.Patience);
        Assert.AreEqual(ConnectionState.Connected, client.Status.State);
    }

    [TestMethod]
    public void Identity_MadeOfWrongParts_NamesThePart()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => HubIdentity.FromSharedAccessKey("hub.example:0", "d", s_key)).Message, "port");
        Assert.ThrowsExactly<ArgumentException>(() => HubIdentity.FromSharedAccessKey("hub.example", "a/b", s_key));
        Assert.ThrowsExactly<ArgumentException>(() => HubIdentity.FromSharedAccessKey("hub.example", "d", "not base64!"));
        Assert.ThrowsExactly<ArgumentException>(() => HubIdentity.FromFixedToken("hub.example", "d", "secret-token"));
        Assert.ThrowsExactly<ArgumentException>(() => HubIdentity.FromCertificate("hub.example", "d", TestCertificates.Public(TestCertificates.Device)));
        Assert.ThrowsExactly<ArgumentException>(() => new HubDeviceClient(HubIdentity.FromSharedAccessKey("hub.example", "d", s_key, "m")));
        Assert.ThrowsExactly<ArgumentException>(() => new HubModuleClient(HubIdentity.FromSharedAccessKey("hub.example", "d", s_key)));
    }

    [TestMethod]
    public void Identity_AsText_ShowsNoSecret()
    {
        string text = HubIdentity.FromFixedToken("hub.example", "d", Token(60)).ToString();
        Assert.AreEqual("hub.example/d (FixedToken)", text);
    }

    private static string Token(int seconds) =>
        SasToken.Create("localhost/devices/dev1", null, DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeSeconds(), new SymmetricKeySigner(new byte[32]));
}
