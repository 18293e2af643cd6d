using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class RegistrationTests : IDisposable
{
    private readonly RestRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private string Scope => _rig.Provisioning.IdScope;

    [TestMethod]
    public async Task Register_IsAssigningFirstAndAssignedAtThePoll()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        RestAnswer first = await RegisterAsync("reg-1", entry.PrimaryKey!, """{"registrationId":"reg-1","payload":{"modelId":"dtmi:x;1"}}""");
        Assert.AreEqual(202, first.Status, first.Text);
        Assert.AreEqual("2", first.Header("Retry-After"));
        Assert.AreEqual("assigning", (string?)first.Json["status"]);
        string operation = (string)first.Json["operationId"]!;
        StringAssert.EndsWith(first.Header("Location")!, "/operations/" + operation);

        RestAnswer done = await PollAsync("reg-1", entry.PrimaryKey!, operation);
        Assert.AreEqual(200, done.Status, done.Text);
        Assert.AreEqual("assigned", (string?)done.Json["status"]);
        JsonNode state = done.Json["registrationState"]!;
        Assert.AreEqual(RestRig.Host, (string?)state["assignedHub"]);
        Assert.AreEqual("reg-1", (string?)state["deviceId"]);
        Assert.AreEqual("initialAssignment", (string?)state["substatus"]);
        Assert.AreEqual(entry.PrimaryKey, _rig.Hub.Devices.Get("reg-1").Authentication.PrimaryKey);
        Assert.AreEqual("dtmi:x;1", (string?)_rig.Provisioning.GetRegistration("REG-1")!.DevicePayload!["modelId"]);
    }

    [TestMethod]
    public async Task Register_WithDerivedKey_GetsTheDerivedKeyInTheHub()
    {
        HubEnrollment group = _rig.Provisioning.Put(new HubEnrollment
        {
            Id = "line-1",
            IsGroup = true,
            InitialTags = new JsonObject { ["line"] = 1 },
            InitialDesired = new JsonObject { ["interval"] = 5 },
            IotEdge = true,
        });
        string key = HubProvisioning.DeriveDeviceKey(group.SecondaryKey!, "unit-7");
        RestAnswer first = await RegisterAsync("unit-7", key);
        RestAnswer done = await PollAsync("unit-7", key, (string)first.Json["operationId"]!);
        Assert.AreEqual("line-1", (string?)done.Json["registrationState"]!["symmetricKey"]!["enrollmentGroupId"]);
        HubDevice device = _rig.Hub.Devices.Get("unit-7");
        Assert.AreEqual(key, device.Authentication.SecondaryKey);
        Assert.IsTrue(device.Settings.IotEdge);
        Assert.AreEqual(1, (int)_rig.Hub.Twins.Get("unit-7").Tags["line"]!);
        Assert.AreEqual(5, (int)_rig.Hub.Twins.Get("unit-7").Desired.Values["interval"]!);
    }

    [TestMethod]
    public void DerivedKey_IsThePublishedVector()
    {
        Assert.AreEqual(
            "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=",
            HubProvisioning.DeriveDeviceKey(
                "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
                "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6"));
    }

    [TestMethod]
    [DataRow("Unit-7", "Unit-7")]
    [DataRow("Unit-7", "unit-7")]
    public async Task Register_WithKeyOfEitherSpelling_IsAdmitted(string registrationId, string derivedFrom)
    {
        HubEnrollment group = _rig.Provisioning.AddGroup("g");
        RestAnswer answer = await RegisterAsync(registrationId, HubProvisioning.DeriveDeviceKey(group.PrimaryKey!, derivedFrom));
        Assert.AreEqual(202, answer.Status, answer.Text);
    }

    [TestMethod]
    public async Task Register_WithGroupKeyItself_Is401()
    {
        HubEnrollment group = _rig.Provisioning.AddGroup("g");
        RestAnswer answer = await RegisterAsync("unit-7", group.PrimaryKey!);
        Assert.AreEqual(401, answer.Status);
        Assert.AreEqual(401002, (int)answer.Json["errorCode"]!);
    }

    [TestMethod]
    public async Task Register_IndividualGoesBeforeGroup()
    {
        HubEnrollment group = _rig.Provisioning.AddGroup("g");
        HubEnrollment individual = _rig.Provisioning.Put(new HubEnrollment { Id = "unit-7", DeviceId = "named" });
        Assert.AreEqual(401, (await RegisterAsync("unit-7", HubProvisioning.DeriveDeviceKey(group.PrimaryKey!, "unit-7"))).Status);
        Assert.AreEqual(202, (await RegisterAsync("unit-7", individual.SecondaryKey!)).Status);
        Assert.AreEqual("named", _rig.Provisioning.GetRegistration("unit-7")!.DeviceId);
        Assert.IsTrue(_rig.Hub.Devices.TryGet("named", out _));
    }

    [TestMethod]
    public async Task Register_Disabled_AnswersStatusDisabled()
    {
        HubEnrollment entry = _rig.Provisioning.Put(new HubEnrollment { Id = "reg-1", Enabled = false });
        RestAnswer first = await RegisterAsync("reg-1", entry.PrimaryKey!);
        RestAnswer done = await PollAsync("reg-1", entry.PrimaryKey!, (string)first.Json["operationId"]!);
        Assert.AreEqual(200, done.Status);
        Assert.AreEqual("disabled", (string?)done.Json["status"]);
        Assert.IsFalse(_rig.Hub.Devices.TryGet("reg-1", out _));
    }

    [TestMethod]
    public async Task Register_WhoseTwinBreaksALimit_AnswersStatusFailed()
    {
        HubEnrollment entry = _rig.Provisioning.Put(new HubEnrollment { Id = "reg-1", InitialTags = new JsonObject { ["a b"] = 1 } });
        RestAnswer first = await RegisterAsync("reg-1", entry.PrimaryKey!);
        RestAnswer done = await PollAsync("reg-1", entry.PrimaryKey!, (string)first.Json["operationId"]!);
        Assert.AreEqual("failed", (string?)done.Json["status"]);
        Assert.AreEqual(400004, (int)done.Json["registrationState"]!["errorCode"]!);
        Assert.IsFalse(_rig.Hub.Devices.TryGet("reg-1", out _), "A failed registration must leave no device behind.");
    }

    [TestMethod]
    [DataRow(ReprovisionPolicy.MigrateData, "initialAssignment", true, true)]
    [DataRow(ReprovisionPolicy.ResetData, "deviceDataReset", false, true)]
    [DataRow(ReprovisionPolicy.Never, "initialAssignment", true, false)]
    public async Task RegisterAgain_FollowsTheReprovisionPolicy(
        ReprovisionPolicy policy, string substatus, bool keepsTwin, bool takesNewKeys)
    {
        HubEnrollment entry = _rig.Provisioning.Put(new HubEnrollment
        {
            Id = "reg-1",
            Reprovision = policy,
            InitialDesired = new JsonObject { ["x"] = 1 },
        });
        await RegisterAsync("reg-1", entry.PrimaryKey!);
        _rig.Hub.Twins.UpdateReported("reg-1", new JsonObject { ["seen"] = true });
        HubEnrollment changed = _rig.Provisioning.Put(entry with { PrimaryKey = HubAuthentication.NewKey() }, "*");
        await RegisterAsync("reg-1", changed.PrimaryKey!);
        Assert.AreEqual(substatus, _rig.Provisioning.GetRegistration("reg-1")!.Substatus);
        HubTwin twin = _rig.Hub.Twins.Get("reg-1");
        Assert.AreEqual(keepsTwin, twin.Reported.Values.ContainsKey("seen"));
        Assert.AreEqual(1, (int)twin.Desired.Values["x"]!);
        Assert.AreEqual(takesNewKeys ? changed.PrimaryKey : entry.PrimaryKey, _rig.Hub.Devices.Get("reg-1").Authentication.PrimaryKey);
    }

    [TestMethod]
    public async Task LookUp_TellsTheAssignmentWithoutRegistering()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        RestAnswer before = await LookUpAsync("reg-1", entry.PrimaryKey!);
        Assert.AreEqual(404, before.Status);
        Assert.AreEqual(404202, (int)before.Json["errorCode"]!);
        await RegisterAsync("reg-1", entry.PrimaryKey!);
        RestAnswer after = await LookUpAsync("reg-1", entry.PrimaryKey!);
        Assert.AreEqual(200, after.Status);
        Assert.AreEqual(RestRig.Host, (string?)after.Json["assignedHub"]);
    }

    [TestMethod]
    public async Task RegistrationState_IsSeenByServicesAndCanBeForgotten()
    {
        HubEnrollment group = _rig.Provisioning.AddGroup("g");
        await RegisterAsync("unit-7", HubProvisioning.DeriveDeviceKey(group.PrimaryKey!, "unit-7"));
        RestAnswer state = await _rig.CallProvisioningAsync("GET", "/registrations/UNIT-7");
        Assert.AreEqual("assigned", (string?)state.Json["status"]);
        RestAnswer all = await _rig.CallProvisioningAsync("POST", "/registrations/g/query");
        Assert.AreEqual("DeviceRegistration", all.Header("x-ms-item-type"));
        Assert.AreEqual("unit-7", (string?)all.Json[0]!["registrationId"]);
        Assert.AreEqual(412, (await _rig.CallProvisioningAsync("DELETE", "/registrations/unit-7", null, ("If-Match", "x"))).Status);
        Assert.AreEqual(204, (await _rig.CallProvisioningAsync("DELETE", "/registrations/unit-7")).Status);
        Assert.IsTrue(_rig.Hub.Devices.TryGet("unit-7", out _), "The hub keeps its device.");
    }

    [TestMethod]
    public async Task AssigningAnswers_SetsHowManyPollsItTakes()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        _rig.Provisioning.AssigningAnswers = 3;
        _rig.Provisioning.RetryAfterSeconds = 7;
        RestAnswer first = await RegisterAsync("reg-1", entry.PrimaryKey!);
        string operation = (string)first.Json["operationId"]!;
        Assert.AreEqual("7", first.Header("Retry-After"));
        Assert.AreEqual(202, (await PollAsync("reg-1", entry.PrimaryKey!, operation)).Status);
        Assert.AreEqual(202, (await PollAsync("reg-1", entry.PrimaryKey!, operation)).Status);
        Assert.AreEqual(200, (await PollAsync("reg-1", entry.PrimaryKey!, operation)).Status);
    }

    [TestMethod]
    public async Task P49_Throttle_StrikesRegisterAndPollWithRetryAfter()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        _rig.Provisioning.FailNext(1, 429, 5);
        RestAnswer throttled = await RegisterAsync("reg-1", entry.PrimaryKey!);
        Assert.AreEqual(429, throttled.Status);
        Assert.AreEqual("5", throttled.Header("Retry-After"));
        RestAnswer first = await RegisterAsync("reg-1", entry.PrimaryKey!);
        Assert.AreEqual(202, first.Status);
        _rig.Provisioning.FailNext(1, 503);
        Assert.AreEqual(503, (await PollAsync("reg-1", entry.PrimaryKey!, (string)first.Json["operationId"]!)).Status);
        Assert.AreEqual(200, (await PollAsync("reg-1", entry.PrimaryKey!, (string)first.Json["operationId"]!)).Status);
    }

    [TestMethod]
    [DataRow("0neFFFFFFFF", "reg-1", "registration", 404)]
    [DataRow(HubProvisioning.DefaultIdScope, "reg-2", "registration", 404)]
    [DataRow(HubProvisioning.DefaultIdScope, "reg-1", "device", 401)]
    [DataRow(HubProvisioning.DefaultIdScope, "reg-1", null, 401)]
    public async Task Register_Misaddressed_IsRefusedInFlatShape(string scope, string registrationId, string? keyName, int status)
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        string token = _rig.Token($"{scope}%2Fregistrations%2F{registrationId}", entry.PrimaryKey!, keyName);
        RestAnswer answer = await SendAsync("PUT", $"/{scope}/registrations/{registrationId}/register", token);
        Assert.AreEqual(status, answer.Status);
        Assert.AreEqual(status, (int)answer.Json["errorCode"]! / 1000);
        Assert.AreEqual(answer.Json["errorCode"]!.ToJsonString(), answer.Header("x-ms-error-code"));
    }

    [TestMethod]
    public async Task Register_TokenOfAnotherRegistration_Is401()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        string token = _rig.Token($"{Scope}%2Fregistrations%2Freg-2", entry.PrimaryKey!, "registration");
        Assert.AreEqual(401, (await SendAsync("PUT", $"/{Scope}/registrations/reg-1/register", token)).Status);
    }

    [TestMethod]
    public async Task Register_TokenNotEncoded_IsAccepted()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        string token = _rig.Token($"{Scope}/registrations/reg-1", entry.PrimaryKey!, "registration");
        Assert.AreEqual(202, (await SendAsync("PUT", $"/{Scope}/registrations/reg-1/register", token)).Status);
    }

    [TestMethod]
    public async Task Register_Expired_Is401()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        string token = _rig.Token($"{Scope}%2Fregistrations%2Freg-1", entry.PrimaryKey!, "registration", TimeSpan.FromMinutes(-6));
        Assert.AreEqual(401, (await SendAsync("PUT", $"/{Scope}/registrations/reg-1/register", token)).Status);
        Assert.AreEqual(401, (await SendAsync("PUT", $"/{Scope}/registrations/reg-1/register", null)).Status);
    }

    [TestMethod]
    [DataRow("{", 400)]
    [DataRow("[]", 400)]
    [DataRow("""{"registrationId":"other"}""", 400)]
    [DataRow("""{"csr":"AA=="}""", 400)]
    [DataRow("""{"tpm":{"endorsementKey":"AA=="}}""", 400)]
    public async Task Register_WithBadBody_Is400(string body, int status)
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        Assert.AreEqual(status, (await RegisterAsync("reg-1", entry.PrimaryKey!, body)).Status);
        Assert.IsNull(_rig.Provisioning.GetRegistration("reg-1"));
    }

    [TestMethod]
    public async Task Register_WithWrongContentType_Is415()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        string token = DeviceToken("reg-1", entry.PrimaryKey!);
        RestAnswer answer = await _rig.SendAsync(
            "PUT",
            $"/{Scope}/registrations/reg-1/register?api-version=2021-06-01",
            "{}"u8.ToArray(),
            ("Authorization", token),
            ("Content-Type", "text/plain"));
        Assert.AreEqual(415, answer.Status);
    }

    [TestMethod]
    [DataRow("GET", "register", 405)]
    [DataRow("DELETE", "", 405)]
    [DataRow("PUT", "operations/x", 405)]
    public async Task WrongMethod_Is405(string method, string rest, int status)
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        string token = DeviceToken("reg-1", entry.PrimaryKey!);
        Assert.AreEqual(status, (await SendAsync(method, $"/{Scope}/registrations/reg-1/{rest}", token)).Status);
    }

    [TestMethod]
    public async Task Poll_OfAnotherDevicesOperation_Is404()
    {
        HubEnrollment one = _rig.Provisioning.AddIndividual("reg-1");
        HubEnrollment two = _rig.Provisioning.AddIndividual("reg-2");
        RestAnswer first = await RegisterAsync("reg-1", one.PrimaryKey!);
        Assert.AreEqual(404, (await PollAsync("reg-2", two.PrimaryKey!, (string)first.Json["operationId"]!)).Status);
    }

    [TestMethod]
    public async Task ApiVersion_Missing_Is400()
    {
        HubEnrollment entry = _rig.Provisioning.AddIndividual("reg-1");
        string token = DeviceToken("reg-1", entry.PrimaryKey!);
        Assert.AreEqual(
            400, (await _rig.SendAsync("PUT", $"/{Scope}/registrations/reg-1/register", null, ("Authorization", token))).Status);
    }

    private string DeviceToken(string registrationId, string key) =>
        _rig.Token($"{Scope}%2Fregistrations%2F{registrationId}", key, "registration");

    private Task<RestAnswer> RegisterAsync(string registrationId, string key, string? body = null) =>
        SendAsync("PUT", $"/{Scope}/registrations/{registrationId}/register", DeviceToken(registrationId, key), body);

    private Task<RestAnswer> PollAsync(string registrationId, string key, string operation) =>
        SendAsync("GET", $"/{Scope}/registrations/{registrationId}/operations/{operation}", DeviceToken(registrationId, key));

    private Task<RestAnswer> LookUpAsync(string registrationId, string key) =>
        SendAsync("POST", $"/{Scope}/registrations/{registrationId}", DeviceToken(registrationId, key), "{}");

    private Task<RestAnswer> SendAsync(string method, string path, string? token, string? body = null) => _rig.SendAsync(
        method,
        path + "?api-version=2021-06-01",
        body is null ? null : Encoding.UTF8.GetBytes(body),
        token is null ? [] : [("Authorization", token)]);
}
