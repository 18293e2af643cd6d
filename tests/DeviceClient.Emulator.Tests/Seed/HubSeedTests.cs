namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class HubSeedTests : IDisposable
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly RestRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    public void Seed_MakesEverythingItNames()
    {
        SeedResult result = Apply($$$"""
            {"$schema":"any",
             "devices":[
               {"deviceId":"d1","primaryKey":"{{{Key}}}","status":"disabled","statusReason":"spare","iotEdge":true,
                "tags":{"site":"lab"},"desired":{"x":1},
                "modules":[{"moduleId":"m1","primaryKey":"{{{Key}}}","managedBy":"me","desired":{"y":2}}]},
               {"deviceId":"d2","primaryThumbprint":"{{{new string('A', 64)}}}"},
               {"deviceId":"d3"}],
             "enrollments":[{"registrationId":"r1","deviceId":"named","primaryKey":"{{{Key}}}","reprovision":"reset","allocation":"static",
                "iotHubHostName":"hub1.emulator.test","tags":{"a":1},"desired":{"b":2},"iotEdge":false,"status":"enabled"}],
             "enrollmentGroups":[{"enrollmentGroupId":"g1","status":"disabled","reprovision":"never"}]}
            """);
        Assert.AreEqual(new SeedResult(3, 1, 1, 1), result);
        HubDevice device = _rig.Hub.Devices.Get("d1");
        Assert.AreEqual(Key, device.Authentication.PrimaryKey);
        Assert.IsFalse(device.IsEnabled);
        Assert.IsTrue(device.Settings.IotEdge);
        Assert.AreEqual("lab", (string?)_rig.Hub.Twins.Get("d1").Tags["site"]);
        Assert.AreEqual(1, _rig.Hub.Twins.Get("d1").Desired.Version);
        Assert.AreEqual(2, (int)_rig.Hub.Twins.Get("d1", "m1").Desired.Values["y"]!);
        Assert.AreEqual(HubAuthenticationType.SelfSigned, _rig.Hub.Devices.Get("d2").Authentication.Type);
        HubEnrollment entry = _rig.Provisioning.GetIndividual("r1")!;
        Assert.AreEqual(("named", Key, ReprovisionPolicy.ResetData), (entry.DeviceId, entry.PrimaryKey, entry.Reprovision));
        Assert.IsFalse(_rig.Provisioning.GetGroup("g1")!.Enabled);
    }

    [TestMethod]
    public void Seed_LeavesWhatExistsAsItIs()
    {
        HubDevice device = _rig.Hub.Devices.Add("d1");
        string key = device.Authentication.PrimaryKey!;
        SeedResult result = Apply($$"""{"devices":[{"deviceId":"d1","primaryKey":"{{Key}}","modules":[{"moduleId":"m1"}]}]}""");
        Assert.AreEqual(new SeedResult(0, 1, 0, 0), result);
        Assert.AreEqual(key, device.Authentication.PrimaryKey);
    }

    [TestMethod]
    [DataRow("""{"devices":[{"deviceId":"a"},""", "line 1")]
    [DataRow("{\n\"devices\":\n[oops]}", "line 3")]
    [DataRow("""[]""", "$: expected an object")]
    [DataRow("""{"device":[]}""", "$.device: unknown member")]
    [DataRow("""{"devices":{}}""", "$.devices: expected an array")]
    [DataRow("""{"devices":[1]}""", "$.devices[0]: expected an object")]
    [DataRow("""{"devices":[{"deviceId":"a"},{"primaryKey":"x"}]}""", "$.devices[1].deviceId: required")]
    [DataRow("""{"devices":[{"deviceId":"a","primarykey":"x"}]}""", "$.devices[0].primarykey: unknown member")]
    [DataRow("""{"devices":[{"deviceId":"a","primaryKey":"x"}]}""", "$.devices[0]: PrimaryKey must be base64")]
    [DataRow("""{"devices":[{"deviceId":"a b"}]}""", "$.devices[0]: Device id 'a b'")]
    [DataRow("""{"devices":[{"deviceId":"a","status":"off"}]}""", "$.devices[0].status: 'off' is not one of enabled, disabled")]
    [DataRow("""{"devices":[{"deviceId":"a","iotEdge":"yes"}]}""", "$.devices[0].iotEdge: expected true or false, found a string")]
    [DataRow("""{"devices":[{"deviceId":"a","primaryKey":"x","primaryThumbprint":"y"}]}""", "$.devices[0]: give keys or thumbprints")]
    [DataRow("""{"devices":[{"deviceId":"a","modules":[{"moduleId":""}]}]}""", "$.devices[0].modules[0].moduleId: required")]
    [DataRow("""{"devices":[{"deviceId":"a","tags":{"x y":1}}]}""", "$.devices[0]: The patch of tags is refused")]
    [DataRow("""{"devices":[{"deviceId":"a","deviceId":"b"}]}""", "not valid JSON")]
    [DataRow("""{"enrollments":[{"registrationId":"a_"}]}""", "$.enrollments[0]: ")]
    [DataRow("""{"enrollmentGroups":[{"enrollmentGroupId":"a","deviceId":"b"}]}""", "$.enrollmentGroups[0].deviceId: unknown member")]
    [DataRow("""{"enrollmentGroups":[{"enrollmentGroupId":"a","iotHubHostName":"b"}]}""", "the only linked hub is 'hub1.emulator.test'")]
    public void Seed_Wrong_NamesThePlace(string json, string place)
    {
        JsonInputException error = Assert.ThrowsExactly<JsonInputException>(() => Apply(json));
        StringAssert.StartsWith(error.Message, "seed file x.json: ");
        StringAssert.Contains(error.Message, place);
        Assert.IsFalse(error.Message.Contains('\n', StringComparison.Ordinal), "One line.");
    }

    [TestMethod]
    public void Parse_Wrong_ThrowsWhatTheDocumentationSays()
    {
        Assert.ThrowsExactly<InvalidDataException>(() => HubSeed.Parse("{"));
    }

    private SeedResult Apply(string json) =>
        SeedLoader.Apply(HubSeed.Parse(System.Text.Encoding.UTF8.GetBytes(json), "seed file x.json"), _rig.Hub, _rig.Provisioning);
}
