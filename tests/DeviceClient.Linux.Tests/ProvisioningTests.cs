using DeviceClient.Emulator;
using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class ProvisioningTests : IDisposable
{
    private readonly CancellationTokenSource _patience = new(Clients.Patience);

    public void Dispose() => _patience.Dispose();

    [TestMethod]
    [DataRow(ProvisioningTransport.MqttTcp)]
    [DataRow(ProvisioningTransport.MqttWebSocket)]
    [DataRow(ProvisioningTransport.Https)]
    public async Task Registration_WithAGroupKey_GivesAHubThatWorks(ProvisioningTransport transport)
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubEnrollment group = hub.Provisioning.AddGroup("pumps");
        ProvisioningIdentity identity = ProvisioningIdentity.FromGroupKey("pump-7", group.PrimaryKey!);
        ProvisioningDeviceClient provisioning = new(hub.IdScope, identity, Options(hub, transport));

        ProvisioningResult result = await provisioning.RegisterAsync("{\"site\":1}"u8.ToArray(), _patience.Token);

        Assert.AreEqual("pump-7", result.DeviceId);
        Assert.AreEqual(hub.AssignedHostName, result.AssignedHub);
        await using HubDeviceClient client = new(identity.ToHubIdentity(result), Clients.Options with { TrustedRoots = [hub.RootCertificate] });
        await client.OpenAsync(_patience.Token);
        await client.SendTelemetryAsync(Clients.Message("x"), _patience.Token);
        await hub.Telemetry.WaitForAsync(m => m.DeviceId == "pump-7", _patience.Token);
    }

    [TestMethod]
    [DataRow(ProvisioningTransport.MqttTcp)]
    [DataRow(ProvisioningTransport.Https)]
    public async Task P48_AfterARefusal_TheSameClientRegisters(ProvisioningTransport transport)
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        string key = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
        ProvisioningDeviceClient provisioning = new(hub.IdScope, ProvisioningIdentity.FromSharedAccessKey("pump-8", key), Options(hub, transport));

        ProvisioningException error = await Assert.ThrowsExactlyAsync<ProvisioningException>(() => provisioning.RegisterAsync(cancellationToken: _patience.Token));
        Assert.IsFalse(error.IsTransient, error.Message);

        hub.Provisioning.AddIndividual("pump-8", key);
        Assert.AreEqual("pump-8", (await provisioning.RegisterAsync(cancellationToken: _patience.Token)).DeviceId);
    }

    [TestMethod]
    [DataRow(ProvisioningTransport.MqttTcp)]
    [DataRow(ProvisioningTransport.Https)]
    public async Task P49_ThrottledRegistration_WaitsAndSucceeds(ProvisioningTransport transport)
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubEnrollment enrollment = hub.Provisioning.AddIndividual("pump-9");
        hub.Provisioning.FailNext(2, 429, 1);
        ProvisioningDeviceClient provisioning = new(hub.IdScope, ProvisioningIdentity.FromSharedAccessKey("pump-9", enrollment.PrimaryKey!), Options(hub, transport));

        Assert.AreEqual("pump-9", (await provisioning.RegisterAsync(cancellationToken: _patience.Token)).DeviceId);
    }

    [TestMethod]
    public async Task Registration_Cancelled_EndsAsCancelled()
    {
        await using ScriptedHub service = new() { OnConnect = _ => -1 };
        ProvisioningDeviceClient provisioning = new("0ne00000A0A", ProvisioningIdentity.FromSharedAccessKey("pump-1", Convert.ToBase64String(new byte[32])), new ProvisioningDeviceClientOptions
        {
            HostName = service.HostName,
            TrustedRoots = TestCertificates.RootOnly,
        });
        using CancellationTokenSource source = new();
        Task<ProvisioningResult> registering = provisioning.RegisterAsync(cancellationToken: source.Token);
        await service.Connects.NextAsync();

        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => registering);
        await service.Closed.NextAsync();
    }

    [TestMethod]
    public async Task P50_ServiceThatNeverAnswers_EndsAtTheDeadline()
    {
        await using ScriptedHub service = new() { OnConnect = _ => -1 };
        ProvisioningDeviceClient provisioning = new("0ne00000A0A", ProvisioningIdentity.FromSharedAccessKey("pump-1", Convert.ToBase64String(new byte[32])), new ProvisioningDeviceClientOptions
        {
            HostName = service.HostName,
            TrustedRoots = TestCertificates.RootOnly,
            Timeout = TimeSpan.FromSeconds(1),
        });

        ProvisioningException error = await Assert.ThrowsExactlyAsync<ProvisioningException>(() => provisioning.RegisterAsync(cancellationToken: _patience.Token));
        Assert.AreEqual(HubErrorCode.Timeout, error.ErrorCode);
    }

    [TestMethod]
    public async Task Registration_WithAnUntrustedClock_SaysSoAndSendsNoToken()
    {
        await using ScriptedHub service = new();
        ProvisioningDeviceClient provisioning = new("0ne00000A0A", ProvisioningIdentity.FromSharedAccessKey("pump-1", Convert.ToBase64String(new byte[32])), new ProvisioningDeviceClientOptions
        {
            HostName = service.HostName,
            TrustedRoots = TestCertificates.RootOnly,
            Clock = new SettableClock(),
        });

        ProvisioningException error = await Assert.ThrowsExactlyAsync<ProvisioningException>(() => provisioning.RegisterAsync(cancellationToken: _patience.Token));
        Assert.AreEqual(HubErrorCode.WaitingForTime, error.ErrorCode);
        Assert.IsFalse(service.Connects.Reader.TryRead(out _));
    }

    [TestMethod]
    public void P30_CertificateWhoseNameIsNoRegistrationId_IsRefusedBeforeAnyConnection()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => ProvisioningIdentity.FromCertificate(TestCertificates.Root));
        StringAssert.Contains(error.Message, "common name");
        Assert.AreEqual("dev1", ProvisioningIdentity.FromCertificate(TestCertificates.Device).RegistrationId);
    }

    [TestMethod]
    public void P95_ProxyWithPlainMqtt_IsRefusedAtConstruction()
    {
        ProvisioningIdentity identity = ProvisioningIdentity.FromSharedAccessKey("a", Convert.ToBase64String(new byte[32]));
        Assert.ThrowsExactly<ArgumentException>(() => new ProvisioningDeviceClient("0ne00000A0A", identity, new ProvisioningDeviceClientOptions { Proxy = new System.Net.WebProxy("http://127.0.0.1:1") }));
    }

    private static ProvisioningDeviceClientOptions Options(HubEmulator hub, ProvisioningTransport transport) => new()
    {
        Transport = transport,
        HostName = $"localhost:{(transport == ProvisioningTransport.MqttTcp ? hub.MqttPort : hub.HttpsPort)}",
        TrustedRoots = [hub.RootCertificate],
        Retry = new RetryPolicy { MinimumDelayMilliseconds = 10, MaximumDelayMilliseconds = 50 },
        DefaultPollInterval = TimeSpan.FromSeconds(1),
    };
}
