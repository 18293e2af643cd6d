using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>Walks every state with every input of the table, and every state with every packet type on the wire.</summary>
[TestClass]
public sealed class MqttTransitionTests
{
    // One well-formed packet for each of the sixteen types. The ids match what Reach() has under way.
    private static readonly string[] s_packets =
    [
        "00 00", "10 00", "20 02 00 00", "30 03 00 01 74", "40 02 00 01", "50 02 00 01", "62 02 00 01", "70 02 00 01",
        "82 00", "90 03 80 00 00", "A2 00", "B0 02 80 01", "C0 00", "D0 00", "E0 00", "F0 00",
    ];

    [TestMethod]
    public void Table_EveryStateAndInput_MovesAsDocumented()
    {
        // Rows are states, columns inputs in the order of MqttInput; a dot is an illegal input.
        string[] expected =
        [
            "A...............C", // Closed
            "......DF.....F.FC", // AwaitingConnAck
            ".DDDDX..DDDDDFDFC", // Connected
            "........XXXXXF..C", // Disconnecting
            "................C", // Failed
        ];
        const string Letters = "CADXF";
        for (int state = 0; state < MqttTransitions.StateCount; state++)
        {
            string row = "";
            for (int input = 0; input < MqttTransitions.InputCount; input++)
            {
                bool legal = MqttTransitions.TryMove((MqttConnectionState)state, (MqttInput)input, out MqttConnectionState to);
                Assert.AreEqual(legal, MqttTransitions.Allows((MqttConnectionState)state, (MqttInput)input));
                Assert.IsTrue(legal || to == (MqttConnectionState)state, "An illegal input moves nothing.");
                row += legal ? Letters[(int)to] : '.';
            }

            Assert.AreEqual(expected[state], row, ((MqttConnectionState)state).ToString());
        }
    }

    [TestMethod]
    public void Table_Sizes_MatchTheEnums()
    {
        Assert.HasCount(MqttTransitions.StateCount, Enum.GetValues<MqttConnectionState>());
        Assert.HasCount(MqttTransitions.InputCount, Enum.GetValues<MqttInput>());
    }

    [TestMethod]
    public void Wire_EveryStateAndPacketType_DoesWhatTheTableSays()
    {
        foreach (MqttConnectionState state in Enum.GetValues<MqttConnectionState>())
        {
            for (int type = 0; type < s_packets.Length; type++)
            {
                MqttBench bench = Reach(state);
                string events = bench.Feed(s_packets[type]);
                Assert.AreEqual(Expected(state, (MqttPacketType)type), events, $"{state} x {(MqttPacketType)type}");
            }
        }
    }

    [TestMethod]
    public void Wishes_InEveryStateButConnected_AreNotConnected()
    {
        foreach (MqttConnectionState state in Enum.GetValues<MqttConnectionState>())
        {
            if (state == MqttConnectionState.Connected)
            {
                continue;
            }

            MqttBench bench = Reach(state);
            bench.TakeAll();
            Assert.AreEqual(MqttSendStatus.NotConnected, bench.Publish("t"), state.ToString());
            Assert.AreEqual(MqttSendStatus.NotConnected, bench.Connection.TryAcknowledge(1));
            Assert.AreEqual(MqttSendStatus.NotConnected, bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out int id));
            Assert.AreEqual(0, id);
            Assert.AreEqual(MqttSendStatus.NotConnected, bench.Connection.TryUnsubscribe("t"u8.ToArray(), bench.Now, out _));
            Assert.AreEqual(MqttSendStatus.NotConnected, bench.Connection.TryDisconnect());
            Assert.IsFalse(bench.Connection.HasOutput);
            Assert.AreEqual(0, bench.Connection.NextResend);
        }
    }

    [TestMethod]
    public void Connect_InEveryStateButClosed_ThrowsAndNamesTheState()
    {
        foreach (MqttConnectionState state in Enum.GetValues<MqttConnectionState>())
        {
            if (state != MqttConnectionState.Closed)
            {
                MqttBench bench = Reach(state);
                var e = Assert.ThrowsExactly<InvalidOperationException>(() => bench.Connection.Connect(new MqttConnectParameters("d"), 0));
                Assert.Contains(state.ToString(), e.Message);
            }
        }
    }

    [TestMethod]
    public void HandleClosed_InEveryState_ClosesAndKeepsNothingOfTheTransport()
    {
        foreach (MqttConnectionState state in Enum.GetValues<MqttConnectionState>())
        {
            MqttBench bench = Reach(state);
            bench.Connection.HandleClosed();
            bench.Connection.HandleClosed();
            Assert.AreEqual(MqttConnectionState.Closed, bench.Connection.State);
            Assert.AreEqual(0, bench.Buffers.Lent);
            Assert.AreEqual(long.MaxValue, bench.Connection.NextDeadline);
            Assert.AreEqual("", bench.ReadEvents());
        }
    }

    [TestMethod]
    public void Failure_AfterClose_StaysReadableUntilTheNextConnect()
    {
        MqttBench bench = Reach(MqttConnectionState.Failed);
        bench.Connection.HandleClosed();
        Assert.AreEqual(MqttFailure.ReservedPacketType, bench.Connection.Failure);
        bench.Reconnect();
        Assert.AreEqual(MqttFailure.None, bench.Connection.Failure);
    }

    private static string Expected(MqttConnectionState state, MqttPacketType type)
    {
        if (state is MqttConnectionState.Closed or MqttConnectionState.Failed)
        {
            return "";
        }

        string? breach = type switch
        {
            MqttPacketType.Reserved0 or MqttPacketType.Reserved15 => "Failed ReservedPacketType",
            MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp => "Failed QosTwoReceived",
            MqttPacketType.Connect or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe or MqttPacketType.PingReq or MqttPacketType.Disconnect => "Failed ClientPacketReceived",
            _ => null,
        };
        if (breach != null)
        {
            return breach;
        }

        if (state == MqttConnectionState.AwaitingConnAck)
        {
            return type == MqttPacketType.ConnAck ? "Connected" : "Failed UnexpectedPacket";
        }

        return type switch
        {
            MqttPacketType.Publish => "Publish t= q0 id0",
            MqttPacketType.PubAck => "Acked 5 id1",

            // DISCONNECT ends the requests' deadlines, not the requests.
            MqttPacketType.SubAck => "Subscribed id32768 granted0",
            MqttPacketType.UnsubAck => "Unsubscribed id32769",
            MqttPacketType.PingResp => "",
            _ => "Failed UnexpectedPacket",
        };
    }

    private static MqttBench Reach(MqttConnectionState state)
    {
        var bench = new MqttBench();
        if (state == MqttConnectionState.Closed)
        {
            return bench;
        }

        bench.Connection.Connect(new MqttConnectParameters("d"), bench.Now);
        if (state == MqttConnectionState.AwaitingConnAck)
        {
            return bench;
        }

        bench.Feed(MqttBench.AcceptedConnAck);
        bench.Publish("t", token: 5);
        bench.Connection.TrySubscribe("t"u8.ToArray(), 0, bench.Now, out _);
        bench.Connection.TryUnsubscribe("t"u8.ToArray(), bench.Now, out _);
        if (state == MqttConnectionState.Disconnecting)
        {
            bench.Connection.TryDisconnect();
        }
        else if (state == MqttConnectionState.Failed)
        {
            bench.Feed("00 00");
        }

        Assert.AreEqual(state, bench.Connection.State);
        return bench;
    }
}
