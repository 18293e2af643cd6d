namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class AuthorizationTests : IDisposable
{
    private const string Target = "/devices/d1?api-version=2021-04-12";

    private readonly RestRig _rig = new();

    [TestInitialize]
    public void AddDevice() => _rig.Hub.Devices.Add("d1");

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    public async Task Token_OfOwner_IsAccepted()
    {
        Assert.AreEqual(200, (await GetAsync(_rig.PolicyToken("iothubowner"))).Status);
    }

    [TestMethod]
    public async Task Token_WithSecondaryKey_IsAccepted()
    {
        HubPolicy owner = _rig.Hub.Policies.Single(policy => policy.Name == "iothubowner");
        Assert.AreEqual(200, (await GetAsync(_rig.Token(RestRig.Host, owner.SecondaryKey, owner.Name))).Status);
    }

    [TestMethod]
    public async Task Token_WithFieldsInAnotherOrder_IsAccepted()
    {
        string[] fields = _rig.PolicyToken("iothubowner")["SharedAccessSignature ".Length..].Split('&');
        Assert.AreEqual(200, (await GetAsync("SharedAccessSignature " + string.Join('&', fields.Reverse()))).Status);
    }

    [TestMethod]
    [DataRow(RestRig.Host + ":443", 200)]
    [DataRow("HUB1.Emulator.Test", 200)]
    [DataRow(RestRig.Host + "%2fdevices", 200)]
    [DataRow(RestRig.Host + "%2Fdevices%2Fd1", 200)]
    [DataRow(RestRig.Host + "%2Fdevices%2Fd", 401)]
    [DataRow(RestRig.Host + "%2Fdevices%2Fd2", 401)]
    [DataRow("hub2.emulator.test", 401)]
    public async Task Token_ForResource_CoversItsOwnSegmentsOnly(string resource, int status)
    {
        RestAnswer answer = await GetAsync(_rig.PolicyToken("iothubowner", resource));
        Assert.AreEqual(status, answer.Status);
        if (status == 401)
        {
            Assert.AreEqual("IotHubUnauthorized", answer.ErrorName);
        }
    }

    [TestMethod]
    public async Task Token_Expired_Is401003()
    {
        HubPolicy owner = _rig.Hub.Policies.Single(policy => policy.Name == "iothubowner");
        string token = _rig.Token(RestRig.Host, owner.PrimaryKey, owner.Name, TimeSpan.FromSeconds(-SharedAccessToken.ClockSkewSeconds - 1));
        RestAnswer answer = await GetAsync(token);
        Assert.AreEqual(401, answer.Status);
        Assert.AreEqual("IotHubUnauthorized", answer.ErrorName);
        Assert.IsFalse(answer.Text.Contains(token, StringComparison.Ordinal), "An answer must not repeat a token.");
    }

    [TestMethod]
    public async Task Token_ExpiredWithinClockSkew_IsAccepted()
    {
        HubPolicy owner = _rig.Hub.Policies.Single(policy => policy.Name == "iothubowner");
        Assert.AreEqual(200, (await GetAsync(_rig.Token(RestRig.Host, owner.PrimaryKey, owner.Name, TimeSpan.FromSeconds(-60)))).Status);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("SharedAccessSignature ")]
    [DataRow("SharedAccessSignature sr=hub1.emulator.test&sig=AA&se=9999999999&skn=iothubowner")]
    [DataRow("SharedAccessSignature sr=a&sr=b&sig=AA&se=1&skn=x")]
    [DataRow("SharedAccessSignature sr=hub1.emulator.test&se=soon&sig=AA&skn=iothubowner")]
    [DataRow("Bearer abc")]
    [DataRow("Basic aW90aHVib3duZXI6eA==")]
    public async Task Authorization_NotAToken_Is401003(string? header)
    {
        RestAnswer answer = header is null ? await _rig.SendAsync("GET", Target) : await GetAsync(header);
        Assert.AreEqual(401, answer.Status);
        Assert.AreEqual("IotHubUnauthorized", answer.ErrorName);
    }

    [TestMethod]
    public async Task Token_SignedWithAnotherKey_Is401003()
    {
        Assert.AreEqual(401, (await GetAsync(_rig.Token(RestRig.Host, HubAuthentication.NewKey(), "iothubowner"))).Status);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("nobody")]
    public async Task Token_WithoutKnownPolicy_Is401003(string? policy)
    {
        HubPolicy owner = _rig.Hub.Policies.Single(p => p.Name == "iothubowner");
        Assert.AreEqual(401, (await GetAsync(_rig.Token(RestRig.Host, owner.PrimaryKey, policy))).Status);
    }

    // Which policy may do what: R registry read, W registry write, S service.
    [TestMethod]
    [DataRow("registryRead", "GET", "/devices", 200)]
    [DataRow("registryRead", "GET", "/devices/d1", 200)]
    [DataRow("registryRead", "GET", "/statistics/devices", 200)]
    [DataRow("registryRead", "DELETE", "/devices/d1", 401)]
    [DataRow("registryRead", "GET", "/twins/d1", 401)]
    [DataRow("registryReadWrite", "DELETE", "/devices/d1", 204)]
    [DataRow("registryReadWrite", "GET", "/twins/d1", 401)]
    [DataRow("service", "GET", "/twins/d1", 200)]
    [DataRow("service", "DELETE", "/devices/d1/commands", 200)]
    [DataRow("service", "GET", "/devices/d1", 401)]
    [DataRow("service", "PUT", "/devices/d1", 401)]
    [DataRow("device", "GET", "/devices/d1", 401)]
    [DataRow("device", "GET", "/twins/d1", 401)]
    [DataRow("provisioningserviceowner", "GET", "/devices/d1", 401)]
    public async Task Policy_HasItsRightsOnly(string policy, string method, string path, int status)
    {
        RestAnswer answer = await _rig.SendAsync(
            method, path + "?api-version=2021-04-12", null, ("Authorization", _rig.PolicyToken(policy)));
        Assert.AreEqual(status, answer.Status);
        if (status == 401)
        {
            Assert.AreEqual("IotHubUnauthorizedAccess", answer.ErrorName);
        }
    }

    [TestMethod]
    public async Task ProvisioningRest_WithHubPolicy_Is401002InFlatShape()
    {
        RestAnswer answer = await _rig.SendAsync(
            "GET", "/enrollments/r1?api-version=2021-10-01", null, ("Authorization", _rig.PolicyToken("iothubowner")));
        Assert.AreEqual(401, answer.Status);
        Assert.AreEqual(401002, (int)answer.Json["errorCode"]!);
    }

    [TestMethod]
    [DataRow("", 400)]
    [DataRow("?api-version=", 400)]
    [DataRow("?api-version=latest", 400)]
    [DataRow("?api-version=2020-09-30", 200)]
    [DataRow("?api-version=2024-03-31", 200)]
    [DataRow("?api-version=2025-08-01-preview", 200)]
    public async Task ApiVersion_IsDemandedAndAnyDateIsTaken(string query, int status)
    {
        RestAnswer answer = await _rig.SendAsync("GET", "/devices/d1" + query, null, ("Authorization", _rig.PolicyToken("iothubowner")));
        Assert.AreEqual(status, answer.Status);
        if (status == 400)
        {
            Assert.AreEqual("InvalidProtocolVersion", answer.ErrorName);
        }
    }

    [TestMethod]
    public async Task Refusal_IsOneLogLineWithoutSecrets()
    {
        string token = _rig.Token(RestRig.Host, HubAuthentication.NewKey(), "iothubowner");
        await GetAsync(token);
        HubLogEntry line = _rig.Hub.Log.Entries.Last(entry => entry.Event == HubLogEvent.Rejected);
        Assert.AreEqual(401003, line.Code);
        StringAssert.Contains(line.Text, "GET /devices/d1");
        Assert.IsFalse(line.Text.Contains("sig=", StringComparison.Ordinal));
    }

    private Task<RestAnswer> GetAsync(string authorization) => _rig.SendAsync("GET", Target, null, ("Authorization", authorization));
}
