using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

/// <summary>The registry: ids, keys, etags, modules; and what a store brings back.</summary>
[TestClass]
public sealed class HubDevicesTests : IDisposable
{
    private readonly HubState _hub = new(new HubEmulatorOptions());

    public void Dispose() => _hub.Dispose();

    [TestMethod]
    public void Add_WithoutSettings_MakesAnEnabledDeviceWithTwoKeys()
    {
        HubDevice device = _hub.Devices.Add("a-Z0:.+%_#*?!(),=@;$'");
        Assert.IsTrue(device.IsEnabled);
        Assert.HasCount(32, Convert.FromBase64String(device.Authentication.PrimaryKey!));
        Assert.AreNotEqual(device.Authentication.PrimaryKey, device.Authentication.SecondaryKey);
        Assert.DoesNotContain(device.Authentication.PrimaryKey!, device.Authentication.ToString());
        Assert.IsTrue(HubConnectionString.TryParse(_hub.Devices.Add("simple").ConnectionString, out HubConnectionString? text, out string? error), error);
        Assert.AreEqual("simple", text!.DeviceId);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("a/b")]
    [DataRow("a b")]
    [DataRow("caf\u00e9")]
    public void Add_WithBadId_Is400004(string id) => Expect.Refusal(400004, () => _hub.Devices.Add(id));

    [TestMethod]
    public void Add_WithBadCredential_Is400004()
    {
        foreach (HubAuthentication bad in new[]
        {
            new HubAuthentication { PrimaryKey = "no base64" },
            new HubAuthentication { PrimaryKey = Convert.ToBase64String(new byte[15]) },
            new HubAuthentication { Type = HubAuthenticationType.SelfSigned },
            new HubAuthentication { Type = HubAuthenticationType.SelfSigned, PrimaryThumbprint = "123" },
        })
        {
            HubServiceException error = Expect.Refusal(400004, () => _hub.Devices.Add("d", new HubDeviceSettings { Authentication = bad }));
            Assert.DoesNotContain("no base64", error.Message);
        }

        Expect.Refusal(400004, () => _hub.Devices.Add(new string('x', 129)));
    }

    [TestMethod]
    public void Identity_ChangesEtagWithEachWrite_AndGenerationWithRecreation()
    {
        HubDevice first = _hub.Devices.Add("d");
        string etag = first.ETag;
        Expect.Refusal(409001, () => _hub.Devices.Add("d"));
        Expect.Refusal(412001, () => _hub.Devices.Update("d", first.Settings, "\"other\""));
        string key = first.Authentication.PrimaryKey!;
        _hub.Devices.Update("d", new HubDeviceSettings { Enabled = false, StatusReason = "lost" }, $"\"{etag}\"");
        Assert.AreNotEqual(etag, first.ETag);
        Assert.AreEqual(key, first.Authentication.PrimaryKey, "Without a credential in the update the present one stays.");
        Assert.IsFalse(first.IsEnabled);
        _hub.Devices.Remove("d", "*");
        Assert.AreNotEqual(first.GenerationId, _hub.Devices.Add("d").GenerationId);
        Expect.Refusal(404001, () => _hub.Devices.Remove("x"));
    }

    [TestMethod]
    public void Modules_AreLimitedToFifty()
    {
        _hub.Devices.Add("d");
        for (int i = 0; i < 50; i++)
        {
            _hub.Devices.AddModule("d", $"m{i}");
        }

        Expect.Refusal(413003, () => _hub.Devices.AddModule("d", "one-too-many"));
        Expect.Refusal(409301, () => _hub.Devices.AddModule("d", "m0"));
        _hub.Devices.RemoveModule("d", "m0");
        Expect.Refusal(404010, () => _hub.Devices.GetModule("d", "m0"));
        Assert.HasCount(49, _hub.Devices.ListModules("d"));
    }

    [TestMethod]
    public async Task Store_BringsBackEverything()
    {
        MemoryStore store = new();
        using (HubState before = new(new HubEmulatorOptions(), store))
        {
            HubDevice device = before.Devices.Add("d", new HubDeviceSettings { StatusReason = "why", IotEdge = true, ParentScopes = ["s"] });
            before.Devices.AddModule("d", "m", managedBy: "me");
            before.Devices.Add("gone");
            before.Twins.Update("d", null, new HubTwinUpdate { Tags = new JsonObject { ["t"] = 1 }, Desired = new JsonObject { ["a"] = 1 } });
            before.Twins.UpdateReported("d", new JsonObject { ["r"] = "x" }, "m");
            await before.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage { Payload = new byte[] { 1, 2 }, Properties = [new("p", "v"), new("q", null)] });
            await before.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage { MessageId = "done" });
            before.Messages.Purge("gone");
            before.Devices.Remove("gone");
            store.Expected = (device.GenerationId, device.ETag, device.Authentication.PrimaryKey!);
        }

        using HubState after = new(new HubEmulatorOptions(), store);
        HubDevice restored = after.Devices.Get("d");
        Assert.AreEqual(store.Expected, (restored.GenerationId, restored.ETag, restored.Authentication.PrimaryKey!));
        Assert.AreEqual(("why", true, "s"), (restored.Settings.StatusReason, restored.Settings.IotEdge, restored.Settings.ParentScopes.Single()));
        Assert.AreEqual("me", after.Devices.GetModule("d", "m").ManagedBy);
        Assert.AreEqual((2L, 1L), (after.Twins.Get("d").Desired.Version, after.Twins.Get("d").Reported.Version));
        Assert.AreEqual("x", (string?)after.Twins.Get("d", "m").Reported.Values["r"]);
        IReadOnlyList<HubQueuedMessage> messages = after.Messages.Pending("d");
        Assert.HasCount(2, messages);
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, messages[0].Message.Payload.ToArray());
        Assert.AreEqual("v", messages[0].Message.Properties[0].Value);
        Assert.IsNull(messages[0].Message.Properties[1].Value);
        Assert.IsFalse(after.Devices.TryGet("gone", out _));
        HubQueuedMessage next = await after.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage());
        Assert.IsGreaterThan(messages[1].Sequence, next.Sequence);
    }

    private sealed class MemoryStore : IHubStore
    {
        private readonly List<HubStoreDocument> _documents = [];

        internal (string Generation, string ETag, string Key) Expected { get; set; }

        public IEnumerable<HubStoreDocument> Load() => _documents.ToArray();

        public void Save(HubStoreDocument document)
        {
            int index = _documents.FindIndex(d => d.Kind == document.Kind && d.Key == document.Key);
            if (index < 0)
            {
                _documents.Add(document);
            }
            else
            {
                _documents[index] = document;
            }
        }

        public void Delete(string kind, string key) => _documents.RemoveAll(d => d.Kind == kind && d.Key == key);

        public void Dispose()
        {
        }
    }
}
