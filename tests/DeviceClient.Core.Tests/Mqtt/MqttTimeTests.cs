using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>Keep-alive and overdue answers on a virtual clock.</summary>
[TestClass]
public sealed class MqttTimeTests
{
    private const int KeepAlive = 240_000;

    [TestMethod]
    public void KeepAlive_Idle_OnePingPerInterval()
    {
        MqttBench bench = MqttBench.Connected();
        long start = bench.Now;
        for (int i = 1; i <= 1000; i++)
        {
            bench.RunToDeadline();
            Assert.AreEqual(start + ((long)i * KeepAlive), bench.Now);
            Assert.AreEqual("C0 00", bench.TakeHex());
            bench.Now += 30;
            Assert.AreEqual("", bench.Feed("D0 00"));
            bench.Connection.HandleTimeout(bench.Now);
            Assert.IsFalse(bench.Connection.HasOutput, "An early call sends nothing.");
        }
    }

    [TestMethod]
    public void KeepAlive_TrafficBothWays_SendsNoPing()
    {
        MqttBench bench = MqttBench.Connected();
        long end = bench.Now + (10L * KeepAlive);
        while (bench.Now < end)
        {
            bench.Now += KeepAlive / 2;
            bench.Connection.HandleTimeout(bench.Now);
            bench.Publish("t");
            Assert.AreEqual(7, bench.TakeAll().Length);
            bench.Feed([0x40, 2, 0, (byte)(1 + (((bench.Now - 1_000_000) / (KeepAlive / 2)) - 1) % 64)]);
        }

        Assert.AreEqual(0, bench.Connection.InFlight);
    }

    [TestMethod]
    public void P93_KeepAlive_OnlyQosZeroGoesOut_PingsBecauseTheServerIsSilent()
    {
        MqttBench bench = MqttBench.Connected();
        long start = bench.Now;
        int pings = 0;
        while (bench.Now < start + (3L * KeepAlive) + 10_000)
        {
            bench.Now += 10_000;
            bench.Connection.HandleTimeout(bench.Now);
            if (bench.TakeHex() == "C0 00")
            {
                pings++;
                bench.Feed("D0 00");
            }

            bench.Publish("t", qos: 0);
            bench.TakeAll();
        }

        Assert.AreEqual(3, pings);
    }

