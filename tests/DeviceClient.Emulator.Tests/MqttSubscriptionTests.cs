using MQTTnet;

namespace DeviceClient.Emulator.Tests;

/// <summary>Which filters are granted, with which QoS, and what happens to the others.</summary>
[TestClass]
public sealed class MqttSubscriptionTests
{
    private static readonly string[] s_common = ["$iothub/methods/POST/#", "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"];
    private static HubEmulator s_hub = null!;
    private static int s_nextId;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _) => s_hub = await HubEmulator.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_hub.DisposeAsync();

    private static HubDevice NewDevice() => s_hub.Devices.Add($"subscription-{Interlocked.Increment(ref s_nextId)}");

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(1, 1)]
    [DataRow(2, 1)]
    public async Task Subscribe_IsGrantedAtMostQos1(int asked, int granted)
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        int[] codes = await peer.SubscribeAsync(asked, [.. s_common, $"devices/{device.Id}/messages/devicebound/#"]);
        CollectionAssert.AreEqual(Enumerable.Repeat(granted, 4).ToArray(), codes);
        Assert.IsTrue(s_hub.Connections.TryGet(device.Id, out HubConnectionInfo? connection));
        Assert.HasCount(4, connection.Subscriptions);
    }

    [TestMethod]
    public async Task Subscribe_OfModule_OffersInputsInsteadOfMessages()
    {
        HubModule module = s_hub.Devices.AddModule(NewDevice().Id, "m");
        await using Peer peer = await Peer.ConnectAsync(s_hub, module);
        int[] codes = await peer.SubscribeAsync(1, [.. s_common, $"devices/{module.DeviceId}/modules/m/#"]);
        CollectionAssert.AreEqual(new[] { 1, 1, 1, 1 }, codes);
        peer.SendSubscribe(1, $"devices/{module.DeviceId}/modules/m/messages/devicebound/#");
        await Expect.ClosedAsync(s_hub, peer, module.Id, 400004);
    }

    [TestMethod]
    [DataRow("#")]
    [DataRow("$iothub/#")]
    [DataRow("$iothub/twin/#")]
    [DataRow("devices/other/messages/devicebound/#")]
    [DataRow("devices/{0}/messages/events/")]
    [DataRow("devices/{0}/messages/devicebound/+")]
    [DataRow("$iothub/methods/POST/reboot/#")]
    public async Task P56_Subscribe_ToAnotherFilter_ClosesAndNamesTheOffer(string filter)
    {
        HubDevice device = NewDevice();
        await using Peer peer = await Peer.ConnectAsync(s_hub, device);
        peer.SendSubscribe(1, string.Format(null, filter, device.Id));
        HubLogEntry line = await Expect.ClosedAsync(s_hub, peer, device.Id, 400004);
        Assert.Contains("$iothub/methods/POST/#", line.Text);
    }

    [TestMethod]
    public async Task Subscribe_ToAnotherFilter_IsAnsweredWithFailureIfTheBehaviorSaysSo()
    {
        await using HubEmulator hub = await StartLenientAsync();
        HubDevice device = hub.Devices.Add("d");
        await using Peer peer = await Peer.ConnectAsync(hub, device);
        CollectionAssert.AreEqual(new[] { 0x80, 1 }, await peer.SubscribeAsync(1, "nonsense", "$iothub/twin/res/#"));
        Assert.IsTrue(device.IsConnected);
        Assert.AreEqual(HubLogEvent.Rejected, (await Expect.LineAsync(hub, "d", 400004)).Event);
    }

    [TestMethod]
    public async Task Subscribe_ToMoreThanFive_Closes()
    {
        await using HubEmulator hub = await StartLenientAsync();
        HubDevice device = hub.Devices.Add("d");
        await using Peer peer = await Peer.ConnectAsync(hub, device);
        await peer.SubscribeAsync(1, s_common);
        peer.SendSubscribe(1, "$iothub/twin/res/#", "a", "b", "c");
        HubLogEntry line = await Expect.ClosedAsync(hub, peer, "d", 400004);
        Assert.Contains("6 subscriptions", line.Text);
    }

    [TestMethod]
    public async Task Session_WithCleanSession0_KeepsSubscriptionsUntilACleanOne()
    {
        HubDevice device = NewDevice();
        await using (Peer first = await ConnectAsync(device, clean: false))
        {
            Assert.IsFalse(first.Answer.IsSessionPresent);
            await first.SubscribeAsync(1, s_common);
            await first.DisconnectAsync();
        }

        await using (Peer second = await ConnectAsync(device, clean: false))
        {
            Assert.IsTrue(second.Answer.IsSessionPresent);
            Assert.HasCount(3, (await s_hub.Connections.WaitForConnectedAsync(device.Id)).Subscriptions);
            await second.UnsubscribeAsync("$iothub/twin/res/#");
            await second.DisconnectAsync();
        }

        await using (Peer third = await ConnectAsync(device, clean: true))
        {
            Assert.IsFalse(third.Answer.IsSessionPresent);
            Assert.IsEmpty((await s_hub.Connections.WaitForConnectedAsync(device.Id)).Subscriptions);
            await third.DisconnectAsync();
        }

        await using Peer fourth = await ConnectAsync(device, clean: false);
        Assert.IsFalse(fourth.Answer.IsSessionPresent, "The clean session discarded the stored one.");
    }

    private static Task<Peer> ConnectAsync(HubDevice device, bool clean) =>
        Peer.ConnectAsync(s_hub, device, options => options.WithCleanSession(clean));

    private static Task<HubEmulator> StartLenientAsync() => HubEmulator.StartAsync(new HubEmulatorOptions
    {
        Behavior = new HubEmulatorBehavior { UnsupportedFilter = UnsupportedFilterAnswer.SubAckFailure },
    });
}
