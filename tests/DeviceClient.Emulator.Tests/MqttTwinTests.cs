using System.Text.Json.Nodes;
using MQTTnet;

namespace DeviceClient.Emulator.Tests;

/// <summary>Twin over MQTT: read, reported patch, notices, and the answers to what is refused.</summary>
[TestClass]
public sealed class MqttTwinTests
{
    private static HubEmulator s_hub = null!;
    private static int s_nextId;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _) => s_hub = await HubEmulator.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_hub.DisposeAsync();

    private static HubDevice NewDevice() => s_hub.Devices.Add($"twin-{Interlocked.Increment(ref s_nextId)}");

    private static async Task<Peer> ConnectAsync(HubRegistryIdentity identity)
    {
        Peer peer = await Peer.ConnectAsync(s_hub, identity);
        await peer.SubscribeAsync(0, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#");
        return peer;
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task TwinGet_ShowsBothSectionsWithVersionsAndNothingElse(bool module)
    {
        HubDevice device = NewDevice();
        HubRegistryIdentity identity = module ? s_hub.Devices.AddModule(device.Id, "m") : device;
        s_hub.Twins.Update(device.Id, identity.ModuleId, new HubTwinUpdate { Tags = new JsonObject { ["t"] = 1 }, Desired = new JsonObject { ["x"] = 5 } });
        await using Peer peer = await ConnectAsync(identity);
        await peer.PublishAsync("$iothub/twin/GET/?$rid=a-ff", qos: 0);
        (string topic, string body) = await peer.ReceiveTextAsync();
        Assert.AreEqual("$iothub/twin/res/200/?$rid=a-ff", topic);
        Assert.AreEqual("""{"desired":{"x":5,"$version":2},"reported":{"$version":1}}""", body);
    }

    [TestMethod]
    public async Task ReportedPatch_IsMergedAndAnsweredWithItsVersion()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await ConnectAsync(device);
        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=1", """{"a":{"b":1,"c":2},"d":[1]}""");
        Assert.AreEqual(("$iothub/twin/res/204/?$rid=1&$version=2", ""), await peer.ReceiveTextAsync());
        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=2", """{"a":{"b":null},"d":[2,3]}""");
        Assert.AreEqual(("$iothub/twin/res/204/?$rid=2&$version=3", ""), await peer.ReceiveTextAsync());
        HubTwin twin = s_hub.Twins.Get(device.Id);
        Assert.AreEqual("""{"a":{"c":2},"d":[2,3]}""", twin.Reported.Values.ToJsonString());
        Assert.IsNull(twin.Reported.Metadata["a"]!["b"]);
        Assert.IsNotNull(twin.Reported.Metadata["a"]!["c"]!["$lastUpdated"]);
    }

    [TestMethod]
    [DataRow("{", "", 400, 400006, DisplayName = "not JSON")]
    [DataRow("[]", "", 400, 400006, DisplayName = "not an object")]
    [DataRow("", "", 400, 400006, DisplayName = "empty")]
    [DataRow("""{"a":1,"a":2}""", "", 400, 400006, DisplayName = "duplicate name")]
    [DataRow("""{"$x":1}""", "", 400, 400004, DisplayName = "dollar in a name")]
    [DataRow("""{"a":4503599627370496}""", "", 400, 400004, DisplayName = "integer too large")]
    [DataRow("{}", "&$version=7", 412, 412001, DisplayName = "another version")]
    [DataRow("{}", "&$version=x", 400, 400004, DisplayName = "version in words")]
    public async Task ReportedPatch_ThatIsRefused_IsAnsweredWithTheHubsNumber(string patch, string more, int status, int code)
    {
        HubDevice device = NewDevice();
        await using Peer peer = await ConnectAsync(device);
        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=9" + more, patch);
        (string topic, string body) = await peer.ReceiveTextAsync();
        Assert.AreEqual($"$iothub/twin/res/{status}/?$rid=9", topic);
        JsonNode error = JsonNode.Parse(body)!;
        Assert.AreEqual(code, (int)error["errorCode"]!);
        Assert.IsNotNull((string?)error["message"]);
        Assert.IsNotNull((string?)error["trackingId"]);
        Assert.IsNotNull((string?)error["timestampUtc"]);
        Assert.AreEqual(1, s_hub.Twins.Get(device.Id).Reported.Version);
    }

    [TestMethod]
    public async Task ReportedPatch_WithTheRightVersion_IsTaken()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await ConnectAsync(device);
        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$version=1&$rid=9", "{}");
        Assert.AreEqual("$iothub/twin/res/204/?$rid=9&$version=2", (await peer.ReceiveTextAsync()).Topic);
    }

    [TestMethod]
    public async Task DesiredChange_ReachesTheSubscribedDeviceInOrder_PatchAsPatchAndReplacementWhole()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await ConnectAsync(device);
        s_hub.Twins.UpdateDesired(device.Id, new JsonObject { ["a"] = 1, ["b"] = 2 });
        s_hub.Twins.UpdateDesired(device.Id, new JsonObject { ["a"] = null });
        s_hub.Twins.Update(device.Id, null, new HubTwinUpdate { Desired = new JsonObject { ["z"] = "new" }, Replace = true });
        Assert.AreEqual(("$iothub/twin/PATCH/properties/desired/?$version=2", """{"a":1,"b":2,"$version":2}"""), await peer.ReceiveTextAsync());
        Assert.AreEqual(("$iothub/twin/PATCH/properties/desired/?$version=3", """{"a":null,"$version":3}"""), await peer.ReceiveTextAsync());
        Assert.AreEqual(("$iothub/twin/PATCH/properties/desired/?$version=4", """{"z":"new","$version":4}"""), await peer.ReceiveTextAsync());
    }

    [TestMethod]
    public async Task P01_DesiredChangeWhileOffline_IsNotNotifiedLater()
    {
        HubDevice device = NewDevice();
        await using (Peer first = await Peer.ConnectAsync(s_hub, device, options => options.WithCleanSession(false)))
        {
            await first.SubscribeAsync(0, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#");
            await first.DisconnectAsync();
        }

        await s_hub.Connections.WaitForDisconnectedAsync(device.Id, cancellationToken: Expect.Soon);
        s_hub.Twins.UpdateDesired(device.Id, new JsonObject { ["a"] = 1 });
        await using Peer second = await Peer.ConnectAsync(s_hub, device, options => options.WithCleanSession(false));
        await second.PublishAsync("$iothub/twin/GET/?$rid=1", qos: 0);
        (string topic, string body) = await second.ReceiveTextAsync();
        Assert.AreEqual("$iothub/twin/res/200/?$rid=1", topic, "The first thing to arrive is the answer, not a notice.");
        Assert.Contains("\"$version\":2", body);
    }

    [TestMethod]
    public async Task P56_TwinRequest_WithoutSubscription_IsDroppedWithDiagnosis()
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        await peer.PublishAsync("$iothub/twin/GET/?$rid=1");
        HubLogEntry line = await Expect.LineAsync(s_hub, device.Id, 400004);
        Assert.AreEqual(HubLogEvent.Rejected, line.Event);
        Assert.Contains("subscribe to '$iothub/twin/res/#' first", line.Text);
        Assert.IsTrue(device.IsConnected);
    }

    [TestMethod]
    [DataRow(400)]
    [DataRow(413)]
    public async Task ReportedPatch_OverTheSizeOfTheSection_IsRefusedAsTheBehaviorSays(int status)
    {
        await using HubEmulator hub = await HubEmulator.StartAsync(new HubEmulatorOptions { Behavior = new HubEmulatorBehavior { TwinTooLargeStatus = status } });
        HubDevice device = hub.Devices.Add("d");
        await using Peer peer = await Peer.ConnectAsync(hub, device);
        await peer.SubscribeAsync(0, "$iothub/twin/res/#");
        string large = new('x', 4000);
        string patch = "{" + string.Join(',', Enumerable.Range(0, 9).Select(i => $"\"k{i}\":\"{large}\"")) + "}";
        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=1", patch);
        Assert.AreEqual($"$iothub/twin/res/{status}/?$rid=1", (await peer.ReceiveTextAsync()).Topic);
    }
}
