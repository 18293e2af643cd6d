using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace DeviceClient.Emulator.Tests;

/// <summary>CONNECT over TLS and WebSocket: who is let in, and with which code and log line the others are not.</summary>
[TestClass]
public sealed class MqttConnectTests
{
    private static HubEmulator s_hub = null!;
    private static int s_nextId;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _) => s_hub = await HubEmulator.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_hub.DisposeAsync();

    private static DateTimeOffset InAnHour => TimeProvider.System.GetUtcNow().AddHours(1);

    private static HubDevice NewDevice(HubAuthentication? authentication = null) =>
        s_hub.Devices.Add($"connect-{Interlocked.Increment(ref s_nextId)}", new HubDeviceSettings { Authentication = authentication });

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Connect_WithDeviceKey_IsLetIn(bool webSocket)
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device, webSocket: webSocket);
        Assert.AreEqual(0, peer.ReturnCode);
        HubConnectionInfo connection = await s_hub.Connections.WaitForConnectedAsync(device.DeviceId);
        Assert.AreEqual(webSocket ? "MQTT-WS" : "MQTT", connection.Protocol);
        Assert.AreEqual("sas", connection.AuthenticationType);
        Assert.AreEqual("2021-04-12", connection.ApiVersion);
        Assert.IsTrue(device.IsConnected);
        await peer.PublishAsync($"devices/{device.Id}/messages/events/", "hello");
        HubTelemetryMessage message = await s_hub.Telemetry.WaitForAsync(m => m.DeviceId == device.Id, Expect.Soon);
        Assert.AreEqual("hello", System.Text.Encoding.UTF8.GetString(message.Payload.Span));
    }

    [TestMethod]
    public async Task Connect_WithSecondaryKey_IsLetIn()
    {
        HubDevice device = NewDevice();
        await AssertLetInAsync(device, Peer.Token(device, InAnHour, key: device.Authentication.SecondaryKey));
    }

    [TestMethod]
    public async Task Connect_WithPolicyThatMayConnectDevices_IsLetIn()
    {
        HubDevice device = NewDevice();
        HubPolicy policy = s_hub.Policies.Single(p => p.Name == "device");
        await AssertLetInAsync(device, Peer.Token(device, InAnHour, key: policy.PrimaryKey, policy: policy.Name, resource: "localhost"));
    }

    [TestMethod]
    public async Task Connect_WithPortInUserNameAndToken_IsLetIn()
    {
        HubDevice device = NewDevice();
        string host = $"localhost:{s_hub.MqttPort}";
        await AssertLetInAsync(device, Peer.Token(device, InAnHour, host), $"{host}/{device.Id}/{Peer.ApiVersion}");
    }

    [TestMethod]
    public async Task Connect_WithTokenExpiredWithinSkew_IsLetIn()
    {
        HubDevice device = NewDevice();
        await AssertLetInAsync(device, Peer.Token(device, TimeProvider.System.GetUtcNow().AddSeconds(-200)));
    }

    [TestMethod]
    [DataRow("localhost/{0}/api-version=2021-04-12", DisplayName = "question mark missing")]
    [DataRow("LOCALHOST/{0}/?DeviceClientType=a%2fb%3b&api-version=2016-11-14&unknown=1", DisplayName = "other order, unknown key, lower-case hex")]
    public async Task Connect_WithTolerableUserName_IsLetIn(string userName)
    {
        HubDevice device = NewDevice();
        await AssertLetInAsync(device, Peer.Token(device, InAnHour), string.Format(null, userName, device.Id));
    }

    [TestMethod]
    public async Task Connect_WithModelId_ShowsItInTwinAndTelemetry()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await AssertLetInAsync(device, Peer.Token(device, InAnHour), Peer.UserName(device, "?api-version=2021-04-12&model-id=dtmi%3Acom%3Aexample%3Bone"));
        await peer.PublishAsync($"devices/{device.Id}/messages/events/");
        HubTelemetryMessage message = await s_hub.Telemetry.WaitForAsync(m => m.DeviceId == device.Id, Expect.Soon);
        Assert.AreEqual("dtmi:com:example;one", message.SystemProperties["dt-dataschema"]);
        Assert.AreEqual("dtmi:com:example;one", s_hub.Twins.Get(device.Id).ModelId);
    }

    [TestMethod]
    [DataRow("", 4, 400004)]
    [DataRow("localhost", 4, 400004)]
    [DataRow("localhost/{0}", 4, 400004)]
    [DataRow("/{0}/?api-version=2021-04-12", 4, 400004)]
    [DataRow("localhost/{0}/", 4, 400001)]
    [DataRow("localhost/{0}/?apiversion=2021-04-12", 4, 400001)]
    [DataRow("localhost/other/?api-version=2021-04-12", 2, 400004)]
    [DataRow("otherhub/{0}/?api-version=2021-04-12", 5, 401001)]
    public async Task P56_Connect_WithMalformedUserName_IsRefusedWithDiagnosis(string userName, int returnCode, int code)
    {
        HubDevice device = NewDevice();
        await AssertRefusedAsync(device.Id, device, returnCode, code, Peer.Token(device, InAnHour), string.Format(null, userName, device.Id));
    }

    [TestMethod]
    public async Task Connect_WithWrongKey_IsRefused()
    {
        HubDevice device = NewDevice();
        HubLogEntry line = await AssertRefusedAsync(device.Id, device, 5, 401003, Peer.Token(device, InAnHour, key: HubAuthentication.NewKey()));
        Assert.Contains("signature", line.Text);
    }

    [TestMethod]
    public async Task Connect_WithExpiredToken_IsRefusedAndNamesTheClock()
    {
        HubDevice device = NewDevice();
        HubLogEntry line = await AssertRefusedAsync(device.Id, device, 5, 401003, Peer.Token(device, TimeProvider.System.GetUtcNow().AddSeconds(-310)));
        Assert.Contains("expired", line.Text);
    }

    [TestMethod]
    public async Task Connect_WithTokenOfAnotherDevice_IsRefused()
    {
        HubDevice device = NewDevice();
        HubLogEntry line = await AssertRefusedAsync(device.Id, device, 5, 401003, Peer.Token(device, InAnHour, resource: $"localhost/devices/{device.Id}x"));
        Assert.Contains("covers", line.Text);
    }

    [TestMethod]
    public async Task Connect_WithPasswordThatIsNoToken_IsRefusedWithoutQuotingIt()
    {
        HubDevice device = NewDevice();
        HubLogEntry line = await AssertRefusedAsync(device.Id, device, 5, 401003, device.Authentication.PrimaryKey!);
        Assert.DoesNotContain(device.Authentication.PrimaryKey!, line.Text);
    }

    [TestMethod]
    [DataRow("service", 401002)]
    [DataRow("nonsense", 401003)]
    public async Task Connect_WithPolicyWithoutTheRight_IsRefused(string policyName, int code)
    {
        HubDevice device = NewDevice();
        string? key = s_hub.Policies.FirstOrDefault(p => p.Name == policyName)?.PrimaryKey;
        await AssertRefusedAsync(device.Id, device, 5, code, Peer.Token(device, InAnHour, key: key, policy: policyName, resource: "localhost"));
    }

    [TestMethod]
    public async Task Connect_OfUnknownOrDisabledDevice_IsRefusedAlike()
    {
        HubDevice removed = NewDevice();
        s_hub.Devices.Remove(removed.Id);
        await AssertRefusedAsync(removed.Id, removed, 5, 404001, Peer.Token(removed, InAnHour));
        HubDevice disabled = NewDevice();
        s_hub.Devices.SetEnabled(disabled.Id, false);
        await AssertRefusedAsync(disabled.Id, disabled, 5, 403012, Peer.Token(disabled, InAnHour));
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public async Task Connect_WithRegisteredThumbprint_IsLetIn(bool sha256, bool webSocket)
    {
        using X509Certificate2 certificate = NewCertificate();
        string thumbprint = certificate.GetCertHashString(sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        HubDevice device = NewDevice(HubAuthentication.FromThumbprints(new string('0', 40), thumbprint.ToLowerInvariant()));
        await using Peer peer = await Peer.ConnectAsync(s_hub, device, certificate: certificate, webSocket: webSocket);
        Assert.AreEqual(0, peer.ReturnCode, string.Join('\n', s_hub.Log.Entries));
        Assert.AreEqual("x509", (await s_hub.Connections.WaitForConnectedAsync(device.Id)).AuthenticationType);
    }

    [TestMethod]
    public async Task Connect_WithAnotherCertificateOrNone_IsRefused()
    {
        using X509Certificate2 certificate = NewCertificate();
        HubDevice device = NewDevice(HubAuthentication.FromThumbprints(new string('A', 64)));
        await using Peer wrong = await Peer.ConnectAsync(s_hub, device, certificate: certificate);
        Assert.AreEqual(5, wrong.ReturnCode);
        Assert.Contains("thumbprint", (await Expect.LineAsync(s_hub, device.Id, 401003)).Text);
        await using Peer none = await Peer.ConnectAsync(s_hub, device, options => options.WithCredentials(Peer.UserName(device)));
        Assert.AreEqual(5, none.ReturnCode);
    }

    [TestMethod]
    public async Task Connect_WithTokenForCertificateIdentity_IsRefused()
    {
        HubDevice device = NewDevice(HubAuthentication.FromThumbprints(new string('A', 40)));
        await AssertRefusedAsync(device.Id, device, 5, 401003, Peer.Token(device, InAnHour, key: HubAuthentication.NewKey()));
    }

    [TestMethod]
    public async Task Connect_OfModuleWithItsKey_IsLetIn()
    {
        HubDevice device = NewDevice();
        HubModule module = s_hub.Devices.AddModule(device.Id, "meter");
        await using Peer peer = await AssertLetInAsync(module, Peer.Token(module, InAnHour));
        await peer.PublishAsync($"devices/{device.Id}/modules/meter/messages/events/%24.on=out1", "{}");
        HubTelemetryMessage message = await s_hub.Telemetry.WaitForAsync(m => m.ModuleId == "meter" && m.DeviceId == device.Id, Expect.Soon);
        Assert.AreEqual("out1", message.SystemProperties["iothub-outputname"]);
        Assert.AreEqual("meter", message.SystemProperties["iothub-connection-module-id"]);
    }

    [TestMethod]
    [DataRow(false, 5)]
    [DataRow(true, 0)]
    public async Task Connect_OfModuleWithTokenOfItsDevice_DependsOnBehavior(bool covers, int returnCode)
    {
        await using HubEmulator hub = await HubEmulator.StartAsync(new HubEmulatorOptions { Behavior = new HubEmulatorBehavior { DeviceTokenCoversModules = covers } });
        HubDevice device = hub.Devices.Add("d");
        HubModule module = hub.Devices.AddModule("d", "m");
        await using Peer peer = await Peer.ConnectAsync(hub, module, options => options.WithCredentials(Peer.UserName(module), Peer.Token(device, InAnHour)));
        Assert.AreEqual(returnCode, peer.ReturnCode);
    }

    [TestMethod]
    public async Task Connect_WithTheSameIdentityTwice_ClosesTheOlderWith400027()
    {
        HubDevice device = NewDevice();
        await using Peer older = await Peer.ConnectAsync(s_hub, device);
        await using Peer newer = await Peer.ConnectAsync(s_hub, device);
        await Expect.ClosedAsync(s_hub, older, device.Id, 400027);
        Assert.AreEqual(0, newer.ReturnCode);
        await newer.PublishAsync($"devices/{device.Id}/messages/events/");
        Assert.IsTrue(device.IsConnected);
        Assert.AreEqual(2, s_hub.Connections.ConnectCount(device.Id));
    }

    [TestMethod]
    public async Task Connection_OfDeviceThatIsDisabled_IsDropped()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        s_hub.Devices.SetEnabled(device.Id, false);
        await Expect.ClosedAsync(s_hub, peer, device.Id, 403012);
    }

    [TestMethod]
    public async Task Connection_OfDeviceThatIsRemoved_IsDroppedWithItsModules()
    {
        HubDevice device = NewDevice();
        HubModule module = s_hub.Devices.AddModule(device.Id, "m");
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        await using Peer modulePeer = await Peer.ConnectAsync(s_hub, module);
        s_hub.Devices.Remove(device.Id);
        await Expect.ClosedAsync(s_hub, peer, device.Id, 404001);
        await Expect.ClosedAsync(s_hub, modulePeer, module.Id, 404001);
    }

    private static async Task<Peer> AssertLetInAsync(HubRegistryIdentity identity, string password, string? userName = null)
    {
        Peer peer = await Peer.ConnectAsync(s_hub, identity, options => options.WithCredentials(userName ?? Peer.UserName(identity), password));
        Assert.AreEqual(0, peer.ReturnCode, string.Join('\n', s_hub.Log.Entries.TakeLast(5)));
        return peer;
    }

    private static async Task<HubLogEntry> AssertRefusedAsync(
        string id, HubRegistryIdentity identity, int returnCode, int code, string password, string? userName = null)
    {
        await using Peer peer = await Peer.ConnectAsync(s_hub, identity, options => options.WithCredentials(userName ?? Peer.UserName(identity), password));
        HubLogEntry line = await Expect.LineAsync(s_hub, id, code);
        Assert.AreEqual(returnCode, peer.ReturnCode, line.ToString());
        Assert.AreEqual(HubLogEvent.Refused, line.Event);
        Assert.IsFalse(s_hub.Connections.IsConnected(identity.DeviceId, identity.ModuleId));
        return line;
    }

    private static X509Certificate2 NewCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=device", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
