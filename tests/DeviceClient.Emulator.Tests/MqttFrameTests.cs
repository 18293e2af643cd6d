using System.Security.Authentication;

namespace DeviceClient.Emulator.Tests;

/// <summary>Bytes that are not MQTT 3.1.1 as a client speaks it: the connection ends, the log says why.</summary>
[TestClass]
public sealed class MqttFrameTests
{
    private static HubEmulator s_hub = null!;
    private static int s_nextId;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _) => s_hub = await HubEmulator.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_hub.DisposeAsync();

    private static HubDevice NewDevice() => s_hub.Devices.Add($"frame-{Interlocked.Increment(ref s_nextId)}");

    [TestMethod]
    [DataRow(SslProtocols.Tls12)]
    [DataRow(SslProtocols.Tls13)]
    public async Task Handshake_WithTls12AndTls13_Succeeds(SslProtocols protocol)
    {
        await using RawPeer peer = await RawPeer.OpenAsync(s_hub, protocol);
        await peer.SendAsync(RawPeer.Connect(NewDevice(), 4));
        CollectionAssert.AreEqual(new byte[] { 0x20, 2, 0, 0 }, await peer.ReadAsync(4));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(6)]
    public async Task Connect_WithAnotherProtocolLevel_GetsConnAck1(int level)
    {
        await using RawPeer peer = await RawPeer.OpenAsync(s_hub);
        await peer.SendAsync(RawPeer.Connect(NewDevice(), (byte)level));
        CollectionAssert.AreEqual(new byte[] { 0x20, 2, 0, 1 }, await peer.ReadAsync(4));
        await peer.ClosedAsync();
        await s_hub.Log.WaitForAsync(line => line.Code == 400001 && line.Text.Contains($"level {level};", StringComparison.Ordinal), Expect.Soon);
    }

    [TestMethod]
    public async Task P56_FirstPacket_OtherThanConnect_ClosesWithDiagnosis()
    {
        await using RawPeer peer = await RawPeer.OpenAsync(s_hub);
        await peer.SendAsync(0xC0, 0);
        await peer.ClosedAsync();
        await s_hub.Log.WaitForAsync(line => line.Code == 400006 && line.Text.Contains("instead of CONNECT", StringComparison.Ordinal), Expect.Soon);
    }

    [TestMethod]
    [DataRow("C100", DisplayName = "PINGREQ with flags")]
    [DataRow("80050001000130", DisplayName = "SUBSCRIBE with the wrong flags")]
    [DataRow("8202000100", DisplayName = "SUBSCRIBE without a filter")]
    [DataRow("8206000100013003", DisplayName = "SUBSCRIBE with QoS 3")]
    [DataRow("3600", DisplayName = "PUBLISH with QoS 3")]
    [DataRow("30FFFFFFFF7F", DisplayName = "length of five bytes")]
    [DataRow("3002FFFF", DisplayName = "topic longer than the packet")]
    [DataRow("20020000", DisplayName = "CONNACK from a client")]
    [DataRow("0000", DisplayName = "packet type 0")]
    [DataRow("F000", DisplayName = "packet type 15")]
    [DataRow("3205000130" + "0000", DisplayName = "PUBLISH with packet id 0")]
    public async Task P56_MalformedPacket_ClosesWithDiagnosis(string hex)
    {
        HubDevice device = NewDevice();
        await using RawPeer peer = await RawPeer.ConnectAsync(s_hub, device);
        await peer.SendAsync(Convert.FromHexString(hex));
        await peer.ClosedAsync();
        Assert.AreEqual(HubLogEvent.Closed, (await Expect.LineAsync(s_hub, device.Id, 400006)).Event);
    }

    [TestMethod]
    public async Task P56_SecondConnect_ClosesWithDiagnosis()
    {
        HubDevice device = NewDevice();
        await using RawPeer peer = await RawPeer.ConnectAsync(s_hub, device);
        await peer.SendAsync(RawPeer.Connect(device, 4));
        await peer.ClosedAsync();
        Assert.Contains("second CONNECT", (await Expect.LineAsync(s_hub, device.Id, 400006)).Text);
    }

    [TestMethod]
    public async Task P56_PacketThatAnnouncesMoreThanTheHubTakes_ClosesBeforeItArrives()
    {
        HubDevice device = NewDevice();
        await using RawPeer peer = await RawPeer.ConnectAsync(s_hub, device);
        await peer.SendAsync(0x30, 0xFF, 0xFF, 0xFF, 0x7F);
        await peer.ClosedAsync();
        await Expect.LineAsync(s_hub, device.Id, 413001);
    }

    [TestMethod]
    public async Task Packets_ArrivingByteByByte_AreUnderstood()
    {
        HubDevice device = NewDevice();
        await using RawPeer peer = await RawPeer.ConnectAsync(s_hub, device);
        byte[] topic = System.Text.Encoding.UTF8.GetBytes($"devices/{device.Id}/messages/events/");
        foreach (byte one in RawPeer.Packet(0x32, [0, (byte)topic.Length, .. topic, 1, 2, 9]))
        {
            await peer.SendAsync(one);
        }

        CollectionAssert.AreEqual(new byte[] { 0x40, 2, 1, 2 }, await peer.ReadAsync(4));
    }

    [TestMethod]
    public async Task P56_MutatedPackets_NeverBreakTheHub()
    {
        const int Seed = 56;
        Random random = new(Seed);
        HubDevice device = NewDevice();
        byte[] events = System.Text.Encoding.UTF8.GetBytes($"devices/{device.Id}/messages/events/a=b&%24.mid=1");
        byte[] twin = "$iothub/twin/PATCH/properties/reported/?$rid=1"u8.ToArray();
        byte[] filter = "$iothub/twin/res/#"u8.ToArray();
        byte[] packets =
        [
            .. RawPeer.Packet(0x82, [0, 1, 0, (byte)filter.Length, .. filter, 0]),
            .. RawPeer.Packet(0x32, [0, (byte)events.Length, .. events, 0, 1, 1]),
            .. RawPeer.Packet(0x30, [0, (byte)twin.Length, .. twin, .. "{\"a\":{\"b\":1}}"u8]),
            0xC0, 0,
        ];
        for (int run = 0; run < 60; run++)
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(s_hub, device);
            byte[] mutated = packets.ToArray();
            for (int i = 0; i < 3; i++)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            await peer.SendAsync(mutated);
        }

        await using Peer proper = await Peer.ConnectAsync(s_hub, device);
        await proper.PublishAsync($"devices/{device.Id}/messages/events/");
        Assert.DoesNotContain(line => line.Code == 500001, s_hub.Log.Entries, $"Seed {Seed}.");
    }
}
