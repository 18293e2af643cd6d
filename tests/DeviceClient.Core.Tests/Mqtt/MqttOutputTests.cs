using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>The output buffer: room, pieces, hand-over, sizes that cannot be sent, and options.</summary>
[TestClass]
public sealed class MqttOutputTests
{
    // Of the 256 bytes two are kept free for a ping.
    private const int Room = 254;

    [TestMethod]
    public void Publish_FillingTheBufferExactly_IsAccepted_TheNextWouldBlock()
    {
        MqttBench bench = MqttBench.Connected(o => o.OutputBufferBytes = 256);
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(OfPacketBytes(Room), bench.Now));
        Assert.AreEqual(Room, bench.Connection.OutputCount);
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Publish("t", qos: 0));
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Publish("t"));
        Assert.AreEqual(0, bench.Connection.InFlight, "A refused publish takes no slot.");
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Connection.TryAcknowledge(1));
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out _));
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Connection.TryUnsubscribe("t"u8.ToArray(), bench.Now, out _));
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Connection.TryDisconnect());
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
        bench.RunToDeadline();
        Assert.AreEqual(256, bench.Connection.OutputCount, "The ping has its own room.");
        Assert.HasCount(256, bench.TakeAll());
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t"));
    }

    [TestMethod]
    public void Publish_OneByteMoreThanIsLeft_WouldBlock()
    {
        MqttBench bench = MqttBench.Connected(o => o.OutputBufferBytes = 256);
        bench.Connection.TryPublish(OfPacketBytes(100), bench.Now);
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Connection.TryPublish(OfPacketBytes(Room - 99), bench.Now));
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(OfPacketBytes(Room - 100), bench.Now));
    }

    [TestMethod]
    public void TakeOutput_HandsOverTheBuffer_AndFillsAnotherMeanwhile()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Publish("a", qos: 0);
        byte[]? first = bench.Connection.TakeOutput(out int firstCount);
        bench.Publish("b", qos: 0);
        byte[]? second = bench.Connection.TakeOutput(out int secondCount);
        Assert.AreEqual("30 03 00 01 61", MqttBench.Hex(first![..firstCount]));
        Assert.AreEqual("30 03 00 01 62", MqttBench.Hex(second![..secondCount]));
        Assert.AreNotSame(first, second);
        Assert.IsNull(bench.Connection.TakeOutput(out int none));
        Assert.AreEqual(0, none);
        Assert.AreEqual(2, bench.Buffers.Lent);
    }

    [TestMethod]
    [DataRow(255)]
    [DataRow(256)]
    [DataRow(257)]
    [DataRow(1_000)]
    [DataRow(300_000)]
    public void Publish_LargerThanTheBuffer_PassesInPieces(int packetBytes)
    {
        foreach (int qos in new[] { 0, 1 })
        {
            MqttBench bench = MqttBench.Connected(o => o.OutputBufferBytes = 256);
            bench.Publish("first", qos: 0);
            MqttPublish large = OfPacketBytes(packetBytes, qos);
            large.Token = 77;
            Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(large, bench.Now));
            Assert.IsTrue(large.IsPartial);
            Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Publish("t", qos: 0));
            Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Connection.TryAcknowledge(1));
            Assert.AreEqual("", bench.ReadEvents());
            byte[] sent = bench.TakeAll();
            Assert.AreEqual("Sent 77", bench.ReadEvents());
            Assert.AreEqual(1, bench.Buffers.Lent + 1, "All buffers are back.");

            // The same packet through a buffer that holds it is the reference.
            MqttBench reference = MqttBench.Connected(o => o.OutputBufferBytes = 400_000);
            reference.Publish("first", qos: 0);
            reference.Connection.TryPublish(OfPacketBytes(packetBytes, qos), reference.Now);
            CollectionAssert.AreEqual(reference.TakeAll(), sent);
            Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t", qos: 0));
        }
    }

    [TestMethod]
    public void Publish_LargerThanTheBuffer_EveryPieceSizeOfTheTopic()
    {
        // Topic parts, id and payload meet the end of a piece at every place.
        for (int topic1 = 230; topic1 <= 260; topic1++)
        {
            MqttBench bench = MqttBench.Connected(o => o.OutputBufferBytes = 256);
            MqttBench reference = MqttBench.Connected(o => o.OutputBufferBytes = 4096);
            foreach (MqttBench each in new[] { bench, reference })
            {
                var message = new MqttPublish
                {
                    Topic1 = Filled(topic1, 'a'),
                    Topic1Count = topic1,
                    Topic2 = Filled(9, 'b'),
                    Topic2Count = 9,
                    Payload = Filled(600, 'c'),
                    PayloadCount = 600,
                    Qos = 1,
                };
                each.Connection.TryPublish(message, each.Now);
            }

            CollectionAssert.AreEqual(reference.TakeAll(), bench.TakeAll(), $"Topic of {topic1}");
        }
    }

    [TestMethod]
    public void Publish_SecondLargeOneBeforeTheEventIsRead_WouldBlock()
    {
        MqttBench bench = MqttBench.Connected(o => o.OutputBufferBytes = 256);
        bench.Connection.TryPublish(OfPacketBytes(500), bench.Now);
        bench.TakeAll();
        Assert.AreEqual(MqttSendStatus.WouldBlock, bench.Connection.TryPublish(OfPacketBytes(500), bench.Now));
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t", qos: 0));
        Assert.AreEqual("Sent 0", bench.ReadEvents());
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(OfPacketBytes(500), bench.Now));
    }

    [TestMethod]
    public void Publish_InPieces_ClosedBeforeItsEnd_IsForgottenAndCanBeResent()
    {
        MqttBench bench = MqttBench.Connected(o => o.OutputBufferBytes = 256);
        bench.Connection.TryPublish(OfPacketBytes(1_000, 1), bench.Now);
        bench.Buffers.Return(bench.Connection.TakeOutput(out _)!);
        bench.Connection.HandleClosed();
        Assert.IsFalse(bench.Connection.HasOutput);
        bench.Reconnect();
        Assert.AreEqual("", bench.ReadEvents(), "CONNECT, longer than the buffer or not, is no publish.");
        MqttPublish again = OfPacketBytes(1_000, 1);
        again.PacketId = bench.Connection.NextResend;
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(again, bench.Now));
        byte[] sent = bench.TakeAll();
        Assert.HasCount(1_000, sent);
        Assert.AreEqual(0x3A, sent[0]);
    }

    [TestMethod]
    public void Connect_LongerThanTheBuffer_PassesInPieces()
    {
        var bench = new MqttBench(o => o.OutputBufferBytes = 256);
        bench.Connection.Connect(new MqttConnectParameters("d") { UserName = new string('u', 700), Password = new byte[65_535] }, bench.Now);
        Assert.HasCount(4 + 10 + 3 + 702 + 65_537, bench.TakeAll());
        Assert.AreEqual("Connected", bench.Feed(MqttBench.AcceptedConnAck));
    }

    [TestMethod]
    public void Subscribe_LongerThanTheBuffer_PassesInPieces()
    {
        MqttBench bench = MqttBench.Connected(o => o.OutputBufferBytes = 256);
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TrySubscribe(new byte[65_535], 1, bench.Now, out _));
        Assert.HasCount(4 + 2 + 65_537 + 1, bench.TakeAll());
        Assert.AreEqual("", bench.ReadEvents());
        Assert.AreEqual(MqttSendStatus.TooLarge, bench.Connection.TrySubscribe(new byte[65_536], 1, bench.Now, out _));
        Assert.AreEqual(MqttSendStatus.TooLarge, bench.Connection.TryUnsubscribe(new byte[65_536], bench.Now, out _));
    }

    [TestMethod]
    [DataRow(65_535, 0, MqttSendStatus.Accepted)]
    [DataRow(65_536, 0, MqttSendStatus.TooLarge)]
    [DataRow(65_000, 535, MqttSendStatus.Accepted)]
    [DataRow(65_000, 536, MqttSendStatus.TooLarge)]
    [DataRow(1, 65_535, MqttSendStatus.TooLarge)]
    public void Publish_TopicLimit_IsCheckedBeforeSending(int first, int second, MqttSendStatus expected)
    {
        MqttBench bench = MqttBench.Connected();
        var message = new MqttPublish { Topic1 = new byte[first], Topic1Count = first, Topic2 = new byte[second], Topic2Count = second, Qos = 1 };
        Assert.AreEqual(expected, bench.Connection.TryPublish(message, bench.Now));
        Assert.AreEqual(expected == MqttSendStatus.Accepted ? 1 : 0, bench.Connection.InFlight);
    }

    [TestMethod]
    [DataRow(0, 0, MqttSendStatus.Accepted)]
    [DataRow(0, 1, MqttSendStatus.TooLarge)]
    [DataRow(1, -2, MqttSendStatus.Accepted)]
    [DataRow(1, -1, MqttSendStatus.TooLarge)]
    public void Publish_PacketLimit_IsCheckedBeforeSending(int qos, int more, MqttSendStatus expected)
    {
        MqttBench bench = MqttBench.Connected();
        byte[] payload = new byte[268_435_455 - 3 + more];
        var message = new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Payload = payload, PayloadCount = payload.Length, Qos = qos };
        Assert.AreEqual(expected, bench.Connection.TryPublish(message, bench.Now));
        if (expected == MqttSendStatus.Accepted)
        {
            Assert.AreEqual("FF FF FF 7F", MqttBench.Hex(bench.Connection.TakeOutput(out _)![1..5]));
        }
    }

    [TestMethod]
    public void Connect_FieldTooLong_IsTooLargeAndChangesNothing()
    {
        string text = new('x', 65_536);
        var bench = new MqttBench();
        MqttConnectParameters[] all =
        [
            new(text),
            new("d") { UserName = text },
            new("d") { UserName = "u", Password = new byte[65_536] },
            new("d") { WillTopic = new byte[65_536] },
            new("d") { WillTopic = [1], WillPayload = new byte[65_536] },
        ];
        foreach (MqttConnectParameters parameters in all)
        {
            Assert.AreEqual(MqttSendStatus.TooLarge, bench.Connection.Connect(parameters, bench.Now));
            Assert.AreEqual(MqttConnectionState.Closed, bench.Connection.State);
            Assert.IsFalse(bench.Connection.HasOutput);
        }
    }

    [TestMethod]
    public void Connect_BrokenRules_Throw()
    {
        var bench = new MqttBench();
        MqttConnectParameters[] all =
        [
            new(""),
            new("d") { Password = [1] },
            new("d") { WillTopic = [] },
            new("d") { WillTopic = [1], WillQos = 2 },
            new("d") { WillQos = -1 },
        ];
        foreach (MqttConnectParameters parameters in all)
        {
            Assert.ThrowsExactly<ArgumentException>(() => bench.Connection.Connect(parameters, bench.Now));
        }

        Assert.ThrowsExactly<ArgumentNullException>(() => bench.Connection.Connect(null!, bench.Now));
    }

    [TestMethod]
    public void Publish_BrokenArguments_Throw()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] four = new byte[4];
        MqttPublish[] all =
        [
            new() { Topic1 = four, Topic1Count = 5 },
            new() { Topic1 = four, Topic1Offset = 4, Topic1Count = 1 },
            new() { Topic1 = four, Topic1Offset = -1, Topic1Count = 1 },
            new() { Topic1 = four, Topic1Offset = int.MaxValue, Topic1Count = int.MaxValue },
            new() { Topic1 = four, Topic1Count = -1, Topic2 = four, Topic2Count = 4 },
            new() { Topic1 = four, Topic1Count = 4, Topic2 = four, Topic2Count = 5 },
            new() { Topic1 = four, Topic1Count = 4, Payload = four, PayloadOffset = 1, PayloadCount = 4 },
            new() { Topic1 = four, Topic1Count = 4, Payload = four, PayloadCount = -1 },
            new() { Topic1 = four },
            new() { Topic1 = four, Topic2 = four },
            new() { Topic1 = four, Topic1Count = 4, Qos = 2 },
            new() { Topic1 = four, Topic1Count = 4, Qos = -1 },
        ];
        foreach (MqttPublish message in all)
        {
            Assert.ThrowsExactly<ArgumentException>(() => bench.Connection.TryPublish(message, bench.Now));
        }

        Assert.IsFalse(bench.Connection.HasOutput);
        Assert.AreEqual(0, bench.Buffers.Lent);
    }

    [TestMethod]
    public void OtherArguments_Broken_Throw()
    {
        MqttBench bench = MqttBench.Connected();
        Assert.ThrowsExactly<ArgumentException>(() => bench.Connection.TrySubscribe([], 0, 0, out _));
        Assert.ThrowsExactly<ArgumentException>(() => bench.Connection.TryUnsubscribe([], 0, out _));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bench.Connection.TrySubscribe([1], 2, 0, out _));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bench.Connection.TrySubscribe([1], -1, 0, out _));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bench.Connection.TryAcknowledge(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bench.Connection.TryAcknowledge(65_536));
    }

    [TestMethod]
    public void OtherArguments_Null_Throw()
    {
        MqttBench bench = MqttBench.Connected();
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttConnection(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttConnection(new MqttConnectionOptions(null!)));
        Assert.ThrowsExactly<ArgumentNullException>(() => bench.Connection.HandleReceived(null!, 0, 0, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => bench.Connection.TryReadEvent(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => bench.Connection.ReadAcknowledged(null!));
        Assert.ThrowsExactly<ArgumentException>(() => bench.Connection.TrySubscribe(null!, 0, 0, out _));
    }

    [TestMethod]
    public void Options_OutsideTheirRange_ThrowWithNameValueAndRange()
    {
        Check(o => o.OutputBufferBytes = 255, "OutputBufferBytes is 255; it must be 256 to ");
        Check(o => o.MaxInboundPacketBytes = 127, "MaxInboundPacketBytes is 127; it must be 128 to 268435460.");
        Check(o => o.MaxInboundPacketBytes = 268_435_461, "MaxInboundPacketBytes is 268435461; it must be 128 to 268435460.");
        Check(o => o.MaxInFlight = 0, "MaxInFlight is 0; it must be 1 to 1024.");
        Check(o => o.MaxInFlight = 1025, "MaxInFlight is 1025; it must be 1 to 1024.");
        Check(o => o.KeepAliveSeconds = 0, "KeepAliveSeconds is 0; it must be 1 to 1177.");
        Check(o => o.KeepAliveSeconds = 1178, "KeepAliveSeconds is 1178; it must be 1 to 1177.");
        Check(o => o.ConnectTimeoutMilliseconds = 0, "ConnectTimeoutMilliseconds is 0; ");
        Check(o => o.AckTimeoutMilliseconds = 0, "AckTimeoutMilliseconds is 0; ");
        Check(o => o.PingTimeoutMilliseconds = 0, "PingTimeoutMilliseconds is 0; ");
    }

    private static void Check(Action<MqttConnectionOptions> configure, string message)
    {
        var e = Assert.ThrowsExactly<ArgumentException>(() => new MqttBench(configure));
        Assert.Contains(message, e.Message);
    }

    private static MqttPublish OfPacketBytes(int packetBytes, int qos = 0)
    {
        int header = packetBytes - 2 < 128 ? 2 : packetBytes - 3 < 16_384 ? 3 : 4;
        int payload = packetBytes - header - 3 - (qos * 2);
        return new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Payload = Filled(payload, 'x'), PayloadCount = payload, Qos = qos };
    }

    private static byte[] Filled(int count, char start)
    {
        var filled = new byte[count];
        for (int i = 0; i < count; i++)
        {
            filled[i] = (byte)(start + (i % 7));
        }

        return filled;
    }
}
