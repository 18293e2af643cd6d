using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>What goes out, byte for byte. The expected bytes are written by hand from the MQTT 3.1.1 text.</summary>
[TestClass]
public sealed class MqttGoldenPacketTests
{
    [TestMethod]
    public void Connect_MinimalCleanSession_IsGolden()
    {
        var bench = new MqttBench(o => o.KeepAliveSeconds = 60);
        bench.Connection.Connect(new MqttConnectParameters("") { CleanSession = true }, 0);
        Assert.AreEqual("10 0C 00 04 4D 51 54 54 04 02 00 3C 00 00", bench.TakeHex());
    }

    [TestMethod]
    public void Connect_AllFields_IsGolden()
    {
        var bench = new MqttBench(o => o.KeepAliveSeconds = 1177);
        bench.Connection.Connect(
            new MqttConnectParameters("dev/mod")
            {
                UserName = "u\u00e9",
                Password = [1, 2],
                WillTopic = "w"u8.ToArray(),
                WillPayload = "bye"u8.ToArray(),
                WillQos = 1,
                WillRetain = true,
            },
            0);
        // Flags: user name, password, will retain, will QoS 1, will; session kept. 1177 = 0x0499.
        Assert.AreEqual(
            "10 24 00 04 4D 51 54 54 04 EC 04 99"
            + " 00 07 64 65 76 2F 6D 6F 64"
            + " 00 01 77 00 03 62 79 65"
            + " 00 03 75 C3 A9"
            + " 00 02 01 02",
            bench.TakeHex());
    }

    [TestMethod]
    public void Connect_WillWithoutPayload_HasEmptyField()
    {
        var bench = new MqttBench(o => o.KeepAliveSeconds = 1);
        bench.Connection.Connect(new MqttConnectParameters("d") { WillTopic = "w"u8.ToArray() }, 0);
        Assert.AreEqual("10 12 00 04 4D 51 54 54 04 04 00 01 00 01 64 00 01 77 00 00", bench.TakeHex());
    }

    [TestMethod]
    public void Connect_EmptyPassword_IsSentAsEmptyField()
    {
        var bench = new MqttBench(o => o.KeepAliveSeconds = 1);
        bench.Connection.Connect(new MqttConnectParameters("d") { UserName = "u", Password = [] }, 0);
        Assert.AreEqual("10 12 00 04 4D 51 54 54 04 C0 00 01 00 01 64 00 01 75 00 00", bench.TakeHex());
    }

