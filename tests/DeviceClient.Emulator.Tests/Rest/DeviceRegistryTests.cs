using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class DeviceRegistryTests : IDisposable
{
    private readonly RestRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    public async Task Create_WithEmptyKeys_MakesTwoKeysAndAllFields()
    {
        RestAnswer answer = await _rig.CallAsync("PUT", "/devices/d1", JsonNode.Parse("""
            {"deviceId":"d1","status":"enabled","authentication":{"symmetricKey":{"primaryKey":"","secondaryKey":null}},
             "generationId":null,"etag":null,"connectionState":"Disconnected","lastActivityTime":"0001-01-01T00:00:00"}
            """));
        Assert.AreEqual(200, answer.Status);
        JsonNode body = answer.Json;
        string[] members =
        [
            "deviceId", "generationId", "etag", "connectionState", "status", "statusReason", "connectionStateUpdatedTime",
            "statusUpdatedTime", "lastActivityTime", "cloudToDeviceMessageCount", "authentication", "capabilities",
        ];
        foreach (string member in members)
        {
            Assert.IsTrue(body.AsObject().ContainsKey(member), member);
        }

        Assert.AreEqual("sas", (string?)body["authentication"]!["type"]);
        Assert.AreNotEqual(
            (string)body["authentication"]!["symmetricKey"]!["primaryKey"]!, (string)body["authentication"]!["symmetricKey"]!["secondaryKey"]!);
        Assert.AreEqual($"\"{body["etag"]}\"", answer.Header("ETag"));
        StringAssert.StartsWith(answer.Header("Content-Type")!, "application/json");
    }

    [TestMethod]
    public async Task Create_Existing_Is409()
    {
        _rig.Hub.Devices.Add("d1");
        RestAnswer answer = await _rig.CallAsync("PUT", "/devices/d1", new JsonObject { ["deviceId"] = "d1" });
        Assert.AreEqual(409, answer.Status);
        Assert.AreEqual("DeviceAlreadyExists", answer.ErrorName);
    }

    [TestMethod]
    [DataRow("*")]
    [DataRow("\"*\"")]
    [DataRow("ETAG")]
    [DataRow("\"ETAG\"")]
    public async Task Update_WithAnySpellingOfIfMatch_IsTaken(string ifMatch)
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        string etag = device.ETag;
        RestAnswer answer = await _rig.CallAsync(
            "PUT",
            "/devices/d1",
            JsonNode.Parse("""{"deviceId":"d1","status":"disabled","statusReason":"lost"}"""),
            ("If-Match", ifMatch.Replace("ETAG", etag, StringComparison.Ordinal)));
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual("disabled", (string?)answer.Json["status"]);
        Assert.AreEqual("lost", (string?)answer.Json["statusReason"]);
        Assert.AreNotEqual(etag, (string)answer.Json["etag"]!);
        Assert.IsFalse(device.IsEnabled);
    }

    [TestMethod]
    public async Task Update_Stale_Is412()
    {
        _rig.Hub.Devices.Add("d1");
        RestAnswer answer = await _rig.CallAsync("PUT", "/devices/d1", new JsonObject { ["deviceId"] = "d1" }, ("If-Match", "\"old\""));
        Assert.AreEqual(412, answer.Status);
        Assert.AreEqual("PreconditionFailed", answer.ErrorName);
    }

    [TestMethod]
    [DataRow("GET")]
    [DataRow("DELETE")]
    [DataRow("PUT")]
    public async Task UnknownDevice_Is404001(string method)
    {
        RestAnswer answer = await _rig.CallAsync(
            method, "/devices/nobody", method == "PUT" ? new JsonObject { ["deviceId"] = "nobody" } : null, ("If-Match", "*"));
        Assert.AreEqual(404, answer.Status);
        Assert.AreEqual("DeviceNotFound", answer.ErrorName);
    }

    [TestMethod]
    [DataRow("""{"deviceId":"other"}""", "ArgumentInvalid")]
    [DataRow("""{"deviceId":"d1","authentication":{"symmetricKey":{"primaryKey":"not base64"}}}""", "ArgumentInvalid")]
    [DataRow("""{"deviceId":"d1","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"12"}}}""", "ArgumentInvalid")]
    [DataRow("""{"deviceId":"d1","authentication":{"type":"magic"}}""", "IotHubFormatError")]
    [DataRow("""{"deviceId":"d1","status":5}""", "IotHubFormatError")]
    [DataRow("""{"deviceId":"d1",""", "IotHubFormatError")]
    [DataRow("[]", "IotHubFormatError")]
    [DataRow("", "IotHubFormatError")]
    public async Task Create_Malformed_Is400(string body, string name)
    {
        RestAnswer answer = await _rig.SendAsync(
            "PUT",
            "/devices/d1?api-version=2021-04-12",
            System.Text.Encoding.UTF8.GetBytes(body),
            ("Authorization", _rig.PolicyToken("iothubowner")));
        Assert.AreEqual(400, answer.Status);
        Assert.AreEqual(name, answer.ErrorName);
    }

    [TestMethod]
    [DataRow("/devices/a%2Cb%3B%24%27%25x", "a,b;$'%x")]
    [DataRow("/devices%2Fd.1", "d.1")]
    [DataRow("/devices%2fd.1/", "d.1")]
    [DataRow("//devices/d.1", "d.1")]
    public async Task Path_InAnyEncoding_IsDecodedBeforeRouting(string target, string deviceId)
    {
        _rig.Hub.Devices.Add(deviceId);
        RestAnswer answer = await _rig.CallAsync("GET", target);
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual(deviceId, (string?)answer.Json["deviceId"]);
    }

    [TestMethod]
    public async Task Create_SelfSigned_KeepsThumbprintsWithoutKeys()
    {
        string thumbprint = new('A', 40);
        RestAnswer answer = await _rig.CallAsync("PUT", "/devices/d1", JsonNode.Parse($$$$"""
            {"deviceId":"d1","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"{{{{thumbprint}}}}","secondaryThumbprint":null}}}
            """));
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual("selfSigned", (string?)answer.Json["authentication"]!["type"]);
        Assert.AreEqual(thumbprint, (string?)answer.Json["authentication"]!["x509Thumbprint"]!["primaryThumbprint"]);
        Assert.IsNull(answer.Json["authentication"]!["symmetricKey"]!["primaryKey"]);
    }

    [TestMethod]
    [DataRow("/devices")]
    [DataRow("/devices/")]
    [DataRow("/devices?top=2")]
    public async Task List_WithAndWithoutSlash_GivesDevicesWithKeys(string target)
    {
        _rig.Hub.Devices.Add("d2");
        _rig.Hub.Devices.Add("d1");
        RestAnswer answer = await _rig.CallAsync("GET", target);
        Assert.AreEqual(2, answer.Json.AsArray().Count);
        Assert.AreEqual("d1", (string?)answer.Json[0]!["deviceId"]);
        Assert.IsNotNull(answer.Json[0]!["authentication"]!["symmetricKey"]!["primaryKey"]);
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("1001")]
    [DataRow("many")]
    public async Task List_WithBadTop_Is400(string top)
    {
        Assert.AreEqual("ArgumentInvalid", (await _rig.CallAsync("GET", "/devices?top=" + top)).ErrorName);
    }

    [TestMethod]
    public async Task Delete_Answers204WithoutBody()
    {
        _rig.Hub.Devices.Add("d1");
        RestAnswer answer = await _rig.CallAsync("DELETE", "/devices/d1", null, ("If-Match", "\"*\""));
        Assert.AreEqual(204, answer.Status);
        Assert.AreEqual(0, answer.Bytes.Length);
        Assert.IsFalse(_rig.Hub.Devices.TryGet("d1", out _));
    }

    [TestMethod]
    public async Task Statistics_CountByState()
    {
        _rig.Hub.Devices.Add("d1");
        _rig.Hub.Devices.Add("d2", new HubDeviceSettings { Enabled = false });
        JsonNode body = (await _rig.CallAsync("GET", "/statistics/devices")).Json;
        Assert.AreEqual("""{"totalDeviceCount":2,"enabledDeviceCount":1,"disabledDeviceCount":1}""", body.ToJsonString());
        Assert.AreEqual("""{"connectedDeviceCount":0}""", (await _rig.CallAsync("GET", "/statistics/service")).Text);
    }

    [TestMethod]
    public async Task Purge_TellsHowManyMessagesWent()
    {
        _rig.Hub.Devices.Add("d1");
        await _rig.Hub.Messages.SendCloudToDeviceAsync("d1", new HubCloudToDeviceMessage());
        RestAnswer answer = await _rig.CallAsync("DELETE", "/devices/d1/commands");
        Assert.AreEqual("""{"deviceId":"d1","totalMessagesPurged":1}""", answer.Text);
        Assert.AreEqual(0, _rig.Hub.Messages.Pending("d1").Count);
    }

    [TestMethod]
    public async Task Message_OverHttp_KeepsPropertiesFromHeaders()
    {
        _rig.Hub.Devices.Add("d1");
        DateTimeOffset expiry = _rig.Time.GetUtcNow().AddMinutes(10);
        RestAnswer answer = await _rig.CallAsync(
            "POST",
            "/devices/d1/messages/devicebound",
            new JsonObject { ["a"] = 1 },
            ("iothub-app-color", "red"),
            ("iothub-messageid", "m1"),
            ("iothub-ack", "Full"),
            ("iothub-expiry", expiry.ToString("O")));
        Assert.AreEqual(204, answer.Status);
        HubQueuedMessage queued = _rig.Hub.Messages.Pending("d1").Single();
        Assert.AreEqual("m1", queued.Message.MessageId);
        Assert.AreEqual(HubFeedbackRequest.Full, queued.Message.Ack);
        Assert.AreEqual(KeyValuePair.Create("color", (string?)"red"), queued.Message.Properties.Single());
        Assert.AreEqual(expiry, queued.ExpiryTime);
    }

    [TestMethod]
    [DataRow("iothub-ack", "sometimes")]
    [DataRow("iothub-ack", "1")]
    [DataRow("iothub-expiry", "tomorrow-ish")]
    [DataRow("iothub-expiry", "2020-01-01T00:00:00Z")]
    public async Task Message_WithBadHeader_Is400(string name, string value)
    {
        _rig.Hub.Devices.Add("d1");
        Assert.AreEqual(
            "ArgumentInvalid", (await _rig.CallAsync("POST", "/devices/d1/messages/deviceBound", new JsonObject(), (name, value))).ErrorName);
    }

    [TestMethod]
    [DataRow("PATCH", "/devices/d1", 405)]
    [DataRow("POST", "/statistics/devices", 405)]
    [DataRow("GET", "/devices/d1/nothing", 405)]
    [DataRow("GET", "/jobs/v2/j1", 404)]
    [DataRow("GET", "/favicon.ico", 404)]
    public async Task UnknownRoute_IsRefused(string method, string target, int status)
    {
        Assert.AreEqual(status, (await _rig.CallAsync(method, target)).Status);
    }

    [TestMethod]
    public async Task UnknownRoute_WithoutToken_TellsNothing()
    {
        Assert.AreEqual(401, (await _rig.SendAsync("GET", "/secret/admin?api-version=2021-04-12")).Status);
    }
}
