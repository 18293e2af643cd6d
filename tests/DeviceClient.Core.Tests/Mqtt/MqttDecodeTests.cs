using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>What comes in: every packet of the server whole, in pieces, with bytes to spare and cut off; and every breach by its name.</summary>
[TestClass]
public sealed class MqttDecodeTests
{
    // A conversation with every packet type that a server sends, and the events it must give.
    private const string Conversation =
        "20 02 01 00"
        + " 30 07 00 03 61 2F 62 68 69"
        + " 3B 0A 00 04 74 C3 A9 2F 12 34 70 71"
        + " 40 02 00 01"
        + " 90 03 80 00 01"
        + " 90 03 80 01 80"
        + " B0 02 80 02"
        + " D0 00"
        + " 32 05 00 01 74 00 09"
        + " 40 02 00 02";

    private const string Story =
        "Connected session | Publish a/b=hi q0 id0 | Publish t\u00e9/=pq q1 id4660 dup retain | Acked 11 id1 | Subscribed id32768 granted1"
        + " | Subscribed id32769 granted128 | Unsubscribed id32770 | Publish t= q1 id9 | Acked 12 id2";

    [TestMethod]
    public void Decode_ConversationAtEveryPieceSize_GivesTheSameEvents()
    {
        byte[] bytes = MqttBench.Bytes(Conversation);
        for (int size = 1; size <= bytes.Length; size++)
        {
            MqttBench bench = Prepare();
            string first = bench.FeedInPieces(bytes[..4], size);
            SendRequests(bench);
            Assert.AreEqual(Story, first + " | " + bench.FeedInPieces(bytes[4..], size), $"Piece size {size}");
            bench.TakeAll();
            Assert.AreEqual(0, bench.Buffers.Lent, "A buffer was not given back.");
        }
    }