    [TestMethod]
    [DataRow(0, false, "30 05 00 01 74 68 69")]
    [DataRow(0, true, "31 05 00 01 74 68 69")]
    [DataRow(1, false, "32 07 00 01 74 00 01 68 69")]
    [DataRow(1, true, "33 07 00 01 74 00 01 68 69")]
    public void Publish_Small_IsGolden(int qos, bool retain, string expected)
    {
        var bench = MqttBench.Connected();
        MqttPublish message = MqttBench.Message("t", "hi", qos);
        message.Retain = retain;
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryPublish(message, bench.Now));
        Assert.AreEqual(qos, message.PacketId, "QoS 1 takes id 1, QoS 0 none.");
        Assert.IsFalse(message.IsPartial);
        Assert.AreEqual(expected, bench.TakeHex());
    }

    [TestMethod]
    public void Publish_TwoTopicSlicesAndPayloadSlice_AreJoined()
    {
        var bench = MqttBench.Connected();
        byte[] source = Encoding.ASCII.GetBytes("..ab..cd..payload..");
        var message = new MqttPublish
        {
            Topic1 = source,
            Topic1Offset = 2,
            Topic1Count = 2,
            Topic2 = source,
            Topic2Offset = 6,
            Topic2Count = 2,
            Payload = source,
            PayloadOffset = 10,
            PayloadCount = 7,
        };
        bench.Connection.TryPublish(message, bench.Now);
        Assert.AreEqual("30 0D 00 04 61 62 63 64 70 61 79 6C 6F 61 64", bench.TakeHex());
    }

    [TestMethod]
    public void Publish_NullPayloadAndNullTopic2_CountsAreNotUsed()
    {
        var bench = MqttBench.Connected();
        var message = new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Topic2Offset = 9, Topic2Count = 9, PayloadOffset = 9, PayloadCount = 9 };
        bench.Connection.TryPublish(message, bench.Now);
        Assert.AreEqual("30 03 00 01 74", bench.TakeHex());
    }

    [TestMethod]
    [DataRow(124, "30 7F")]
    [DataRow(125, "30 80 01")]
    [DataRow(16_378, "30 FD 7F")]
    [DataRow(16_381, "30 80 80 01")]
    [DataRow(2_097_146, "30 FD FF 7F")]
    [DataRow(2_097_149, "30 80 80 80 01")]
    public void Publish_RemainingLengthBoundary_IsGolden(int payloadBytes, string header)
    {
        var bench = MqttBench.Connected();
        var message = new MqttPublish { Topic1 = "t"u8.ToArray(), Topic1Count = 1, Payload = new byte[payloadBytes + 2], PayloadOffset = 1, PayloadCount = payloadBytes };
        bench.Connection.TryPublish(message, bench.Now);
        byte[] sent = bench.TakeAll();
        Assert.AreEqual(header, MqttBench.Hex(sent[..((header.Length + 1) / 3)]));
        Assert.HasCount(((header.Length + 1) / 3) + 3 + message.PayloadCount, sent);
    }

    [TestMethod]
    public void Subscribe_Unsubscribe_AreGolden()
    {
        var bench = MqttBench.Connected();
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TrySubscribe("a/#"u8.ToArray(), 1, bench.Now, out int first));
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TrySubscribe("b"u8.ToArray(), 0, bench.Now, out int second));
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryUnsubscribe("b"u8.ToArray(), bench.Now, out int third));
        Assert.AreEqual(0x8000, first);
        Assert.AreEqual(0x8001, second);
        Assert.AreEqual(0x8002, third);
        Assert.AreEqual("82 08 80 00 00 03 61 2F 23 01 82 06 80 01 00 01 62 00 A2 05 80 02 00 01 62", bench.TakeHex());
    }

    [TestMethod]
    public void Acknowledge_IsGolden()
    {
        var bench = MqttBench.Connected();
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryAcknowledge(0xABCD));
        Assert.AreEqual("40 02 AB CD", bench.TakeHex());
    }

    [TestMethod]
    public void Ping_IsGolden()
    {
        var bench = MqttBench.Connected();
        bench.RunToDeadline();
        Assert.AreEqual("C0 00", bench.TakeHex());
    }

    [TestMethod]
    public void Disconnect_IsGoldenAndLast()
    {
        var bench = MqttBench.Connected();
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Connection.TryDisconnect());
        Assert.AreEqual("E0 00", bench.TakeHex());
        Assert.AreEqual(MqttConnectionState.Disconnecting, bench.Connection.State);
        Assert.AreEqual(MqttSendStatus.NotConnected, bench.Publish("t"));
        Assert.AreEqual(long.MaxValue, bench.Connection.NextDeadline);
    }

    [TestMethod]
    public void P79_Resend_AfterReconnect_HasDupAndSameId()
    {
        var bench = MqttBench.Connected();
        bench.Publish("t", "hi", token: 7);
        Assert.AreEqual("32 07 00 01 74 00 01 68 69", bench.TakeHex());
        bench.Connection.HandleClosed();
        bench.Reconnect();
        Assert.AreEqual(MqttSendStatus.Accepted, bench.Publish("t", "hi", token: 7, packetId: 1));
        Assert.AreEqual("3A 07 00 01 74 00 01 68 69", bench.TakeHex());
        Assert.AreEqual("Acked 7 id1", bench.Feed("40 02 00 01"));
    }
}
