using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class ControlApiTests : IDisposable
{
    private const string OwnerKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly RestRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    [DataRow("/emulator")]
    [DataRow("/emulator/")]
    [DataRow("/emulator/connections")]
    [DataRow("/emulator/faults")]
    [DataRow("/emulator/log")]
    [DataRow("/emulator/telemetry?follow=false")]
    [DataRow("/emulator/feedback?follow=false")]
    [DataRow("/")]
    public async Task OnLoopback_IsOpen(string target)
    {
        Assert.AreEqual(200, (await _rig.SendAsync("GET", target)).Status);
    }

    [TestMethod]
    [DataRow("GET", "/emulator")]
    [DataRow("GET", "/")]
    [DataRow("GET", "/emulator/log")]
    [DataRow("POST", "/emulator/faults")]
    [DataRow("POST", "/emulator/seed")]
    [DataRow("POST", "/emulator/devices/d1/messages")]
    public async Task OnNetwork_AsksForTheOwnersKey(string method, string target)
    {
        using RestRig rig = NetworkRig();
        RestAnswer refused = await rig.SendAsync(method, target, "{}"u8.ToArray());
        Assert.AreEqual(401, refused.Status);
        StringAssert.StartsWith(refused.Header("WWW-Authenticate")!, "Basic");
        Assert.AreEqual(401, (await rig.SendAsync(method, target, "{}"u8.ToArray(), ("Authorization", Basic("iothubowner", "wrong")))).Status);
        Assert.AreEqual(401, (await rig.SendAsync(method, target, "{}"u8.ToArray(), ("Authorization", "Basic !!"))).Status);
        Assert.AreEqual(401, (await rig.SendAsync(method, target, "{}"u8.ToArray(), ("Authorization", rig.PolicyToken("service")))).Status);
        string service = rig.Hub.Policies.Single(policy => policy.Name == "service").PrimaryKey;
        Assert.AreEqual(401, (await rig.SendAsync(method, target, "{}"u8.ToArray(), ("Authorization", Basic("service", service)))).Status);
        Assert.AreNotEqual(401, (await rig.SendAsync(method, target, "{}"u8.ToArray(), ("Authorization", Basic("iothubowner", OwnerKey)))).Status);
        Assert.AreNotEqual(401, (await rig.SendAsync(method, target, "{}"u8.ToArray(), ("Authorization", rig.PolicyToken("iothubowner")))).Status);
    }

    [TestMethod]
    public async Task RootCertificate_IsForEverybody()
    {
        using RestRig rig = NetworkRig();
        RestAnswer answer = await rig.SendAsync("GET", "/emulator/root.pem");
        Assert.AreEqual(rig.Certificates.RootPem, answer.Text);
    }

    [TestMethod]
    [DataRow("Origin", "https://evil.example")]
    [DataRow("Host", "rebound.example")]
    public async Task OnLoopback_APageFromElsewhere_IsRefused(string header, string value)
    {
        Assert.AreEqual(401, (await _rig.SendAsync("POST", "/emulator/faults", "{}"u8.ToArray(), (header, value))).Status);
    }

    [TestMethod]
    public async Task NonLoopbackAddress_WithoutKey_DoesNotStart()
    {
        ArgumentException error = await Assert.ThrowsExactlyAsync<ArgumentException>(
            () => HubEmulator.StartAsync(new HubEmulatorOptions { Address = IPAddress.Any }));
        StringAssert.Contains(error.Message, "OwnerPolicyKey");
        Assert.IsFalse(error.Message.Contains('\n', StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("""{"payload":{"a":1}}""", """{"a":1}""")]
    [DataRow("""{"payload":null}""", "null")]
    [DataRow("""{"payloadText":"hello"}""", "hello")]
    [DataRow("""{"payloadBase64":"aGk="}""", "hi")]
    [DataRow("{}", "")]
    public async Task Message_InAnyForm_IsQueued(string body, string payload)
    {
        _rig.Hub.Devices.Add("d1");
        RestAnswer answer = await PostAsync("/emulator/devices/d1/messages", body);
        Assert.AreEqual(201, answer.Status, answer.Text);
        HubQueuedMessage queued = _rig.Hub.Messages.Pending("d1").Single();
        Assert.AreEqual(payload, Encoding.UTF8.GetString(queued.Message.Payload.Span));
        Assert.AreEqual(queued.Message.MessageId, (string?)answer.Json["messageId"]);
        Assert.AreEqual(1, (await _rig.SendAsync("GET", "/emulator/devices/d1/messages")).Json.AsArray().Count);
    }

    [TestMethod]
    public async Task Message_KeepsItsProperties()
    {
        _rig.Hub.Devices.Add("d1");
        await PostAsync(
            "/emulator/devices/d1/messages",
            """{"messageId":"m","correlationId":"c","contentType":"t","expirySeconds":90,"ack":"full","properties":{"a":"b","n":null}}""");
        HubQueuedMessage queued = _rig.Hub.Messages.Pending("d1").Single();
        Assert.AreEqual(("m", "c", "t", HubFeedbackRequest.Full), (queued.Message.MessageId, queued.Message.CorrelationId, queued.Message.ContentType, queued.Message.Ack));
        Assert.AreEqual(_rig.Time.GetUtcNow().AddSeconds(90), queued.ExpiryTime);
        Assert.AreEqual(2, queued.Message.Properties.Count);
    }

    [TestMethod]
    [DataRow("""{"payload":1,"payloadText":"x"}""", 400)]
    [DataRow("""{"payloadBase64":"!"}""", 400)]
    [DataRow("""{"expirySeconds":0}""", 400)]
    [DataRow("""{"ack":"maybe"}""", 400)]
    [DataRow("""{"paylod":1}""", 400)]
    [DataRow("", 400)]
    public async Task Message_Wrong_Is400(string body, int status)
    {
        _rig.Hub.Devices.Add("d1");
        Assert.AreEqual(status, (await PostAsync("/emulator/devices/d1/messages", body)).Status);
        Assert.AreEqual(404, (await PostAsync("/emulator/devices/nobody/messages", "{}")).Status);
    }

    [TestMethod]
    public async Task Fault_IsAddedListedAndRemoved()
    {
        RestAnswer added = await PostAsync("/emulator/faults", """
            {"point":"PubAck","action":"delay","deviceId":"d1","skip":2,"count":null,"startAfterSeconds":1,"durationSeconds":60,
             "probability":0.5,"seed":7,"delaySeconds":2.5}
            """);
        Assert.AreEqual(201, added.Status, added.Text);
        HubFaultRule rule = _rig.Hub.Faults.List().Single().Rule;
        Assert.AreEqual(
            new HubFaultRule
            {
                Point = HubFaultPoint.PubAck,
                Action = HubFaultAction.Delay,
                DeviceId = "d1",
                Skip = 2,
                Count = null,
                StartAfter = TimeSpan.FromSeconds(1),
                Duration = TimeSpan.FromMinutes(1),
                Probability = 0.5,
                Seed = 7,
                Delay = TimeSpan.FromSeconds(2.5),
            },
            rule);
        string target = "/emulator/faults/" + added.Json["id"]!.ToJsonString();
        Assert.AreEqual("pubAck", (string?)(await _rig.SendAsync("GET", target)).Json["point"]);
        Assert.AreEqual(204, (await _rig.SendAsync("DELETE", target)).Status);
        Assert.AreEqual(404, (await _rig.SendAsync("GET", target)).Status);
        await PostAsync("/emulator/faults", """{"point":"connect","action":"refuse","returnCode":5}""");
        Assert.AreEqual(204, (await _rig.SendAsync("DELETE", "/emulator/faults")).Status);
        Assert.AreEqual("[]", (await _rig.SendAsync("GET", "/emulator/faults")).Text);
    }

    [TestMethod]
    [DataRow("""{"action":"drop"}""")]
    [DataRow("""{"point":"telemetry"}""")]
    [DataRow("""{"point":"everywhere","action":"drop"}""")]
    [DataRow("""{"point":"pubAck","action":"refuse"}""")]
    [DataRow("""{"point":"pubAck","action":"delay","delaySeconds":-1}""")]
    [DataRow("""{"point":"pubAck","action":"drop","probability":2}""")]
    [DataRow("""{"point":"pubAck","action":"drop","count":0}""")]
    [DataRow("""{"point":"pubAck","action":"drop","skip":99999999999}""")]
    [DataRow("""{"point":"timer","action":"drop"}""")]
    [DataRow("""{"point":"pubAck","action":"drop","times":3}""")]
    public async Task Fault_Wrong_Is400(string body)
    {
        Assert.AreEqual(400, (await PostAsync("/emulator/faults", body)).Status);
        Assert.AreEqual(0, _rig.Hub.Faults.List().Count);
    }

    [TestMethod]
    [DataRow("""{"requests":2,"status":429,"retryAfterSeconds":3}""", 204)]
    [DataRow("""{}""", 204)]
    [DataRow("""{"status":200}""", 400)]
    [DataRow("""{"requests":99999999999}""", 400)]
    public async Task ProvisioningFault_IsChecked(string body, int status)
    {
        Assert.AreEqual(status, (await PostAsync("/emulator/provisioning/faults", body)).Status);
    }

    [TestMethod]
    public async Task Seed_IsAddedAndWrongOnesAreNamed()
    {
        RestAnswer added = await PostAsync("/emulator/seed", """{"devices":[{"deviceId":"d1"}]}""");
        Assert.AreEqual("""{"devices":1,"modules":0,"enrollments":0,"enrollmentGroups":0}""", added.Text);
        RestAnswer wrong = await PostAsync("/emulator/seed", """{"devices":[{"id":"d1"}]}""");
        Assert.AreEqual(400, wrong.Status);
        StringAssert.Contains(wrong.Text, "$.devices[0].id: unknown member");
    }

    [TestMethod]
    public async Task Connection_OfUnknownOrAbsentDevice_CannotBeDropped()
    {
        Assert.AreEqual("DeviceNotFound", (await _rig.SendAsync("DELETE", "/emulator/connections/d1")).ErrorName);
        _rig.Hub.Devices.Add("d1");
        Assert.AreEqual("DeviceNotOnline", (await _rig.SendAsync("DELETE", "/emulator/connections/d1")).ErrorName);
    }

    [TestMethod]
    public async Task Log_AsStream_ComesAsLinesOrEvents()
    {
        _rig.Hub.Devices.Add("d1");
        _rig.Hub.Devices.Add("d2");
        RestAnswer lines = await _rig.SendAsync("GET", "/emulator/log?follow=true&max=2");
        Assert.AreEqual("application/x-ndjson", lines.Header("Content-Type"));
        string[] parts = lines.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.AreEqual(2, parts.Length);
        Assert.AreEqual("d2", (string?)JsonNode.Parse(parts[1])!["id"]);
        RestAnswer events = await _rig.SendAsync("GET", "/emulator/log?follow=true&max=1&deviceId=d2", null, ("Accept", "text/event-stream"));
        Assert.AreEqual("text/event-stream", events.Header("Content-Type"));
        StringAssert.StartsWith(events.Text, "data: {");
        StringAssert.EndsWith(events.Text, "}\n\n");
    }

    [TestMethod]
    public async Task Page_ShowsNothingAsMarkupThatCameFromOutside()
    {
        _rig.Hub.Devices.Add("d1");
        _rig.Hub.Twins.UpdateReported("d1", new JsonObject { ["x"] = "<script>alert(1)</script>" });
        RestAnswer page = await _rig.SendAsync("GET", "/");
        StringAssert.StartsWith(page.Header("Content-Type")!, "text/html");
        StringAssert.Contains(page.Text, "&lt;script&gt;");
        Assert.IsFalse(page.Text.Contains("<script", StringComparison.OrdinalIgnoreCase));
        Assert.IsFalse(page.Text.Contains("http://", StringComparison.Ordinal) || page.Text.Contains("src=", StringComparison.Ordinal));
        StringAssert.Contains(page.Header("Content-Security-Policy")!, "default-src 'none'");
        Assert.IsFalse(page.Text.Contains(_rig.Hub.Devices.Get("d1").Authentication.PrimaryKey!, StringComparison.Ordinal));
    }

    private static RestRig NetworkRig() => new(new HubEmulatorOptions { Address = IPAddress.Any, OwnerPolicyKey = OwnerKey });

    private static string Basic(string name, string key) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{key}"));

    private Task<RestAnswer> PostAsync(string target, string body) => _rig.SendAsync("POST", target, Encoding.UTF8.GetBytes(body));
}
