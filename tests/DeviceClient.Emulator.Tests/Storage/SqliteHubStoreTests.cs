using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class SqliteHubStoreTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "hub-store-" + Guid.NewGuid().ToString("N"));

    private string DataFile => Path.Combine(_directory, "hub.db");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [TestMethod]
    public async Task Restart_KeepsEverything()
    {
        string key, moduleKey, deviceETag, ownerKey, provisioningKey, registrationETag;
        HubEnrollment group;
        using (var first = new RestRig(store: new SqliteHubStore(DataFile)))
        {
            HubDevice device = first.Hub.Devices.Add("d1", new HubDeviceSettings { StatusReason = "new" });
            HubModule module = first.Hub.Devices.AddModule("d1", "m1");
            first.Hub.Twins.Update("d1", null, new HubTwinUpdate
            {
                Tags = new JsonObject { ["site"] = "lab" },
                Desired = new JsonObject { ["x"] = 1 },
            });
            first.Hub.Twins.UpdateReported("d1", new JsonObject { ["y"] = 2 });
            first.Hub.Twins.UpdateReported("d1", new JsonObject { ["z"] = 3 }, "m1");
            await first.Hub.Messages.SendCloudToDeviceAsync("d1", new HubCloudToDeviceMessage
            {
                Payload = Encoding.UTF8.GetBytes("hello"),
                MessageId = "first",
                Properties = [KeyValuePair.Create("a", (string?)"b")],
            });
            await first.Hub.Messages.SendCloudToDeviceAsync("d1", new HubCloudToDeviceMessage { MessageId = "second" });
            group = first.Provisioning.AddGroup("G1");
            first.Provisioning.AddIndividual("r1");
            first.Provisioning.Delete("r1", isGroup: false);
            ProvisioningIdentity identity = first.Provisioning.Authenticate(
                first.Provisioning.IdScope,
                "unit-7",
                first.Token(
                    first.Provisioning.IdScope + "/registrations/unit-7",
                    HubProvisioning.DeriveDeviceKey(group.PrimaryKey!, "unit-7"),
                    "registration"));
            first.Provisioning.Register(identity, new JsonObject { ["modelId"] = "m" });
            registrationETag = first.Provisioning.GetRegistration("unit-7")!.ETag;
            (key, moduleKey, deviceETag) = (device.Authentication.PrimaryKey!, module.Authentication.PrimaryKey!, device.ETag);
            provisioningKey = first.Provisioning.Policy.PrimaryKey;
            ownerKey = first.Hub.Policies[0].PrimaryKey;
        }

        using var second = new RestRig(store: new SqliteHubStore(DataFile));
        HubDevice restored = second.Hub.Devices.Get("d1");
        Assert.AreEqual((key, deviceETag, "new"), (restored.Authentication.PrimaryKey, restored.ETag, restored.Settings.StatusReason));
        Assert.AreEqual(moduleKey, second.Hub.Devices.GetModule("d1", "m1").Authentication.PrimaryKey);
        HubTwin twin = second.Hub.Twins.Get("d1");
        Assert.AreEqual("lab", (string?)twin.Tags["site"]);
        Assert.AreEqual((2L, 2L), (twin.Desired.Version, twin.Reported.Version));
        Assert.AreEqual(3, (int)second.Hub.Twins.Get("d1", "m1").Reported.Values["z"]!);
        CollectionAssert.AreEqual(
            new[] { "first", "second" }, second.Hub.Messages.Pending("d1").Select(message => message.Message.MessageId).ToArray());
        Assert.AreEqual("hello", Encoding.UTF8.GetString(second.Hub.Messages.Pending("d1")[0].Message.Payload.Span));
        Assert.AreEqual(group.PrimaryKey, second.Provisioning.GetGroup("g1")!.PrimaryKey);
        Assert.AreEqual(group.ETag, second.Provisioning.GetGroup("g1")!.ETag);
        Assert.IsNull(second.Provisioning.GetIndividual("r1"));
        HubRegistration state = second.Provisioning.GetRegistration("UNIT-7")!;
        Assert.AreEqual(("assigned", "G1", registrationETag), (state.Status, state.GroupId, state.ETag));
        Assert.AreEqual("m", (string?)state.DevicePayload!["modelId"]);
        second.Hub.MqttPort = 18883;
        Assert.AreEqual(
            RestRig.Host + ":18883", second.Provisioning.GetRegistration("unit-7")!.AssignedHub, "The hub as it is dialled now, not then.");
        Assert.AreEqual(ownerKey, second.Hub.Policies[0].PrimaryKey);
        Assert.AreEqual(provisioningKey, second.Provisioning.Policy.PrimaryKey);
    }

    [TestMethod]
    public async Task Restart_DoesNotBringBackWhatWasRemoved()
    {
        using (var first = new RestRig(store: new SqliteHubStore(DataFile)))
        {
            first.Hub.Devices.Add("gone");
            first.Hub.Devices.AddModule("gone", "m1");
            await first.Hub.Messages.SendCloudToDeviceAsync("gone", new HubCloudToDeviceMessage());
            first.Hub.Devices.Remove("gone");
            first.Hub.Devices.Add("purged");
            await first.Hub.Messages.SendCloudToDeviceAsync("purged", new HubCloudToDeviceMessage());
            first.Hub.Messages.Purge("purged");
        }

        using var second = new RestRig(store: new SqliteHubStore(DataFile));
        Assert.AreEqual(1, second.Hub.Devices.Count);
        Assert.AreEqual(0, second.Hub.Messages.Pending("purged").Count);
    }

    [TestMethod]
    public void File_OfAProcessThatWasKilled_IsWhole()
    {
        string copy = Path.Combine(_directory, "copy.db");
        using (var first = new RestRig(store: new SqliteHubStore(DataFile)))
        {
            for (int i = 0; i < 50; i++)
            {
                first.Hub.Devices.Add($"d{i}");
            }

            // What a killed process leaves: the file and its log, never closed.
            File.Copy(DataFile, copy);
            File.Copy(DataFile + "-wal", copy + "-wal");
        }

        using var second = new RestRig(store: new SqliteHubStore(copy));
        Assert.AreEqual(50, second.Hub.Devices.Count);
    }

    [TestMethod]
    public void File_HoldsKeys_IsItsOwnersOnly()
    {
        using var store = new SqliteHubStore(DataFile);
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DataFile));
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DataFile + "-wal"));
        }
    }

    [TestMethod]
    public void File_InUse_IsRefusedByName()
    {
        using var store = new SqliteHubStore(DataFile);
        IOException error = Assert.ThrowsExactly<IOException>(() => new SqliteHubStore(DataFile));
        StringAssert.Contains(error.Message, "in use by another emulator");
    }

    [TestMethod]
    public void File_OfSomethingElse_IsRefusedByName()
    {
        Directory.CreateDirectory(_directory);
        File.WriteAllText(DataFile, new string('x', 5000));
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => new SqliteHubStore(DataFile));
        StringAssert.Contains(error.Message, DataFile);
    }

    [TestMethod]
    public void Save_Again_KeepsTheFirstOrder()
    {
        using var store = new SqliteHubStore(DataFile);
        store.Save(new HubStoreDocument("k", "b", "1"));
        store.Save(new HubStoreDocument("k", "a", "2"));
        store.Save(new HubStoreDocument("k", "b", "3"));
        store.Save(new HubStoreDocument("other", "b", "4"));
        store.Delete("k", "a");
        store.Delete("k", "never");
        CollectionAssert.AreEqual(
            new[] { new HubStoreDocument("k", "b", "3"), new HubStoreDocument("other", "b", "4") }, store.Load().ToArray());
    }
}