    [TestMethod]
    public void Decode_ConversationCutInTwoAnywhere_GivesTheSameEvents()
    {
        byte[] bytes = MqttBench.Bytes(Conversation)[4..];
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            MqttBench bench = Prepare();
            bench.Feed("20 02 01 00");
            SendRequests(bench);
            string first = bench.Feed(bytes[..cut]);
            string second = bench.Feed(bytes[cut..]);
            string all = first.Length == 0 ? second : second.Length == 0 ? first : first + " | " + second;
            Assert.AreEqual(Story["Connected session | ".Length..], all, $"Cut at {cut}");
        }
    }

    [TestMethod]
    public void Decode_SliceInsideLargerBuffer_BytesAroundAreNotRead()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] buffer = MqttBench.Bytes("FF FF 30 03 00 01 74 FF FF");
        bench.Connection.HandleReceived(buffer, 2, 5, bench.Now);
        Assert.AreEqual("Publish t= q0 id0", bench.ReadEvents());
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
    }

    [TestMethod]
    public void Decode_TruncatedPublish_WaitsAndIsForgottenOnClose()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] packet = [0x30, 0xC8, 0x01, 0, 1, (byte)'t', .. new byte[197]];
        for (int cut = 1; cut < packet.Length; cut++)
        {
            Assert.AreEqual("", bench.Feed(packet[..cut]));
            bench.Connection.HandleClosed();
            Assert.AreEqual(0, bench.Buffers.Lent);
            bench.Reconnect();
        }
    }

    [TestMethod]
    public void Decode_LargePacketInPieces_RentsItsExactSizeOnce()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] packet = [0x30, 0xD5, 0xAA, 0x0A, 0, 1, (byte)'t', .. Enumerable.Repeat((byte)'x', 169_298)];
        string told = bench.FeedInPieces(packet, 1460);
        Assert.AreEqual("Publish t=" + new string('x', 169_298) + " q0 id0", told);
        Assert.AreEqual(packet.Length, bench.Buffers.LargestRequest);
        Assert.AreEqual("", bench.Feed([]));
        Assert.AreEqual(0, bench.Buffers.Lent);
    }

    [TestMethod]
    public void Decode_SmallSplitPacket_RentsNothing()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Feed("40 02");
        Assert.AreEqual(0, bench.Buffers.Lent);
    }

    [TestMethod]
    [DataRow(MqttFailure.MalformedLength, "30 FF FF FF FF")]
    [DataRow(MqttFailure.MalformedLength, "40 80 80 80 80")]
    [DataRow(MqttFailure.ReservedPacketType, "00 00")]
    [DataRow(MqttFailure.ReservedPacketType, "F0 00")]
    [DataRow(MqttFailure.ClientPacketReceived, "10 00")]
    [DataRow(MqttFailure.ClientPacketReceived, "82 05 00 01 00 00 00")]
    [DataRow(MqttFailure.ClientPacketReceived, "A2 00")]
    [DataRow(MqttFailure.ClientPacketReceived, "C0 00")]
    [DataRow(MqttFailure.ClientPacketReceived, "E0 00")]
    [DataRow(MqttFailure.QosTwoReceived, "34 06 00 01 74 00 01 78")]
    [DataRow(MqttFailure.QosTwoReceived, "50 02 00 01")]
    [DataRow(MqttFailure.QosTwoReceived, "62 02 00 01")]
    [DataRow(MqttFailure.QosTwoReceived, "70 02 00 01")]
    [DataRow(MqttFailure.InvalidQos, "36 06 00 01 74 00 01 78")]
    [DataRow(MqttFailure.ReservedFlags, "41 02 00 01")]
    [DataRow(MqttFailure.ReservedFlags, "92 03 80 00 00")]
    [DataRow(MqttFailure.ReservedFlags, "B2 02 80 00")]
    [DataRow(MqttFailure.ReservedFlags, "D1 00")]
    [DataRow(MqttFailure.ReservedFlags, "28 02 00 00")]
    [DataRow(MqttFailure.UnexpectedPacket, "20 02 00 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "40 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "40 03 00 01 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "90 02 80 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "90 04 80 00 00 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "B0 01 80")]
    [DataRow(MqttFailure.InvalidPacketLength, "D0 01 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "30 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "30 01 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "32 03 00 00 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "30 03 00 02 74")]
    [DataRow(MqttFailure.InvalidPacketLength, "32 04 00 01 74 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "30 02 FF FF")]
    [DataRow(MqttFailure.InvalidTopic, "30 02 00 00")]
    [DataRow(MqttFailure.InvalidTopic, "32 04 00 00 00 01")]
    [DataRow(MqttFailure.InvalidPacketId, "32 05 00 01 74 00 00")]
    [DataRow(MqttFailure.InvalidPacketId, "40 02 00 00")]
    [DataRow(MqttFailure.InvalidPacketId, "90 03 00 00 00")]
    [DataRow(MqttFailure.InvalidPacketId, "B0 02 00 00")]
    [DataRow(MqttFailure.UnknownPacketId, "90 03 80 05 00")]
    [DataRow(MqttFailure.UnknownPacketId, "B0 02 80 05")]
    [DataRow(MqttFailure.InvalidReturnCode, "90 03 80 00 03")]
    [DataRow(MqttFailure.InvalidReturnCode, "90 03 80 00 81")]
    [DataRow(MqttFailure.InvalidUtf8, "30 03 00 01 00")]
    [DataRow(MqttFailure.InvalidUtf8, "30 03 00 01 80")]
    [DataRow(MqttFailure.InvalidUtf8, "30 04 00 02 C0 80")]
    [DataRow(MqttFailure.InvalidUtf8, "30 05 00 03 ED A0 80")]
    [DataRow(MqttFailure.InvalidUtf8, "30 06 00 04 F4 90 80 80")]
    [DataRow(MqttFailure.InvalidUtf8, "30 04 00 02 61 C3")]
    [DataRow(MqttFailure.PacketTooLarge, "30 FF FF FF 7F")]
    public void Decode_Breach_FailsWithItsName(MqttFailure expected, string hex)
    {
        byte[] bytes = MqttBench.Bytes(hex);
        foreach (int size in new[] { bytes.Length, 1 })
        {
            MqttBench bench = MqttBench.Connected();
            bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out _);
            Assert.AreEqual("Failed " + expected, bench.FeedInPieces(bytes, size));
            Assert.AreEqual(MqttConnectionState.Failed, bench.Connection.State);
            Assert.AreEqual(expected, bench.Connection.Failure);
            Assert.AreEqual(0, bench.Buffers.Lent, "A failed connection keeps no buffer.");
            Assert.IsFalse(bench.Connection.HasOutput);
            Assert.AreEqual(long.MaxValue, bench.Connection.NextDeadline);
            Assert.AreEqual("", bench.Feed("40 02 00 00"), "Nothing is read after a failure.");
        }
    }

    [TestMethod]
    public void Decode_EventsBeforeBreach_AreStillRead()
    {
        MqttBench bench = MqttBench.Connected();
        Assert.AreEqual("Publish t= q0 id0 | Failed ReservedPacketType", bench.Feed("30 03 00 01 74 F0 00 30 03 00 01 74"));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public void ConnAck_Refusal_FailsWithItsCode(int code)
    {
        var bench = new MqttBench();
        bench.Connection.Connect(new MqttConnectParameters("d"), bench.Now);
        Assert.AreEqual($"Failed Refused {code}", bench.Feed([0x20, 2, 0, (byte)code]));
        Assert.AreEqual(0, bench.Buffers.Lent);
    }

    [TestMethod]
    [DataRow(MqttFailure.InvalidReturnCode, "20 02 00 06")]
    [DataRow(MqttFailure.InvalidReturnCode, "20 02 01 05")]
    [DataRow(MqttFailure.ReservedFlags, "20 02 02 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "20 03 00 00 00")]
    [DataRow(MqttFailure.InvalidPacketLength, "20 00")]
    public void ConnAck_Malformed_FailsWithItsName(MqttFailure expected, string hex)
    {
        var bench = new MqttBench();
        bench.Connection.Connect(new MqttConnectParameters("d"), bench.Now);
        Assert.AreEqual("Failed " + expected, bench.Feed(hex));
    }

    [TestMethod]
    public void Decode_PacketAtTheLimit_IsAccepted_OneAbove_IsNot()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInboundPacketBytes = 128);
        byte[] packet = [0x30, 126, 0, 1, (byte)'t', .. new byte[123]];
        Assert.StartsWith("Publish t=", bench.Feed(packet));
        packet[1] = 127;
        Assert.AreEqual("Failed PacketTooLarge", bench.Feed(packet));
    }

    [TestMethod]
    public void Decode_WildcardInTopic_IsLetPass()
    {
        MqttBench bench = MqttBench.Connected();
        Assert.AreEqual("Publish +#= q0 id0", bench.Feed("30 04 00 02 2B 23"));
    }

    [TestMethod]
    public void HandleReceived_EventsUnread_Throws()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] bytes = MqttBench.Bytes("30 03 00 01 74 30 03 00 01 74");
        bench.Connection.HandleReceived(bytes, 0, bytes.Length, bench.Now);
        Assert.IsTrue(bench.Connection.TryReadEvent(bench.Event));
        Assert.ThrowsExactly<InvalidOperationException>(() => bench.Connection.HandleReceived(bytes, 0, 1, bench.Now));
    }

    [TestMethod]
    [DataRow(-1, 1)]
    [DataRow(0, -1)]
    [DataRow(0, 5)]
    [DataRow(4, 1)]
    [DataRow(int.MaxValue, int.MaxValue)]
    public void HandleReceived_SliceOutside_Throws(int offset, int count)
    {
        MqttBench bench = MqttBench.Connected();
        Assert.ThrowsExactly<ArgumentException>(() => bench.Connection.HandleReceived(new byte[4], offset, count, bench.Now));
    }

    [TestMethod]
    public void HandleReceived_WhenClosed_IsIgnored()
    {
        var bench = new MqttBench();
        Assert.AreEqual("", bench.Feed("F0 00"));
        Assert.AreEqual(MqttConnectionState.Closed, bench.Connection.State);
    }

    private static MqttBench Prepare()
    {
        var bench = new MqttBench();
        bench.Connection.Connect(new MqttConnectParameters("d"), bench.Now);
        return bench;
    }

    private static void SendRequests(MqttBench bench)
    {
        bench.Publish("t", token: 11);
        bench.Publish("t", token: 12);
        bench.Connection.TrySubscribe("a"u8.ToArray(), 1, bench.Now, out _);
        bench.Connection.TrySubscribe("b"u8.ToArray(), 1, bench.Now, out _);
        bench.Connection.TryUnsubscribe("a"u8.ToArray(), bench.Now, out _);
    }
}
