using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

/// <summary>Merge rules, versions, metadata, etags and limits of twins, without any listener.</summary>
[TestClass]
public sealed class HubTwinsTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly HubState _hub;

    public HubTwinsTests()
    {
        _hub = new HubState(new HubEmulatorOptions { TimeProvider = _time });
        _hub.Devices.Add("d");
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    public void Dispose() => _hub.Dispose();

    [TestMethod]
    public void Patch_MergesObjects_RemovesNulls_ReplacesTheRest()
    {
        _hub.Twins.UpdateDesired("d", Json("""{"a":{"b":1,"c":[1,2]},"d":"x"}"""));
        HubTwin twin = _hub.Twins.UpdateDesired("d", Json("""{"a":{"b":null,"c":[3]},"d":{"e":true}}"""));
        Assert.AreEqual("""{"a":{"c":[3]},"d":{"e":true}}""", twin.Desired.Values.ToJsonString());
        Assert.AreEqual(3, twin.Desired.Version);
        Assert.AreEqual(3, twin.Version);
        Assert.AreEqual("AAAAAAAAAAM=", twin.ETag);
    }

    [TestMethod]
    public void Metadata_MirrorsWhatWasWrittenAndWhen()
    {
        _hub.Twins.UpdateDesired("d", Json("""{"a":{"b":1},"z":0}"""));
        _time.Advance(TimeSpan.FromSeconds(1));
        HubTwin twin = _hub.Twins.UpdateDesired("d", Json("""{"a":{"c":2},"z":null}"""));
        JsonObject metadata = twin.Desired.Metadata;
        Assert.AreEqual(3, (long)metadata["$lastUpdatedVersion"]!);
        Assert.AreEqual(2, (long)metadata["a"]!["b"]!["$lastUpdatedVersion"]!);
        Assert.AreEqual(3, (long)metadata["a"]!["c"]!["$lastUpdatedVersion"]!);
        Assert.AreNotEqual((string?)metadata["a"]!["b"]!["$lastUpdated"], (string?)metadata["a"]!["c"]!["$lastUpdated"]);
        Assert.IsNull(metadata["z"]);
    }

    [TestMethod]
    public void Update_WithReadOnlyMembersFromTheService_IgnoresThem()
    {
        HubTwin twin = _hub.Twins.UpdateDesired("d", Json("""{"$version":9,"$metadata":{},"a":1}"""));
        Assert.AreEqual("""{"a":1}""", twin.Desired.Values.ToJsonString());
    }

    [TestMethod]
    [DataRow("\"*\"", true)]
    [DataRow("*", true)]
    [DataRow("\"AAAAAAAAAAE=\"", true)]
    [DataRow("AAAAAAAAAAE=", true)]
    [DataRow(null, true)]
    [DataRow("\"AAAAAAAAAAI=\"", false)]
    public void Update_WithIfMatch_IsConditional(string? ifMatch, bool passes)
    {
        HubTwinUpdate update = new() { Tags = Json("""{"a":1}"""), IfMatch = ifMatch };
        if (passes)
        {
            Assert.AreEqual(2, _hub.Twins.Update("d", null, update).Version);
        }
        else
        {
            Expect.Refusal(412001, () => _hub.Twins.Update("d", null, update));
        }
    }

    [TestMethod]
    public void Replace_DropsWhatIsNotGiven()
    {
        _hub.Twins.Update("d", null, new HubTwinUpdate { Tags = Json("""{"a":1}"""), Desired = Json("""{"a":1}""") });
        HubTwin twin = _hub.Twins.Update("d", null, new HubTwinUpdate { Desired = Json("""{"b":2,"n":null}"""), Replace = true });
        Assert.AreEqual("""{"b":2}""", twin.Desired.Values.ToJsonString());
        Assert.AreEqual("""{"a":1}""", twin.Tags.ToJsonString(), "A section that is not given stays.");
    }

    [TestMethod]
    [DataRow("""{"a.b":1}""")]
    [DataRow("""{"a b":1}""")]
    [DataRow("""{"a$":1}""")]
    [DataRow("""{"":1}""")]
    [DataRow("{\"a\\u0001\":1}")]
    [DataRow("{\"a\\u0085\":1}")]
    [DataRow("""{"a":-4503599627370497}""")]
    [DataRow("""{"a":99999999999999999999}""")]
    public void Patch_OutsideTheLimits_IsRefusedAndChangesNothing(string patch)
    {
        Expect.Refusal(400004, () => _hub.Twins.UpdateDesired("d", Json(patch)));
        Expect.Refusal(400004, () => _hub.Twins.UpdateReported("d", Json(patch)));
        Assert.AreEqual(1, _hub.Twins.Get("d").Version);
    }

    [TestMethod]
    public void Depth_OfTenLevels_IsTheMost()
    {
        static JsonObject Nest(int levels) => levels == 0 ? new JsonObject { ["x"] = 1 } : new JsonObject { ["x"] = Nest(levels - 1) };
        _hub.Twins.UpdateDesired("d", Nest(10));
        Expect.Refusal(400004, () => _hub.Twins.UpdateDesired("d", Nest(11)));
    }

    [TestMethod]
    public void Lengths_OfKeysAndStrings_HaveTheirLimits()
    {
        _hub.Twins.UpdateReported("d", new JsonObject { [new string('k', 1024)] = new string('v', 4096) });
        Expect.Refusal(400004, () => _hub.Twins.UpdateReported("d", new JsonObject { [new string('k', 1025)] = 1 }));
        Expect.Refusal(400004, () => _hub.Twins.UpdateReported("d", new JsonObject { ["k"] = new string('v', 4097) }));
    }

    [TestMethod]
    public void Size_OfEachSection_HasItsLimit()
    {
        // 8 x (1 + 4095) = 32768 characters of keys and strings.
        JsonObject exact = [];
        for (int i = 0; i < 8; i++)
        {
            exact[i.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new string('v', 4095);
        }

        _hub.Twins.UpdateDesired("d", (JsonObject)exact.DeepClone());
        Expect.Refusal(400004, () => _hub.Twins.UpdateDesired("d", Json("""{"b":true}""")));
        JsonObject tags = new() { ["0"] = exact["0"]!.DeepClone(), ["1"] = exact["1"]!.DeepClone() };
        _hub.Twins.Update("d", null, new HubTwinUpdate { Tags = tags });
        Expect.Refusal(400004, () => _hub.Twins.Update("d", null, new HubTwinUpdate { Tags = Json("""{"b":true}""") }));
    }

    [TestMethod]
    [DataRow(true, 3)]
    [DataRow(false, 2)]
    public void Patch_ThatChangesNothing_RaisesTheVersionIfTheBehaviorSaysSo(bool raises, int version)
    {
        using HubState hub = new(new HubEmulatorOptions { Behavior = new HubEmulatorBehavior { UnchangedPatchRaisesVersion = raises } });
        hub.Devices.Add("d");
        hub.Twins.UpdateReported("d", Json("""{"a":1}"""));
        Assert.AreEqual(version, hub.Twins.UpdateReported("d", Json("""{"a":1}""")));
    }

    [TestMethod]
    public void Changed_IsRaisedWithSectionAndVersion()
    {
        List<HubTwinChange> changes = [];
        _hub.Twins.Changed += (_, args) => changes.Add(args.Change);
        _hub.Twins.Update("d", null, new HubTwinUpdate { Tags = Json("""{"t":1}"""), Desired = Json("""{"a":1}""") });
        _hub.Twins.UpdateReported("d", Json("""{"r":1}"""));
        CollectionAssert.AreEqual(
            new[] { (HubTwinSection.Tags, 2L), (HubTwinSection.Desired, 2L), (HubTwinSection.Reported, 2L) },
            changes.Select(change => (change.Section, change.Version)).ToArray());
    }

    [TestMethod]
    public void ModuleTwin_IsApartFromItsDevices()
    {
        _hub.Devices.AddModule("d", "m");
        _hub.Twins.UpdateDesired("d", Json("""{"a":1}"""), "m");
        Assert.AreEqual(1, _hub.Twins.Get("d").Desired.Version);
        Assert.AreEqual(2, _hub.Twins.Get("d", "m").Desired.Version);
        Expect.Refusal(404010, () => _hub.Twins.Get("d", "x"));
        Expect.Refusal(404001, () => _hub.Twins.Get("x"));
    }
}
