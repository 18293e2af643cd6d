using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class TwinAndMethodTests : IDisposable
{
    private readonly RestRig _rig = new();

    [TestInitialize]
    public void AddDevice() => _rig.Hub.Devices.Add("d1");

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    public async Task Twin_OfNewDevice_HasVersionsAndMetadata()
    {
        RestAnswer answer = await _rig.CallAsync("GET", "/twins/d1");
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual("AAAAAAAAAAE=", (string?)answer.Json["etag"]);
        Assert.AreEqual("\"AAAAAAAAAAE=\"", answer.Header("ETag"));
        Assert.AreEqual(1, (int)answer.Json["properties"]!["desired"]!["$version"]!);
        Assert.IsNotNull(answer.Json["properties"]!["reported"]!["$metadata"]!["$lastUpdated"]);
        Assert.AreEqual(_rig.Hub.Devices.Get("d1").ETag, (string?)answer.Json["deviceEtag"]);
    }

    [TestMethod]
    public async Task Patch_MergesAndAnswersTheWholeTwin()
    {
        await PatchAsync("""{"tags":{"a":{"b":1,"c":2}},"properties":{"desired":{"x":1}}}""");
        RestAnswer answer = await PatchAsync(
            """{"deviceId":"d1","etag":null,"version":null,"tags":{"a":{"b":null}},"properties":{"desired":{"y":[1,2]},"reported":{}}}""");
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual("""{"a":{"c":2}}""", answer.Json["tags"]!.ToJsonString());
        Assert.AreEqual(1, (int)answer.Json["properties"]!["desired"]!["x"]!);
        Assert.AreEqual(3, (int)answer.Json["properties"]!["desired"]!["$version"]!);
        Assert.AreEqual(1, (int)answer.Json["properties"]!["reported"]!["$version"]!);
        Assert.AreEqual(3, (int)answer.Json["version"]!);
    }

    [TestMethod]
    public async Task Put_ReplacesTheGivenSectionsOnly()
    {
        await PatchAsync("""{"tags":{"a":1},"properties":{"desired":{"x":1,"y":2}}}""");
        RestAnswer answer = await _rig.CallAsync(
            "PUT", "/twins/d1", JsonNode.Parse("""{"properties":{"desired":{"x":5}}}"""), ("If-Match", "\"*\""));
        Assert.AreEqual(1, (int)answer.Json["tags"]!["a"]!);
        Assert.AreEqual(5, (int)answer.Json["properties"]!["desired"]!["x"]!);
        Assert.IsNull(answer.Json["properties"]!["desired"]!["y"]);
    }

    [TestMethod]
    public async Task Patch_StaleETag_Is412AndChangesNothing()
    {
        RestAnswer answer = await _rig.CallAsync(
            "PATCH", "/twins/d1", JsonNode.Parse("""{"tags":{"a":1}}"""), ("If-Match", "\"AAAAAAAAAAk=\""));
        Assert.AreEqual("PreconditionFailed", answer.ErrorName);
        Assert.AreEqual(0, _rig.Hub.Twins.Get("d1").Tags.Count);
    }

    [TestMethod]
    [DataRow("""{"properties":{"desired":{"a.b":1}}}""")]
    [DataRow("""{"properties":{"desired":{"a b":1}}}""")]
    [DataRow("""{"tags":{"$x":1}}""")]
    [DataRow("""{"properties":{"desired":{"n":4503599627370497}}}""")]
    [DataRow("""{"properties":{"desired":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}""")]
    public async Task Patch_BeyondLimits_Is400(string body)
    {
        Assert.AreEqual("ArgumentInvalid", (await PatchAsync(body)).ErrorName);
    }

    [TestMethod]
    [DataRow("/twins/nobody", "DeviceNotFound")]
    [DataRow("/twins/d1/modules/nobody", "ModuleNotFound")]
    public async Task Twin_OfUnknownIdentity_Is404(string target, string name)
    {
        Assert.AreEqual(name, (await _rig.CallAsync("GET", target)).ErrorName);
    }

    [TestMethod]
    public async Task ModuleTwin_IsApartFromTheDevices()
    {
        _rig.Hub.Devices.AddModule("d1", "m1");
        RestAnswer answer = await _rig.CallAsync("PATCH", "/twins/d1/modules/m1", JsonNode.Parse("""{"tags":{"a":1}}"""));
        Assert.AreEqual("m1", (string?)answer.Json["moduleId"]);
        Assert.AreEqual(0, _rig.Hub.Twins.Get("d1").Tags.Count);
    }

    [TestMethod]
    public async Task Method_OnDeviceThatIsNotConnected_Is404103WordForWord()
    {
        RestAnswer answer = await _rig.CallAsync("POST", "/twins/d1/methods", JsonNode.Parse("""{"methodName":"reboot","payload":null}"""));
        Assert.AreEqual(404, answer.Status);
        Assert.AreEqual("DeviceNotOnline", answer.Header("iothub-errorcode"));
        Assert.AreEqual("", (string?)answer.Json["ExceptionMessage"]);
        JsonNode inner = JsonNode.Parse((string)answer.Json["Message"]!)!;
        Assert.AreEqual(404103, (int)inner["errorCode"]!);
        Assert.AreEqual("Timed out waiting for device to connect.", (string?)inner["message"]);
        Assert.AreEqual("""{"timeout":"00:00:00"}""", inner["info"]!.ToJsonString());
        Assert.IsNotNull(inner["trackingId"]);
        Assert.IsNotNull(inner["timestampUtc"]);
    }

    [TestMethod]
    [DataRow("""{"methodName":"m","responseTimeoutInSeconds":4}""", "responseTimeoutInSeconds must be within [5; 300].")]
    [DataRow("""{"methodName":"m","responseTimeoutInSeconds":301}""", "responseTimeoutInSeconds must be within [5; 300].")]
    [DataRow("""{"methodName":"m","connectTimeoutInSeconds":-1}""", "connectTimeoutInSeconds must be within [0; 300].")]
    public async Task Method_TimeoutOutOfRange_Is400004WordForWord(string body, string message)
    {
        RestAnswer answer = await _rig.CallAsync("POST", "/twins/d1/methods", JsonNode.Parse(body));
        Assert.AreEqual(400, answer.Status);
        Assert.AreEqual(message, (string?)JsonNode.Parse((string)answer.Json["Message"]!)!["message"]);
    }

    [TestMethod]
    [DataRow("/twins/nobody/methods", """{"methodName":"m"}""", 404)]
    [DataRow("/twins/d1/modules/nobody/methods", """{"methodName":"m"}""", 404)]
    [DataRow("/twins/d1/methods", """{"payload":1}""", 400)]
    public async Task Method_Misaddressed_IsRefused(string target, string body, int status)
    {
        Assert.AreEqual(status, (await _rig.CallAsync("POST", target, JsonNode.Parse(body))).Status);
    }

    private Task<RestAnswer> PatchAsync(string body) => _rig.CallAsync("PATCH", "/twins/d1", JsonNode.Parse(body));
}
