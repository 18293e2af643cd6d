using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

/// <summary>The REST APIs over real TLS, with a device connected over MQTT.</summary>
[TestClass]
public sealed class HttpEndToEndTests
{
    private const string Version = "?api-version=2021-04-12";

    private HttpRig _rig = null!;

    [TestInitialize]
    public async Task StartAsync() => _rig = await HttpRig.StartAsync();

    [TestCleanup]
    public async Task StopAsync() => await _rig.DisposeAsync();

    [TestMethod]
    public async Task Device_IsCreatedReadAndDeletedOverHttp()
    {
        (int status, string body) = await _rig.CallAsync("PUT", "/devices/d1" + Version, """{"deviceId":"d1"}""");
        Assert.AreEqual(200, status, body);
        Assert.AreEqual(200, (await _rig.CallAsync("GET", "/devices%2Fd1" + Version)).Status, "The whole path may be percent-encoded.");
        Assert.AreEqual((204, ""), await _rig.CallAsync("DELETE", "/devices/d1" + Version));
        Assert.AreEqual(404, (await _rig.CallAsync("GET", "/devices/d1" + Version)).Status);
    }

    [TestMethod]
    public async Task Id_WithEveryLegalCharacter_SurvivesTheUri()
    {
        const string id = "-:.+%_#*?!(),=@;$'a";
        _rig.Hub.Devices.Add(id);
        (int status, string body) = await _rig.CallAsync("GET", "/devices/" + Uri.EscapeDataString(id) + Version);
        Assert.AreEqual(200, status, body);
        Assert.AreEqual(id, (string?)JsonNode.Parse(body)!["deviceId"]);
    }