    [TestMethod]
    public void KeepAlive_OnlyInboundTraffic_StillPings()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Now += KeepAlive - 1;
        bench.Feed("30 03 00 01 74");
        bench.Connection.HandleTimeout(bench.Now);
        Assert.IsFalse(bench.Connection.HasOutput);
        bench.Now++;
        bench.Connection.HandleTimeout(bench.Now);
        Assert.AreEqual("C0 00", bench.TakeHex(), "The server counts what the client sends.");
    }

    [TestMethod]
    public void NextDeadline_WhilePacketsFlow_StandsStill()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Publish("t", qos: 0);
        long deadline = bench.Connection.NextDeadline;
        for (int i = 0; i < 100; i++)
        {
            bench.Now++;
            bench.Publish("t", qos: 0);
            bench.Feed("30 03 00 01 74");
            bench.TakeAll();
            Assert.AreEqual(deadline, bench.Connection.NextDeadline);
        }
    }

    [TestMethod]
    public void P93_PingTimeout_NoAnswer_FailsOnTime()
    {
        MqttBench bench = MqttBench.Connected();
        bench.RunToDeadline();
        long pinged = bench.Now;
        bench.TakeAll();
        bench.Now = pinged + 14_999;
        bench.Connection.HandleTimeout(bench.Now);
        Assert.AreEqual("", bench.ReadEvents());
        bench.RunToDeadline();
        Assert.AreEqual(pinged + 15_000, bench.Now);
        Assert.AreEqual("Failed PingTimeout", bench.ReadEvents());
        Assert.AreEqual("", bench.ReadEvents(), "Reported once.");
    }

    [TestMethod]
    public void PingTimeout_OtherBytesCameMeanwhile_IsAnswerEnough()
    {
        MqttBench bench = MqttBench.Connected();
        bench.RunToDeadline();
        long pinged = bench.Now;
        bench.TakeAll();
        bench.Now += 10_000;
        bench.Feed("30 7F 00 01 74");
        bench.RunToDeadline();
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
        bench.RunToDeadline();
        Assert.AreEqual(pinged + KeepAlive, bench.Now);
        Assert.AreEqual("C0 00", bench.TakeHex());
    }

    [TestMethod]
    public void PingResp_NotAskedFor_ChangesNothing()
    {
        MqttBench bench = MqttBench.Connected();
        long deadline = bench.Connection.NextDeadline;
        Assert.AreEqual("", bench.Feed("D0 00 D0 00"));
        Assert.AreEqual(deadline, bench.Connection.NextDeadline);
    }

    [TestMethod]
    public void P21_ConnectTimeout_NoConnAck_FailsWithoutWaitingForTheKeepAlive()
    {
        var bench = new MqttBench();
        bench.Connection.Connect(new MqttConnectParameters("d"), bench.Now);
        Assert.AreEqual(bench.Now + 30_000, bench.Connection.NextDeadline);
        bench.RunToDeadline();
        Assert.AreEqual("Failed ConnectTimeout", bench.ReadEvents());
        Assert.AreEqual(0, bench.Buffers.Lent);
    }

    [TestMethod]
    public void AckTimeout_OldestUnansweredPublish_FailsOnTime()
    {
        MqttBench bench = MqttBench.Connected();
        long start = bench.Now;
        bench.Publish("t");
        bench.Now = start + 20_000;
        bench.Publish("t");
        bench.Now = start + 30_000;
        bench.Feed("40 02 00 01");
        bench.RunToDeadline();
        Assert.AreEqual(start + 60_000, bench.Now, "The due time of the first, which only moves on.");
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
        bench.RunToDeadline();
        Assert.AreEqual(start + 80_000, bench.Now);
        Assert.AreEqual("Failed AckTimeout", bench.ReadEvents());
        Assert.AreEqual(1, bench.Connection.InFlight, "The message is kept for the next connection.");
    }

    [TestMethod]
    public void AckTimeout_AllAnswered_DeadlineGoesAway()
    {
        MqttBench bench = MqttBench.Connected();
        long start = bench.Now;
        bench.Publish("t");
        bench.Feed("40 02 00 01");
        bench.RunToDeadline();
        Assert.AreEqual(start + 60_000, bench.Now);
        Assert.AreEqual(start + KeepAlive, bench.Connection.NextDeadline);
    }

    [TestMethod]
    public void AckTimeout_UnsentAfterReconnect_DoesNotCount()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Publish("t");
        bench.Connection.HandleClosed();
        bench.Reconnect();
        bench.Now += 100_000;
        bench.Connection.HandleTimeout(bench.Now);
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
        bench.Publish("t", packetId: 1);
        Assert.AreEqual(bench.Now + 60_000, bench.Connection.NextDeadline);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AckTimeout_Request_FailsOnTime(bool subscribes)
    {
        MqttBench bench = MqttBench.Connected();
        long start = bench.Now;
        bench.Connection.TrySubscribe("a"u8.ToArray(), 0, bench.Now, out _);
        bench.Now += 1_000;
        if (subscribes)
        {
            bench.Connection.TrySubscribe("b"u8.ToArray(), 0, bench.Now, out _);
        }
        else
        {
            bench.Connection.TryUnsubscribe("b"u8.ToArray(), bench.Now, out _);
        }

        bench.Feed("90 03 80 00 00");
        bench.RunToDeadline();
        bench.RunToDeadline();
        Assert.AreEqual(start + 61_000, bench.Now);
        Assert.AreEqual("Failed AckTimeout", bench.ReadEvents());
    }

    [TestMethod]
    public void AckTimeout_Request_Answered_DeadlineGoesAway()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Connection.TrySubscribe("a"u8.ToArray(), 0, bench.Now, out _);
        bench.Feed("90 03 80 00 00");
        bench.RunToDeadline();
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
        Assert.AreEqual(1_000_000 + KeepAlive, bench.Connection.NextDeadline);
    }

    [TestMethod]
    public void AckTimeout_LargePublishOnSlowLink_CountsFromItsLastPiece()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] payload = new byte[100_000];
        var message = new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Payload = payload, PayloadCount = payload.Length, Qos = 1, Token = 3 };
        bench.Connection.TryPublish(message, bench.Now);
        Assert.IsTrue(message.IsPartial);

        // One piece every 40 seconds: the packet alone takes longer than any answer may.
        while (bench.Connection.TakeOutput(out _) is { } piece)
        {
            bench.Buffers.Return(piece);
            bench.Now += 40_000;
            bench.Connection.HandleTimeout(bench.Now);
            Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
            if (bench.Connection.HasOutput)
            {
                Assert.AreEqual(0, bench.Buffers.Lent, "No ping is put between the pieces.");
            }

            bench.Feed(bench.Connection.HasOutput ? [] : MqttBench.Bytes("40 02 00 01"));
        }

        Assert.AreEqual(0, bench.Connection.InFlight);
    }

    [TestMethod]
    public void AckTimeout_LargePublishStuck_Fails()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] payload = new byte[100_000];
        bench.Connection.TryPublish(new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Payload = payload, PayloadCount = payload.Length, Qos = 1 }, bench.Now);
        bench.RunToDeadline();
        Assert.AreEqual("Failed AckTimeout", bench.ReadEvents());
        Assert.AreEqual(0, bench.Buffers.Lent);
    }

    [TestMethod]
    public void KeepAlive_LargeQosZeroPublishStuck_FailsByPingTimeout()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] payload = new byte[100_000];
        bench.Connection.TryPublish(new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Payload = payload, PayloadCount = payload.Length }, bench.Now);
        bench.RunToDeadline();
        bench.RunToDeadline();
        Assert.AreEqual("Failed PingTimeout", bench.ReadEvents());
    }

    [TestMethod]
    public void Ping_DueInsideLargePublish_FollowsIt()
    {
        MqttBench bench = MqttBench.Connected();
        byte[] payload = new byte[2_000];
        bench.Connection.TryPublish(new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Payload = payload, PayloadCount = payload.Length }, bench.Now);
        bench.RunToDeadline();
        byte[] sent = bench.TakeAll();
        Assert.HasCount(3 + 3 + 2_000 + 2, sent);
        Assert.AreEqual("C0 00", MqttBench.Hex(sent[^2..]));
    }

    [TestMethod]
    [DataRow(long.MinValue)]
    [DataRow(-1L)]
    [DataRow(0L)]
    [DataRow((1L << 32) - 100_000)]
    [DataRow(long.MaxValue - 1_000_000)]
    public void Clock_AnywhereInItsRange_PingsOnTime(long start)
    {
        var bench = new MqttBench { Now = start };
        bench.Reconnect();
        bench.RunToDeadline();
        Assert.AreEqual(start + KeepAlive, bench.Now);
        Assert.AreEqual("C0 00", bench.TakeHex());
        bench.Feed("D0 00");
        bench.RunToDeadline();
        Assert.AreEqual(start + (2L * KeepAlive), bench.Now);
        Assert.AreEqual("C0 00", bench.TakeHex());
    }

    [TestMethod]
    public void Clock_AtItsVeryEnd_DeadlinesSaturateBelowNever()
    {
        var bench = new MqttBench { Now = long.MaxValue - 10 };
        bench.Reconnect();
        Assert.AreEqual(long.MaxValue - 1, bench.Connection.NextDeadline);
        bench.RunToDeadline();
        Assert.AreEqual(MqttConnectionState.Connected, bench.Connection.State);
    }

    [TestMethod]
    public void HandleTimeout_WhenClosed_DoesNothing()
    {
        var bench = new MqttBench();
        bench.Connection.HandleTimeout(long.MaxValue);
        Assert.AreEqual(MqttConnectionState.Closed, bench.Connection.State);
        Assert.AreEqual(long.MaxValue, bench.Connection.NextDeadline);
    }
}
