using System.Net;
using System.Security.Cryptography.X509Certificates;
using DeviceClient.Emulator;
using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class TransportTests
{
    [TestMethod]
    public async Task Trust_WithoutTheServersRoot_RefusesAndSaysWhatToAdd()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { TrustedRoots = null });

        HubClientException error = await Clients.FailsAsync(client.OpenAsync());

        Assert.AreEqual(HubErrorCode.TlsFailed, error.ErrorCode);
        StringAssert.Contains(error.Message, "TrustedRoots");
        StringAssert.Contains(error.Message, "Test root");
        Assert.AreEqual(RecommendedAction.CheckTrust, client.Status.RecommendedAction);
        Assert.AreEqual(ConnectionState.Stopped, client.Status.State);
    }

    [TestMethod]
    public async Task Trust_WithAnotherRoot_Refuses()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { TrustedRoots = [TestCertificates.Public(TestCertificates.OtherRoot)] });

        Assert.AreEqual(HubErrorCode.TlsFailed, (await Clients.FailsAsync(client.OpenAsync())).ErrorCode);
    }

    [TestMethod]
    public async Task Trust_OwnRootButOtherName_Refuses()
    {
        await using ScriptedHub hub = new(TestCertificates.OtherName);
        await using HubDeviceClient client = Clients.Create(hub);

        HubClientException error = await Clients.FailsAsync(client.OpenAsync());
        Assert.AreEqual(HubErrorCode.TlsFailed, error.ErrorCode);
        StringAssert.Contains(error.Message, "not issued for 'localhost'");
    }

    [TestMethod]
    public async Task Trust_ServerChainWithIntermediate_IsFollowedToTheOwnRoot()
    {
        await using ScriptedHub hub = new(TestCertificates.ServerByIntermediate, [TestCertificates.Public(TestCertificates.Intermediate)]);
        await using HubDeviceClient client = Clients.Create(hub);

        await client.OpenAsync().WaitAsync(Clients.Patience);
    }

    [TestMethod]
    public async Task Trust_SwitchedOffForABench_AcceptsAnything()
    {
        await using ScriptedHub hub = new(TestCertificates.OtherName);
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { TrustedRoots = null, DangerousAcceptAnyServerCertificateForTestBenches = true });

        await client.OpenAsync().WaitAsync(Clients.Patience);
    }

    [TestMethod]
    public async Task P27_ClientChain_IsSentWholeAndNoStoreIsWritten()
    {
        await using ScriptedHub hub = new(asksForCertificate: true);
        string[] before = ReadStores();
        HubIdentity identity = HubIdentity.FromCertificate(hub.HostName, "dev1", TestCertificates.Device, [TestCertificates.Public(TestCertificates.Intermediate)]);
        await using HubDeviceClient client = new(identity, Clients.Options);
        await client.OpenAsync().WaitAsync(Clients.Patience);

        CollectionAssert.Contains(hub.ClientChain, "CN=dev1");
        CollectionAssert.Contains(hub.ClientChain, "CN=Test intermediate");
        CollectionAssert.AreEquivalent(before, ReadStores());
        (_, _, string? password, _) = (await hub.Connects.NextAsync()).ReadConnect();
        Assert.IsTrue(string.IsNullOrEmpty(password));
    }

    [TestMethod]
    public async Task P97_AuthenticatingProxy_CarriesTheWebSocketAndGetsTheName()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("dev1");
        await using ConnectProxy proxy = new("user", "pass");
        HubDeviceClientOptions options = Clients.Options with
        {
            TrustedRoots = [hub.RootCertificate],
            Transport = HubTransport.MqttWebSocket,
            Port = hub.HttpsPort,
            Proxy = new WebProxy(proxy.Address) { Credentials = new NetworkCredential("user", "pass") },
        };
        await using HubDeviceClient client = new(HubIdentity.FromConnectionString(device.ConnectionString), options);

        await client.OpenAsync().WaitAsync(Clients.Patience);
        await client.SendTelemetryAsync(Clients.Message("x")).AsTask().WaitAsync(Clients.Patience);

        // The name, not an address: a device behind a proxy may have no DNS of its own (P96).
        CollectionAssert.Contains(proxy.Targets.ToArray(), $"localhost:{hub.HttpsPort}");
    }

    [TestMethod]
    public async Task P97_ProxyWithWrongCredentials_IsNamedAsTheCause()
    {
        await using ConnectProxy proxy = new("user", "pass");
        HubDeviceClientOptions options = Clients.Options with
        {
            Transport = HubTransport.MqttWebSocket,
            OperationTimeout = TimeSpan.FromSeconds(2),
            Proxy = new WebProxy(proxy.Address) { Credentials = new NetworkCredential("user", "wrong") },
        };
        await using HubDeviceClient client = new(HubIdentity.FromSharedAccessKey("hub.example", "dev1", Convert.ToBase64String(new byte[32])), options);

        HubClientException error = await Clients.FailsAsync(client.OpenAsync());
        StringAssert.Contains(error.Message, "407");
        Assert.AreEqual(HubErrorCode.NetworkUnavailable, client.Status.Reason);
    }

    [TestMethod]
    public void P95_ProxyWithPlainMqtt_IsRefusedAtConstruction()
    {
        HubIdentity identity = HubIdentity.FromSharedAccessKey("hub.example", "dev1", Convert.ToBase64String(new byte[32]));
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new HubDeviceClient(identity, new HubDeviceClientOptions { Proxy = new WebProxy("http://127.0.0.1:1") }));
        StringAssert.Contains(error.Message, "MqttWebSocket");
    }

    private static string[] ReadStores()
    {
        List<string> found = [];
        foreach (StoreName name in new[] { StoreName.My, StoreName.CertificateAuthority, StoreName.Root })
        {
            using X509Store store = new(name, StoreLocation.CurrentUser);
            try
            {
                store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
                found.AddRange(store.Certificates.Select(c => $"{name}:{c.Thumbprint}"));
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                found.Add($"{name}: none");
            }
        }

        return [.. found];
    }
}
