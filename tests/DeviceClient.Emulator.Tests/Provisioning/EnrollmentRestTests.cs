using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class EnrollmentRestTests : IDisposable
{
    private const string Symmetric = """{"attestation":{"type":"symmetricKey"}}""";

    private readonly RestRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    [DataRow("/enrollments/R1", "registrationId")]
    [DataRow("/ENROLLMENTS/R1", "registrationId")]
    [DataRow("/enrollmentGroups/R1", "enrollmentGroupId")]
    [DataRow("/enrollmentgroups/R1", "enrollmentGroupId")]
    public async Task Create_MakesKeysAndHidesThem(string target, string idName)
    {
        RestAnswer created = await PutAsync(target, Symmetric);
        Assert.AreEqual(200, created.Status, created.Text);
        Assert.AreEqual("R1", (string?)created.Json[idName]);
        Assert.AreEqual("""{"type":"symmetricKey"}""", created.Json["attestation"]!.ToJsonString());
        Assert.AreEqual("enabled", (string?)created.Json["provisioningStatus"]);
        StringAssert.StartsWith((string)created.Json["etag"]!, "\"");
        Assert.AreEqual((string?)created.Json["etag"], created.Header("ETag"));

        RestAnswer mechanism = await _rig.CallProvisioningAsync("POST", target + "/attestationmechanism");
        string key = (string)mechanism.Json["symmetricKey"]!["primaryKey"]!;
        Assert.AreEqual(64, Convert.FromBase64String(key).Length);
        Assert.AreEqual(200, (await _rig.CallProvisioningAsync("GET", target.Replace("R1", "r1", StringComparison.Ordinal))).Status);
    }

    [TestMethod]
    public async Task Document_ComesBackAsItWasGiven()
    {
        RestAnswer answer = await PutAsync("/enrollments/r1", """
            {"registrationId":"r1","deviceId":"dev-1","attestation":{"type":"symmetricKey","symmetricKey":null},
             "capabilities":{"iotEdge":true},"iotHubHostName":"hub1.emulator.test",
             "initialTwin":{"tags":{"site":"a"},"properties":{"desired":{"x":1}}},"provisioningStatus":"disabled",
             "reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},"allocationPolicy":"static",
             "iotHubs":["hub1.emulator.test"],"optionalDeviceInformation":{"note":"n"},"unknown":1}
            """);
        Assert.AreEqual(200, answer.Status, answer.Text);
        JsonNode body = answer.Json;
        Assert.AreEqual("dev-1", (string?)body["deviceId"]);
        Assert.IsTrue((bool)body["capabilities"]!["iotEdge"]!);
        Assert.AreEqual("""{"tags":{"site":"a"},"properties":{"desired":{"x":1}}}""", body["initialTwin"]!.ToJsonString());
        Assert.AreEqual("disabled", (string?)body["provisioningStatus"]);
        Assert.AreEqual("""{"updateHubAssignment":true,"migrateDeviceData":false}""", body["reprovisionPolicy"]!.ToJsonString());
        Assert.AreEqual("static", (string?)body["allocationPolicy"]);
        Assert.AreEqual("""["hub1.emulator.test"]""", body["iotHubs"]!.ToJsonString());
        Assert.AreEqual("n", (string?)body["optionalDeviceInformation"]!["note"]);
        Assert.IsFalse(body.AsObject().ContainsKey("unknown"));
    }

    [TestMethod]
    [DataRow("""{}""")]
    [DataRow("""[]""")]
    [DataRow("""{"attestation":{"type":"tpm","tpm":{"endorsementKey":"AA=="}}}""")]
    [DataRow("""{"attestation":{"type":"x509","x509":{}}}""")]
    [DataRow("""{"registrationId":"other","attestation":{"type":"symmetricKey"}}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"AAAA"}}}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"not base64!"}}}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey"},"iotHubHostName":"elsewhere.example"}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey"},"iotHubs":["elsewhere.example"]}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey"},"allocationPolicy":"static"}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey"},"allocationPolicy":"custom"}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey"},"allocationPolicy":"random"}""")]
    [DataRow("""{"attestation":{"type":"symmetricKey"},"provisioningStatus":true}""")]
    public async Task Create_Invalid_Is400InFlatShape(string body)
    {
        RestAnswer answer = await PutAsync("/enrollments/r1", body);
        Assert.AreEqual(400, answer.Status);
        Assert.AreEqual(400, (int)answer.Json["errorCode"]! / 1000);
        foreach (string member in new[] { "trackingId", "message", "info", "timestampUtc" })
        {
            Assert.IsTrue(answer.Json.AsObject().ContainsKey(member), member);
        }

        Assert.IsNull(_rig.Provisioning.GetIndividual("r1"));
    }

    [TestMethod]
    [DataRow("a_")]
    [DataRow("a.")]
    [DataRow("a%20b")]
    [DataRow("a%40b")]
    public async Task Create_WithBadId_Is400(string id)
    {
        Assert.AreEqual(400, (await PutAsync("/enrollments/" + id, Symmetric)).Status);
    }

    [TestMethod]
    public async Task Create_Existing_Is409()
    {
        _rig.Provisioning.AddIndividual("r1");
        RestAnswer answer = await PutAsync("/enrollments/R1", Symmetric);
        Assert.AreEqual(409, answer.Status);
        Assert.AreEqual(409201, (int)answer.Json["errorCode"]!);
    }

    [TestMethod]
    [DataRow("ETAG")]
    [DataRow("\"ETAG\"")]
    [DataRow("\"\\\"ETAG\\\"\"")]
    [DataRow("*")]
    [DataRow("\"*\"")]
    public async Task Update_WithAnySpellingOfIfMatch_KeepsKeysAndChangesETag(string ifMatch)
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("r1");
        RestAnswer answer = await PutAsync(
            "/enrollments/r1", Symmetric, ("If-Match", ifMatch.Replace("ETAG", entry.ETag.Trim('"'), StringComparison.Ordinal)));
        Assert.AreEqual(200, answer.Status, answer.Text);
        Assert.AreNotEqual(entry.ETag, (string)answer.Json["etag"]!);
        Assert.AreEqual(entry.PrimaryKey, _rig.Provisioning.GetIndividual("r1")!.PrimaryKey);
    }

    [TestMethod]
    [DataRow("PUT")]
    [DataRow("DELETE")]
    public async Task Write_WithStaleETag_Is412(string method)
    {
        _rig.Provisioning.AddIndividual("r1");
        RestAnswer answer = await _rig.CallProvisioningAsync(
            method, "/enrollments/r1", method == "PUT" ? JsonNode.Parse(Symmetric) : null, ("If-Match", "\"stale\""));
        Assert.AreEqual(412, answer.Status);
    }

    [TestMethod]
    [DataRow("GET", "/enrollments/r9", 404201)]
    [DataRow("DELETE", "/enrollments/r9", 404201)]
    [DataRow("POST", "/enrollments/r9/attestationmechanism", 404201)]
    [DataRow("GET", "/enrollmentGroups/g9", 404201)]
    [DataRow("GET", "/registrations/r9", 404202)]
    [DataRow("DELETE", "/registrations/r9", 404202)]
    [DataRow("POST", "/registrations/g9/query", 404201)]
    public async Task UnknownEntry_Is404(string method, string target, int code)
    {
        RestAnswer answer = await _rig.CallProvisioningAsync(method, target);
        Assert.AreEqual(404, answer.Status);
        Assert.AreEqual(code, (int)answer.Json["errorCode"]!);
    }

    [TestMethod]
    [DataRow("GET", "/enrollments")]
    [DataRow("PUT", "/enrollments")]
    [DataRow("PATCH", "/enrollments/r1")]
    [DataRow("GET", "/registrations")]
    public async Task MissingIdOrWrongMethod_Is405(string method, string target)
    {
        Assert.AreEqual(405, (await _rig.CallProvisioningAsync(method, target)).Status);
    }

    [TestMethod]
    public async Task Delete_Answers204WithoutBody()
    {
        _rig.Provisioning.AddGroup("g1");
        RestAnswer answer = await _rig.CallProvisioningAsync("DELETE", "/enrollmentGroups/g1");
        Assert.AreEqual(204, answer.Status);
        Assert.AreEqual(0, answer.Bytes.Length);
        Assert.IsNull(_rig.Provisioning.GetGroup("g1"));
    }

    [TestMethod]
    [DataRow("/enrollments/query", false, "Enrollment")]
    [DataRow("/enrollmentGroups/query", true, "EnrollmentGroup")]
    public async Task Query_PagesThroughAllEntries(string target, bool groups, string itemType)
    {
        for (int i = 0; i < 5; i++)
        {
            _rig.Provisioning.Put(new HubEnrollment { Id = $"E{i}", IsGroup = groups });
        }

        var seen = new List<string>();
        string? token = null;
        do
        {
            (string, string)[] headers = token is null
                ? [("x-ms-max-item-count", "2")] : [("x-ms-max-item-count", "2"), ("x-ms-continuation", token)];
            RestAnswer answer = await _rig.CallProvisioningAsync("POST", target, new JsonObject { ["query"] = "*" }, headers);
            Assert.AreEqual(itemType, answer.Header("x-ms-item-type"));
            seen.AddRange(answer.Json.AsArray().Select(entry => (string)(entry!["registrationId"] ?? entry["enrollmentGroupId"])!));
            token = answer.Header("x-ms-continuation");
        }
        while (token is not null);
        CollectionAssert.AreEqual(new[] { "E0", "E1", "E2", "E3", "E4" }, seen);
    }

    [TestMethod]
    [DataRow("/enrollments")]
    [DataRow("/enrollments/")]
    public async Task Bulk_TellsEachFailureAndDoesTheRest(string target)
    {
        _rig.Provisioning.AddIndividual("there");
        RestAnswer answer = await _rig.CallProvisioningAsync("POST", target, JsonNode.Parse("""
            {"mode":"create","enrollments":[{"registrationId":"new","attestation":{"type":"symmetricKey"}},
              {"registrationId":"there","attestation":{"type":"symmetricKey"}}]}
            """));
        Assert.AreEqual(200, answer.Status);
        Assert.IsFalse((bool)answer.Json["isSuccessful"]!);
        Assert.AreEqual("there", (string?)answer.Json["errors"]![0]!["registrationId"]);
        Assert.AreEqual(409201, (int)answer.Json["errors"]![0]!["errorCode"]!);
        Assert.IsNotNull(_rig.Provisioning.GetIndividual("new"));
    }

    [TestMethod]
    public async Task Bulk_UpdateAndDelete_InAnyLetterCase()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("r1");
        RestAnswer updated = await _rig.CallProvisioningAsync("POST", "/enrollments", new JsonObject
        {
            ["mode"] = "updateIfMatchEtag",
            ["enrollments"] = new JsonArray(new JsonObject
            {
                ["registrationId"] = "r1",
                ["etag"] = entry.ETag,
                ["attestation"] = new JsonObject { ["type"] = "symmetricKey" },
                ["provisioningStatus"] = "disabled",
            }),
        });
        Assert.IsTrue((bool)updated.Json["isSuccessful"]!, updated.Text);
        Assert.IsFalse(_rig.Provisioning.GetIndividual("r1")!.Enabled);
        RestAnswer deleted = await _rig.CallProvisioningAsync(
            "POST", "/enrollments", JsonNode.Parse("""{"mode":"DELETE","enrollments":[{"registrationId":"r1"}]}"""));
        Assert.IsTrue((bool)deleted.Json["isSuccessful"]!, deleted.Text);
        Assert.IsNull(_rig.Provisioning.GetIndividual("r1"));
    }

    [TestMethod]
    public async Task Bulk_MoreThanTenOrNoMode_Is400()
    {
        var many = new JsonArray([.. Enumerable.Range(0, 11).Select(i => new JsonObject { ["registrationId"] = $"r{i}" })]);
        Assert.AreEqual(
            400,
            (await _rig.CallProvisioningAsync("POST", "/enrollments", new JsonObject { ["mode"] = "create", ["enrollments"] = many })).Status);
        Assert.AreEqual(
            400,
            (await _rig.CallProvisioningAsync("POST", "/enrollments", JsonNode.Parse("""{"enrollments":[{"registrationId":"r1"}]}"""))).Status);
    }

    [TestMethod]
    public async Task ApiVersion_Missing_Is400()
    {
        RestAnswer answer = await _rig.SendAsync(
            "GET", "/enrollments/r1", null, ("Authorization", _rig.PolicyToken("provisioningserviceowner")));
        Assert.AreEqual(400, answer.Status);
    }

    private Task<RestAnswer> PutAsync(string target, string body, params (string, string)[] headers) =>
        _rig.CallProvisioningAsync("PUT", target, JsonNode.Parse(body), headers);
}
