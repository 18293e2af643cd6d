using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class QueryTests : IDisposable
{
    private readonly RestRig _rig = new();

    [TestInitialize]
    public void AddDevices()
    {
        for (int i = 1; i <= 5; i++)
        {
            _rig.Hub.Devices.Add($"d{i}", new HubDeviceSettings { Enabled = i != 5, IotEdge = i == 4 });
            _rig.Hub.Twins.Update($"d{i}", null, new HubTwinUpdate
            {
                Tags = new JsonObject { ["floor"] = i, ["site"] = new JsonObject { ["name"] = i < 3 ? "north" : "south" } },
                Desired = i == 1 ? new JsonObject { ["mode"] = "eco", ["odd-name"] = true } : null,
            });
        }

        _rig.Hub.Twins.UpdateReported("d2", new JsonObject { ["temperature"] = 21.5, ["list"] = new JsonArray(1, 2), ["off"] = null });
        _rig.Hub.Devices.AddModule("d1", "m1");
        _rig.Hub.Devices.AddModule("d2", "m2");
    }

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    [DataRow("SELECT * FROM devices", "d1 d2 d3 d4 d5")]
    [DataRow("select * from devices where deviceId = 'd3'", "d3")]
    [DataRow("SELECT * FROM devices WHERE devices.deviceId != \"d3\"", "d1 d2 d4 d5")]
    [DataRow("SELECT * FROM devices WHERE tags.floor > 2 AND tags.floor <= 4", "d3 d4")]
    [DataRow("SELECT * FROM devices WHERE tags.floor < 2 OR tags.floor >= 5", "d1 d5")]
    [DataRow("SELECT * FROM devices WHERE NOT (tags.site.name = 'north')", "d3 d4 d5")]
    [DataRow("SELECT * FROM devices WHERE NOT tags.site.name = 'north'", "d3 d4 d5")]
    [DataRow("SELECT * FROM devices WHERE tags.site.name <> 'north' AND status = 'enabled'", "d3 d4")]
    [DataRow("SELECT * FROM devices WHERE deviceId IN ['d1', 'd5', 'x']", "d1 d5")]
    [DataRow("SELECT * FROM devices WHERE deviceId nin ['d1', 'd5']", "d2 d3 d4")]
    [DataRow("SELECT * FROM devices WHERE tags.floor in [1, 2.0]", "d1 d2")]
    [DataRow("SELECT * FROM devices WHERE IS_DEFINED(properties.reported.temperature)", "d2")]
    [DataRow("SELECT * FROM devices WHERE NOT is_defined(properties.reported.temperature)", "d1 d3 d4 d5")]
    [DataRow("SELECT * FROM devices WHERE STARTSWITH(devices.deviceId, 'd') AND tags.floor = 1", "d1")]
    [DataRow("SELECT * FROM devices WHERE starts_with(tags.site.name, 'no')", "d1 d2")]
    [DataRow("SELECT * FROM devices WHERE array_contains(properties.reported.list, 2)", "d2")]
    [DataRow("SELECT * FROM devices WHERE properties.desired.mode = 'eco'", "d1")]
    [DataRow("SELECT * FROM devices WHERE properties.desired['odd-name'] = true", "d1")]
    [DataRow("SELECT * FROM devices WHERE properties.desired.mode != 'x'", "d1")]
    [DataRow("SELECT * FROM devices WHERE (capabilities.iotEdge = true AND status != 'x')", "d4")]
    [DataRow("SELECT * FROM devices WHERE tags.floor % 2 = 0", "d2 d4")]
    [DataRow("SELECT * FROM devices WHERE tags.floor * 2 + 1 = 0x7", "d3")]
    [DataRow("SELECT * FROM devices WHERE tags.floor = '1'", "")]
    [DataRow("SELECT * FROM devices WHERE tags.site = 'north'", "")]
    [DataRow("SELECT * FROM devices WHERE tags.none = 1 OR tags.floor = 1", "d1")]
    [DataRow("SELECT * FROM devices WHERE tags.none != 1", "")]
    [DataRow("SELECT * FROM devices WHERE deviceId = 'it\\'s'", "")]
    [DataRow("SELECT TOP 2 * FROM devices WHERE connectionState = 'Disconnected'", "d1 d2")]
    [DataRow("SELECT * FROM devices.modules", "d1 d2")]
    [DataRow("SELECT * FROM devices.modules WHERE moduleId = 'm2'", "d2")]
    [DataRow("SELECT * FROM devices.jobs", "")]
    public async Task Where_SelectsRows(string query, string devices)
    {
        RestAnswer answer = await QueryAsync(query);
        Assert.AreEqual(200, answer.Status, answer.Text);
        Assert.AreEqual(devices, string.Join(' ', answer.Json.AsArray().Select(row => (string?)row!["deviceId"])));
        Assert.AreEqual(query.Contains("jobs", StringComparison.Ordinal) ? "DeviceJob" : "Twin", answer.Header("x-ms-item-type"));
    }

    [TestMethod]
    [DataRow("SELECT deviceId FROM devices WHERE tags.floor = 1", """[{"deviceId":"d1"}]""")]
    [DataRow("SELECT deviceId AS id, tags.site.name FROM devices WHERE tags.floor = 1", """[{"id":"d1","name":"north"}]""")]
    [DataRow("SELECT tags.none AS a, properties.reported.temperature AS t FROM devices WHERE deviceId = 'd2'", """[{"t":21.5}]""")]
    [DataRow("SELECT tags.site FROM devices WHERE deviceId = 'd2'", """[{"site":{"name":"north"}}]""")]
    [DataRow("SELECT COUNT() AS n FROM devices", """[{"n":5}]""")]
    [DataRow("SELECT COUNT() AS n FROM devices WHERE tags.floor > 99", """[{"n":0}]""")]
    [DataRow("SELECT COUNT() FROM devices", """[{"$1":5}]""")]
    [DataRow("SELECT AVG(tags.floor) AS a, SUM(tags.floor) AS s, MIN(tags.floor) AS lo, MAX(tags.floor) AS hi FROM devices", """[{"a":3,"s":15,"lo":1,"hi":5}]""")]
    [DataRow("SELECT tags.site.name AS site, COUNT() AS n FROM devices GROUP BY tags.site.name", """[{"site":"north","n":2},{"site":"south","n":3}]""")]
    public async Task Select_ProjectsAndCounts(string query, string expected)
    {
        RestAnswer answer = await QueryAsync(query);
        Assert.AreEqual(expected, answer.Text);
        Assert.AreEqual("Raw", answer.Header("x-ms-item-type"));
    }

    [TestMethod]
    public async Task Select_AsTheExplorerAsks_GivesNineColumns()
    {
        RestAnswer answer = await QueryAsync(
            "SELECT deviceId as DeviceId, status as Status, lastActivityTime as LastActivityTime, statusUpdateTime as StatusUpdatedTime, " +
            "authenticationType as AuthenticationType, cloudToDeviceMessageCount as CloudToDeviceMessageCount, connectionState as C, " +
            "capabilities.iotEdge as IotEdge, modelId as ModelId FROM devices WHERE (capabilities.iotEdge = true AND status != 'x')");
        Assert.AreEqual(9, answer.Json[0]!.AsObject().Count);
    }

    [TestMethod]
    public async Task Paging_GivesEveryRowOnceAndEndsWithoutToken()
    {
        var seen = new List<string>();
        string? token = null;
        int pages = 0;
        do
        {
            (string, string)[] headers = token is null
                ? [("x-ms-max-item-count", "2")] : [("x-ms-max-item-count", "2"), ("x-ms-continuation", token)];
            RestAnswer answer = await _rig.CallAsync("POST", "/devices/query", new JsonObject { ["query"] = "SELECT * FROM devices" }, headers);
            seen.AddRange(answer.Json.AsArray().Select(row => (string)row!["deviceId"]!));
            token = answer.Header("x-ms-continuation");
            pages++;
        }
        while (token is not null);
        CollectionAssert.AreEqual(new[] { "d1", "d2", "d3", "d4", "d5" }, seen);
        Assert.AreEqual(3, pages);
    }

    [TestMethod]
    [DataRow("x-ms-max-item-count", "0")]
    [DataRow("x-ms-max-item-count", "1001")]
    [DataRow("x-ms-continuation", "forged")]
    public async Task Paging_WithBadHeader_Is400(string name, string value)
    {
        RestAnswer answer = await _rig.CallAsync(
            "POST", "/devices/query", new JsonObject { ["query"] = "SELECT * FROM devices" }, (name, value));
        Assert.AreEqual("ArgumentInvalid", answer.ErrorName);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("SELECT")]
    [DataRow("SELECT * FROM")]
    [DataRow("SELECT * FROM tables")]
    [DataRow("SELECT * FROM devices WHERE")]
    [DataRow("SELECT * FROM devices WHERE a =")]
    [DataRow("SELECT * FROM devices WHERE (a = 1")]
    [DataRow("SELECT * FROM devices WHERE a = 'open")]
    [DataRow("SELECT * FROM devices WHERE a = 1 ORDER BY a")]
    [DataRow("SELECT * FROM devices WHERE ENDS_WITH(a, 'b')")]
    [DataRow("SELECT * FROM devices WHERE IS_DEFINED()")]
    [DataRow("SELECT * FROM devices WHERE a = ;")]
    [DataRow("SELECT * FROM devices WHERE a = 'x\\q'")]
    [DataRow("SELECT * FROM devices GROUP BY a")]
    [DataRow("SELECT deviceId FROM devices.jobs")]
    [DataRow("SELECT TOP 0 * FROM devices")]
    public async Task Query_Malformed_Is400(string query)
    {
        RestAnswer answer = await QueryAsync(query);
        Assert.AreEqual(400, answer.Status, answer.Text);
    }

    [TestMethod]
    public async Task Query_NestedTooDeep_Is400AndNoCrash()
    {
        string query = $"SELECT * FROM devices WHERE {new string('(', 20_000)}a = 1{new string(')', 20_000)}";
        Assert.AreEqual("ArgumentInvalid", (await QueryAsync(query)).ErrorName);
    }

    private Task<RestAnswer> QueryAsync(string query) =>
        _rig.CallAsync("POST", "/devices/query", new JsonObject { ["query"] = query });
}