    [TestMethod]
    public async Task Method_TravelsToTheDeviceAndBack()
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        await using Peer peer = await Peer.ConnectAsync(_rig.Hub, device);
        await peer.SubscribeAsync(0, "$iothub/methods/POST/#");
        Task<(int Status, string Body)> call = _rig.CallAsync(
            "POST", "/twins/d1/methods" + Version, """{"methodName":"add","payload":{"a":[1,2]},"responseTimeoutInSeconds":30}""");
        (string topic, string body) = await peer.ReceiveTextAsync().WaitAsync(Expect.Soon);
        Assert.AreEqual("""{"a":[1,2]}""", body);
        await peer.PublishAsync("$iothub/methods/res/418/?$rid=" + topic.Split("$rid=")[1], "3");
        Assert.AreEqual((200, """{"status":418,"payload":3}"""), await call);
    }

    [TestMethod]
    public async Task DesiredChange_OverRest_ReachesTheDevice()
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        await using Peer peer = await Peer.ConnectAsync(_rig.Hub, device);
        await peer.SubscribeAsync(1, "$iothub/twin/PATCH/properties/desired/#");
        await _rig.CallAsync("PATCH", "/twins/d1" + Version, """{"properties":{"desired":{"x":1}}}""");
        Assert.AreEqual(
            ("$iothub/twin/PATCH/properties/desired/?$version=2", """{"x":1,"$version":2}"""),
            await peer.ReceiveTextAsync().WaitAsync(Expect.Soon));
        (_, string twin) = await _rig.CallAsync("GET", "/twins/d1" + Version);
        Assert.AreEqual("Connected", (string?)JsonNode.Parse(twin)!["connectionState"]);
        (_, string query) = await _rig.CallAsync(
            "POST", "/devices/query" + Version, """{"query":"SELECT deviceId FROM devices WHERE connectionState = 'Connected'"}""");
        Assert.AreEqual("""[{"deviceId":"d1"}]""", query);
        (_, string statistics) = await _rig.CallAsync("GET", "/statistics/service" + Version);
        Assert.AreEqual("""{"connectedDeviceCount":1}""", statistics);
    }

    [TestMethod]
    [DataRow("application/x-ndjson")]
    [DataRow("text/event-stream")]
    public async Task Telemetry_IsReadAsAStreamWhileItComes(string accept)
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        await using Peer peer = await Peer.ConnectAsync(_rig.Hub, device);
        using var client = NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/emulator/telemetry?deviceId=d1");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Expect.Soon);
        Assert.AreEqual(accept, response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Expect.Soon));
        for (int i = 0; i < 3; i++)
        {
            await peer.PublishAsync("devices/d1/messages/events/%24.ct=application%2Fjson&color=red", $$"""{"n":{{i}}}""");
            string line = (await reader.ReadLineAsync(Expect.Soon))!;
            if (accept == "text/event-stream")
            {
                Assert.StartsWith("data: ", line);
                line = line["data: ".Length..];
                Assert.AreEqual("", await reader.ReadLineAsync(Expect.Soon));
            }

            JsonNode item = JsonNode.Parse(line)!;
            Assert.AreEqual(i, (int)item["payload"]!["n"]!);
            Assert.AreEqual("red", (string?)item["properties"]!["color"]);
            Assert.AreEqual("d1", (string?)item["systemProperties"]!["iothub-connection-device-id"]);
            Assert.AreEqual("application/json", (string?)item["systemProperties"]!["content-type"]);
        }
    }

    [TestMethod]
    public async Task Connection_IsListedAndDroppedOverTheOwnApi()
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        await using Peer peer = await Peer.ConnectAsync(_rig.Hub, device);
        (_, string list) = await _rig.CallAsync("GET", "/emulator/connections");
        Assert.AreEqual("MQTT", (string?)JsonNode.Parse(list)![0]!["protocol"]);
        Assert.AreEqual(204, (await _rig.CallAsync("DELETE", "/emulator/connections/d1")).Status);
        await peer.Disconnected.WaitAsync(Expect.Soon);
    }

    [TestMethod]
    public async Task Message_OverTheOwnApi_ArrivesAtTheDevice()
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        await using Peer peer = await Peer.ConnectAsync(_rig.Hub, device);
        await peer.SubscribeAsync(1, "devices/d1/messages/devicebound/#");
        await _rig.CallAsync("POST", "/emulator/devices/d1/messages", """{"payloadText":"hello","properties":{"color":"red"}}""");
        (string topic, string body) = await peer.ReceiveTextAsync().WaitAsync(Expect.Soon);
        Assert.AreEqual("hello", body);
        StringAssert.Contains(topic, "color=red");
    }

    [TestMethod]
    public async Task Fault_OverTheOwnApi_StrikesTheDevice()
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        await _rig.CallAsync("POST", "/emulator/faults", """{"point":"connect","action":"refuse","returnCode":3,"deviceId":"d1"}""");
        await using Peer refused = await Peer.ConnectAsync(_rig.Hub, device);
        Assert.AreEqual(3, refused.ReturnCode);
        await using Peer accepted = await Peer.ConnectAsync(_rig.Hub, device);
        Assert.AreEqual(0, accepted.ReturnCode);
    }

    [TestMethod]
    public async Task StatusPage_ShowsTheDeviceAndItsTelemetry()
    {
        HubDevice device = _rig.Hub.Devices.Add("thermostat-1");
        await using Peer peer = await Peer.ConnectAsync(_rig.Hub, device);
        await peer.PublishAsync("devices/thermostat-1/messages/events/", """{"temperature":21.5}""");
        (int status, string page) = await _rig.CallAsync("GET", "/");
        Assert.AreEqual(200, status);
        StringAssert.Contains(page, "thermostat-1");
        StringAssert.Contains(page, ">connected<");
        StringAssert.Contains(page, WebUtility.HtmlEncode("""{"temperature":21.5}"""));
    }

    [TestMethod]
    public async Task Enrollment_OverHttp_AdmitsADeviceOverHttp()
    {
        (int status, string body) = await _rig.CallAsync(
            "PUT", "/enrollmentGroups/g1?api-version=2021-10-01", """{"attestation":{"type":"symmetricKey"}}""", provisioning: true);
        Assert.AreEqual(200, status, body);
        (_, string mechanism) = await _rig.CallAsync(
            "POST", "/enrollmentgroups/g1/attestationmechanism?api-version=2021-10-01", null, provisioning: true);
        string key = HubProvisioning.DeriveDeviceKey((string)JsonNode.Parse(mechanism)!["symmetricKey"]!["primaryKey"]!, "unit-1");
        using HttpClient client = NewClient();
        using var register = new HttpRequestMessage(
            HttpMethod.Put, $"/{_rig.Hub.IdScope}/registrations/unit-1/register?api-version=2021-06-01");
        register.Headers.TryAddWithoutValidation("Authorization", DpsPeer.Token(_rig.Hub.IdScope, "unit-1", key));
        register.Content = new StringContent("""{"registrationId":"unit-1"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.SendAsync(register, Expect.Soon);
        Assert.AreEqual(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.AreEqual(2, answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.AreEqual(_rig.Hub.AssignedHostName, _rig.Hub.Provisioning.GetRegistration("unit-1")!.AssignedHub);
        await using Peer peer = await Peer.ConnectAsync(_rig.Hub, _rig.Hub.Devices.Get("unit-1"));
        Assert.AreEqual(0, peer.ReturnCode, "The assigned device connects with the derived key.");
    }

    private HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _rig.Hub.RootCertificate },
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{_rig.Hub.HttpsPort}") };
    }
}
