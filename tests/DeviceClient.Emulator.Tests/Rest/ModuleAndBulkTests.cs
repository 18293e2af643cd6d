using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class ModuleAndBulkTests : IDisposable
{
    private readonly RestRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    public async Task Module_LivesThroughCreateUpdateListDelete()
    {
        _rig.Hub.Devices.Add("d1");
        RestAnswer created = await _rig.CallAsync(
            "PUT", "/devices/d1/modules/m1", JsonNode.Parse("""{"deviceId":"d1","moduleId":"m1","managedBy":"me"}"""));
        Assert.AreEqual(200, created.Status);
        Assert.AreEqual("me", (string?)created.Json["managedBy"]);

        RestAnswer again = await _rig.CallAsync("PUT", "/devices/d1/modules/m1", JsonNode.Parse("{}"));
        Assert.AreEqual("ModuleAlreadyExistsOnDevice", again.ErrorName);

        RestAnswer stale = await _rig.CallAsync("PUT", "/devices/d1/modules/m1", JsonNode.Parse("{}"), ("If-Match", "\"x\""));
        Assert.AreEqual(412, stale.Status);

        RestAnswer updated = await _rig.CallAsync(
            "PUT", "/devices/d1/modules/m1", JsonNode.Parse("""{"managedBy":"you"}"""), ("If-Match", created.Header("ETag")!));
        Assert.AreEqual("you", (string?)updated.Json["managedBy"]);

        Assert.AreEqual("m1", (string?)(await _rig.CallAsync("GET", "/devices/d1/modules")).Json[0]!["moduleId"]);
        Assert.AreEqual("m1", (string?)(await _rig.CallAsync("GET", "/devices/d1/modules/m1")).Json["moduleId"]);
        Assert.AreEqual(204, (await _rig.CallAsync("DELETE", "/devices/d1/modules/m1", null, ("If-Match", "*"))).Status);
        Assert.AreEqual("ModuleNotFound", (await _rig.CallAsync("GET", "/devices/d1/modules/m1")).ErrorName);
        Assert.AreEqual("DeviceNotFound", (await _rig.CallAsync("GET", "/devices/d2/modules/m1")).ErrorName);
    }

    [TestMethod]
    public async Task EdgeDevice_OwnsSystemModulesThatCannotBeDeleted()
    {
        await _rig.CallAsync("PUT", "/devices/e1", JsonNode.Parse("""{"deviceId":"e1","capabilities":{"iotEdge":true}}"""));
        RestAnswer modules = await _rig.CallAsync("GET", "/devices/e1/modules");
        CollectionAssert.AreEquivalent(
            new[] { "$edgeAgent", "$edgeHub" }, modules.Json.AsArray().Select(module => (string?)module!["moduleId"]).ToArray());
        RestAnswer answer = await _rig.CallAsync("DELETE", "/devices/e1/modules/%24edgeHub");
        Assert.AreEqual(401, answer.Status);
    }

    [TestMethod]
    public async Task Bulk_InAnyLetterCase_CreatesUpdatesAndDeletes()
    {
        _rig.Hub.Devices.Add("old");
        _rig.Hub.Devices.Add("changed");
        RestAnswer answer = await _rig.CallAsync("POST", "/devices/", JsonNode.Parse("""
            [{"id":"new","importMode":"CREATE","status":"enabled","tags":{"site":"a"},"properties":{"desired":{"x":1}}},
             {"id":"changed","importMode":"Update","status":"disabled"},
             {"id":"old","importMode":"deleteIfMatchEtag","etag":"*"}]
            """));
        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual("""{"isSuccessful":true,"errors":[],"warnings":[]}""", answer.Text);
        HubTwin twin = _rig.Hub.Twins.Get("new");
        Assert.AreEqual("a", (string?)twin.Tags["site"]);
        Assert.AreEqual(1, (int)twin.Desired.Values["x"]!);
        Assert.AreEqual(1, twin.Desired.Version);
        Assert.IsFalse(_rig.Hub.Devices.Get("changed").IsEnabled);
        Assert.IsFalse(_rig.Hub.Devices.TryGet("old", out _));
    }

    [TestMethod]
    public async Task Bulk_WithFailures_Is400WithResultAndHeader()
    {
        _rig.Hub.Devices.Add("there");
        RestAnswer answer = await _rig.CallAsync("POST", "/devices", JsonNode.Parse("""
            [{"id":"there","importMode":"create"},{"id":"absent","importMode":"delete"},{"id":"fine","importMode":"create"}]
            """));
        Assert.AreEqual(400, answer.Status);
        Assert.AreEqual("BulkRegistryOperationFailure", answer.Header("IotHubErrorCode"));
        Assert.IsFalse((bool)answer.Json["isSuccessful"]!);
        Assert.AreEqual("DeviceAlreadyExists", (string?)answer.Json["errors"]![0]!["errorCode"]);
        Assert.AreEqual("there", (string?)answer.Json["errors"]![0]!["deviceId"]);
        Assert.AreEqual("DeviceNotFound", (string?)answer.Json["errors"]![1]!["errorCode"]);
        Assert.IsTrue(_rig.Hub.Devices.TryGet("fine", out _));
    }

    [TestMethod]
    public async Task Bulk_StaleETag_ChangesNothing()
    {
        _rig.Hub.Devices.Add("d1");
        RestAnswer answer = await _rig.CallAsync("POST", "/devices", JsonNode.Parse("""
            [{"id":"d1","importMode":"UpdateIfMatchETag","eTag":"stale","status":"disabled"}]
            """));
        Assert.AreEqual("PreconditionFailed", (string?)answer.Json["errors"]![0]!["errorCode"]);
        Assert.IsTrue(_rig.Hub.Devices.Get("d1").IsEnabled);
    }

    [TestMethod]
    public async Task Bulk_TwinBeyondLimits_LeavesNoHalfDevice()
    {
        RestAnswer answer = await _rig.CallAsync("POST", "/devices", new JsonArray(new JsonObject
        {
            ["id"] = "d1",
            ["importMode"] = "create",
            ["tags"] = new JsonObject { ["big"] = new string('x', 5000) },
        }));
        Assert.AreEqual(400, answer.Status);
        Assert.IsFalse(_rig.Hub.Devices.TryGet("d1", out _));
    }

    [TestMethod]
    public async Task Bulk_DuplicateId_Is400011()
    {
        RestAnswer answer = await _rig.CallAsync("POST", "/devices", JsonNode.Parse("""[{"id":"a"},{"id":"a"}]"""));
        Assert.AreEqual("DeviceDefinedMultipleTimes", answer.ErrorName);
        Assert.AreEqual(0, _rig.Hub.Devices.Count);
    }

    [TestMethod]
    public async Task Bulk_MoreThanHundred_Is413()
    {
        var body = new JsonArray([.. Enumerable.Range(0, 101).Select(i => new JsonObject { ["id"] = $"d{i}" })]);
        RestAnswer answer = await _rig.CallAsync("POST", "/devices", body);
        Assert.AreEqual(413, answer.Status);
        Assert.AreEqual("TooManyDevices", answer.ErrorName);
    }
}
