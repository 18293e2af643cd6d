using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>The in-flight window: full, reused, resent, given up.</summary>
[TestClass]
public sealed class MqttWindowTests
{
    [TestMethod]
    public void Publish_WindowFull_IsRefusedUntilAnAck()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 3);
        for (int i = 1; i <= 3; i++)
        {
            Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t", token: i));
        }

        byte[] before = bench.TakeAll();
        Assert.AreEqual(MqttSendStatus.WindowFull, bench.Publish("t"));
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t", qos: 0), "QoS 0 needs no slot.");
        Assert.AreEqual("30 03 00 01 74", bench.TakeHex());
        Assert.HasCount(21, before);
        Assert.AreEqual(3, bench.Connection.InFlight);

        Assert.AreEqual("Acked 2 id2", bench.Feed("40 02 00 02"));
        MqttPublish next = MqttBench.Message("t", token: 4);
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(next, bench.Now));
        Assert.AreEqual(2, next.PacketId);
    }

    [TestMethod]
    public void Publish_IdsAreReused_InTheOrderTheyBecameFree()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 4);
        var used = new List<int>();
        for (int i = 0; i < 4; i++)
        {
            used.Add(Send(bench, i));
        }

        bench.Feed("40 02 00 03 40 02 00 01 40 02 00 04");
        used.AddRange([Send(bench, 5), Send(bench, 6), Send(bench, 7)]);
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4, 3, 1, 4 }, used);
    }

    [TestMethod]
    public void Publish_ManyRounds_NoTwoInFlightShareAnId()
    {
        const int Seed = 20261123;
        var random = new Random(Seed);
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 7);
        var inFlight = new Dictionary<int, long>();
        for (long i = 0; i < 20_000; i++)
        {
            if (inFlight.Count < 7 && random.Next(2) == 0)
            {
                MqttPublish message = MqttBench.Message("t", token: i);
                Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(message, bench.Now), $"Seed {Seed}, step {i}");
                Assert.IsTrue(inFlight.TryAdd(message.PacketId, i), $"Seed {Seed}, step {i}: id {message.PacketId} is in flight twice.");
                bench.TakeAll();
            }
            else if (inFlight.Count > 0)
            {
                int id = inFlight.Keys.ElementAt(random.Next(inFlight.Count));
                Assert.AreEqual($"Acked {inFlight[id]} id{id}", bench.Feed([0x40, 2, 0, (byte)id]), $"Seed {Seed}, step {i}");
                inFlight.Remove(id);
            }

            Assert.AreEqual(inFlight.Count, bench.Connection.InFlight);
        }
    }

    [TestMethod]
    public void P79_NextResend_AfterReconnect_GivesTheOrderOfSending()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 4);
        for (int i = 1; i <= 4; i++)
        {
            Send(bench, i * 10);
        }

        // Frees and reuses id 1, so that the order of sending is no longer that of the ids.
        bench.Feed("40 02 00 01");
        Send(bench, 50);
        Assert.AreEqual(0, bench.Connection.NextResend, "All were sent on this connection.");

        for (int round = 0; round < 3; round++)
        {
            bench.Connection.HandleClosed();
            Assert.AreEqual(0, bench.Connection.NextResend, "Nothing can be sent while closed.");
            bench.Reconnect();
            var tokens = new List<long>();
            while (bench.Connection.NextResend is var id and not 0)
            {
                Assert.IsTrue(bench.Connection.TryGetInFlightToken(id, out long token));
                tokens.Add(token);
                Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t", token: token, packetId: id));
            }

            CollectionAssert.AreEqual(new long[] { 20, 30, 40, 50 }, tokens);
        }
    }

    [TestMethod]
    public void Resend_WhileWindowIsFull_NeedsNoFreeSlot()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 1);
        Send(bench, 1);
        bench.Connection.HandleClosed();
        bench.Reconnect();
        Assert.AreEqual(MqttSendStatus.WindowFull, bench.Publish("t"));
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t", token: 2, packetId: 1));
        Assert.AreEqual("Acked 2 id1", bench.Feed("40 02 00 01"));
    }

    [TestMethod]
    public void Resend_OfAnIdNotToBeResent_Throws()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 2);
        Send(bench, 1);
        foreach (int id in new[] { 1, 2, 3, -1, 70_000 })
        {
            Assert.ThrowsExactly<ArgumentException>(() => bench.Publish("t", packetId: id), $"Id {id}");
        }

        bench.Connection.HandleClosed();
        bench.Reconnect();
        Assert.ThrowsExactly<ArgumentException>(() => bench.Publish("t", qos: 0, packetId: 1), "QoS 0 has no id.");
    }

    [TestMethod]
    public void PubAck_ForAnIdNotInFlight_IsIgnored()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 2);
        Send(bench, 1);
        Assert.AreEqual("Acked 1 id1", bench.Feed("40 02 00 01 40 02 00 01 40 02 00 02 40 02 00 03 40 02 FF FF"));
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
        Assert.AreEqual(0, bench.Connection.InFlight);
    }

    [TestMethod]
    public void PubAck_ForAPublishNotYetResent_IsIgnored()
    {
        MqttBench bench = MqttBench.Connected();
        Send(bench, 9);
        bench.Connection.HandleClosed();
        bench.Reconnect();
        Assert.AreEqual("", bench.Feed("40 02 00 01"));
        Assert.AreEqual(1, bench.Connection.NextResend);
    }

    [TestMethod]
    public void Forget_SentPublish_KeepsItsIdUntilThePubAck()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 1);
        Send(bench, 1);
        bench.Connection.ForgetInFlight(1);
        Assert.IsFalse(bench.Connection.TryGetInFlightToken(1, out _));
        Assert.AreEqual(MqttSendStatus.WindowFull, bench.Publish("t"), "A late PUBACK must not meet another message.");
        Assert.AreEqual("", bench.Feed("40 02 00 01"), "Nobody waits for it any more.");
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t"));
    }

    [TestMethod]
    public void Forget_SentPublish_IsFreeAfterTheTransportEnded()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 2);
        Send(bench, 1);
        Send(bench, 2);
        bench.Connection.ForgetInFlight(1);
        bench.Connection.HandleClosed();
        Assert.AreEqual(1, bench.Connection.InFlight);
        bench.Reconnect();
        Assert.AreEqual(2, bench.Connection.NextResend);
    }

    [TestMethod]
    public void Forget_UnsentPublish_IsFreeAtOnce()
    {
        MqttBench bench = MqttBench.Connected();
        Send(bench, 1);
        bench.Connection.HandleClosed();
        bench.Connection.ForgetInFlight(1);
        Assert.AreEqual(0, bench.Connection.InFlight);
    }

    [TestMethod]
    public void Forget_UnknownIds_AreIgnored()
    {
        MqttBench bench = MqttBench.Connected();
        foreach (int id in new[] { int.MinValue, -1, 0, 1, 64, 65, int.MaxValue })
        {
            bench.Connection.ForgetInFlight(id);
            Assert.IsFalse(bench.Connection.TryGetInFlightToken(id, out long token));
            Assert.AreEqual(0, token);
        }
    }

    [TestMethod]
    public void Reset_WhenClosed_EmptiesTheWindow()
    {
        MqttBench bench = MqttBench.Connected(o => o.MaxInFlight = 5);
        for (int i = 0; i < 5; i++)
        {
            Send(bench, i);
        }

        bench.Connection.HandleClosed();
        bench.Connection.Reset();
        Assert.AreEqual(0, bench.Connection.InFlight);
        bench.Reconnect();
        Assert.AreEqual(0, bench.Connection.NextResend);
        for (int i = 0; i < 5; i++)
        {
            Send(bench, i);
        }

        Assert.AreEqual(MqttSendStatus.WindowFull, bench.Publish("t"));
    }

    [TestMethod]
    public void ReadAcknowledged_RunOfPubAcks_TakesThemInOneCall()
    {
        MqttBench bench = MqttBench.Connected();
        for (int i = 1; i <= 5; i++)
        {
            Send(bench, i * 100);
        }

        // A stray one in the middle, and a publish behind the run.
        byte[] input = MqttBench.Bytes("40 02 00 02 40 02 00 01 40 02 00 33 40 02 00 03 30 03 00 01 74 40 02 00 04 40 02");
        bench.Connection.HandleReceived(input, 0, input.Length, bench.Now);
        var tokens = new long[8];
        Assert.AreEqual(3, bench.Connection.ReadAcknowledged(tokens));
        CollectionAssert.AreEqual(new long[] { 200, 100, 300 }, tokens[..3]);
        Assert.AreEqual(0, bench.Connection.ReadAcknowledged(tokens), "A publish is next.");
        Assert.IsTrue(bench.Connection.TryReadEvent(bench.Event));
        Assert.AreEqual(1, bench.Connection.ReadAcknowledged(tokens));
        Assert.AreEqual(0, bench.Connection.ReadAcknowledged(tokens), "Half a packet is left.");
        Assert.AreEqual("", bench.ReadEvents());
        Assert.AreEqual("Acked 500 id5", bench.Feed("00 05"));
    }

    [TestMethod]
    public void ReadAcknowledged_MoreThanFit_LeavesTheRest()
    {
        MqttBench bench = MqttBench.Connected();
        Send(bench, 1);
        Send(bench, 2);
        byte[] input = MqttBench.Bytes("40 02 00 01 40 02 00 02");
        bench.Connection.HandleReceived(input, 0, input.Length, bench.Now);
        var one = new long[1];
        Assert.AreEqual(1, bench.Connection.ReadAcknowledged(one));
        Assert.AreEqual(1, one[0]);
        Assert.AreEqual("Acked 2 id2", bench.ReadEvents());
    }

    [TestMethod]
    public void ReadAcknowledged_PacketIdZero_IsLeftToFail()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] input = MqttBench.Bytes("40 02 00 00");
        bench.Connection.HandleReceived(input, 0, input.Length, bench.Now);
        Assert.AreEqual(0, bench.Connection.ReadAcknowledged(new long[4]));
        Assert.AreEqual("Failed InvalidPacketId", bench.ReadEvents());
    }

    [TestMethod]
    public void Subscribe_SixteenPending_IsWindowFullUntilAnAnswer()
    {
        MqttBench bench = MqttBench.Connected();
        for (int i = 0; i < 16; i++)
        {
            Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out _));
        }

        Assert.AreEqual(MqttSendStatus.WindowFull, bench.Connection.TryUnsubscribe("t"u8.ToArray(), bench.Now, out _));
        Assert.AreEqual("Subscribed id32775 granted0", bench.Feed("90 03 80 07 00"));
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryUnsubscribe("t"u8.ToArray(), bench.Now, out int id));
        Assert.AreEqual(0x8010, id);
        Assert.AreEqual("Failed UnknownPacketId", bench.Feed("90 03 80 10 00"), "The answer is of the wrong kind.");
    }

    [TestMethod]
    public void Subscribe_IdsWrap_InsideTheUpperHalf()
    {
        MqttBench bench = MqttBench.Connected();
        for (int i = 0x8000; i <= 0xFFFF; i++)
        {
            bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out int id);
            Assert.AreEqual(i, id);
            bench.TakeAll();
            bench.Feed([0x90, 3, (byte)(id >> 8), (byte)id, 0]);
        }

        bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out int again);
        Assert.AreEqual(0x8000, again);
    }

    [TestMethod]
    public void Subscribe_Pending_IsForgottenOnClose()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out _);
        bench.Connection.HandleClosed();
        bench.Reconnect();
        Assert.AreEqual("Failed UnknownPacketId", bench.Feed("90 03 80 00 00"));
    }

    private static int Send(MqttBench bench, long token)
    {
        MqttPublish message = MqttBench.Message("t", token: token);
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(message, bench.Now));
        bench.TakeAll();
        return message.PacketId;
    }
}
