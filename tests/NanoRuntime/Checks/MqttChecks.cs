using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>The MQTT machine: golden packets, every split, resends, deadlines, malformed input.</summary>
/// <remarks>Packets are written by hand from MQTT 3.1.1 (OASIS standard, 29 October 2014).</remarks>
public static class MqttChecks
{
    public static void Run(CheckRun run)
    {
        run.Begin("MQTT");
        run.Run("golden CONNECT", Connect);
        run.Run("golden packets of a client", Golden);
        run.Run("packets of a server", Received);
        run.Run("every split of a stream", Splits);
        run.Run("a publish larger than the buffer", Large);
        run.Run("the window, and resending with DUP", Resend);
        run.Run("keep-alive", KeepAlive);
        run.Run("answers that do not come", Deadlines);
        run.Run("malformed input has a reason", Malformed);
        run.Run("refusal", Refusal);
        run.Run("mistakes of the caller", Mistakes);
        run.End();
    }

    private static void Connect(CheckRun run)
    {
        MqttRig rig = new MqttRig(run);
        MqttConnectParameters parameters = new MqttConnectParameters("dev/mod");
        parameters.UserName = "u";
        parameters.Password = new byte[] { 1, 2 };
        parameters.WillTopic = Utf8Text.GetBytes("w");
        parameters.WillPayload = Utf8Text.GetBytes("bye");
        parameters.WillQos = 1;
        rig.Connection.Connect(parameters, rig.Now);
        run.AreEqual("102200044d51545404cc003c00076465762f6d6f6400017700036279650001" + "75" + "00020102", rig.Take(), "CONNECT");
        run.AreEqual("connected to a session", rig.Feed("20020100"), "CONNACK");
        run.AreEqual(0, rig.Rented, "buffers held when idle");
    }

    private static void Golden(CheckRun run)
    {
        MqttRig rig = MqttRig.Connected(run);
        rig.Publish("t", "hi", 0, 1, 0);
        run.AreEqual("3005000174" + "6869", rig.Take(), "PUBLISH QoS 0");
        rig.Publish("t", "hi", 1, 2, 0);
        run.AreEqual("320700017400016869", rig.Take(), "PUBLISH QoS 1");
        run.AreEqual((int)MqttSendStatus.Accepted, (int)rig.Connection.TrySubscribe(Utf8Text.GetBytes("a/#"), 1, rig.Now, out int subscribeId), "subscribe");
        run.AreEqual("8208" + Id(subscribeId) + "0003612f2301", rig.Take(), "SUBSCRIBE");
        rig.Connection.TryUnsubscribe(Utf8Text.GetBytes("a/#"), rig.Now, out int unsubscribeId);
        run.AreEqual("a207" + Id(unsubscribeId) + "0003612f23", rig.Take(), "UNSUBSCRIBE");
        rig.Connection.TryAcknowledge(0x1234);
        run.AreEqual("40021234", rig.Take(), "PUBACK");
        run.AreEqual("subscribed 1, unsubscribed", rig.Feed("9003" + Id(subscribeId) + "01b002" + Id(unsubscribeId)), "answers");
        rig.Connection.TryDisconnect();
        run.AreEqual("e000", rig.Take(), "DISCONNECT");
    }

    private static string Id(int packetId)
    {
        return Hex.Format(new byte[] { (byte)(packetId >> 8), (byte)packetId }, 0, 2);
    }

    private static void Received(CheckRun run)
    {
        MqttRig rig = MqttRig.Connected(run);
        run.AreEqual("t=hi q0 id0", rig.Feed("30050001746869"), "QoS 0");
        run.AreEqual("t=hi q1 id4660 dup", rig.Feed("3a0700017412346869"), "QoS 1 with DUP");
        run.AreEqual("t= q0 id0", rig.Feed("3003000174"), "no payload");
        run.AreEqual("", rig.Feed("d000"), "a ping answer is no event");
        rig.Publish("t", "", 1, 77, 0);
        run.AreEqual("acknowledged 77", rig.Feed("40020001"), "PUBACK");
        run.AreEqual("", rig.Feed("40020001"), "a second PUBACK is ignored");
        run.AreEqual(0, rig.Connection.InFlight, "in flight");
    }

    // The stream is cut at every place into two, and into single bytes.
    private static void Splits(CheckRun run)
    {
        const string Stream = "30050001746869" + "d000" + "3a0700017412346869" + "40020001" + "3003000174";
        const string Expected = "t=hi q0 id0, t=hi q1 id4660 dup, acknowledged 9, t= q0 id0";
        byte[] bytes = Hex.Parse(Stream);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            MqttRig rig = MqttRig.Connected(run);
            rig.Publish("t", "", 1, 9, 0);
            rig.Take();
            string told = "";
            if (cut < bytes.Length)
            {
                told = Join(rig.Feed(bytes, 0, cut), rig.Feed(bytes, cut, bytes.Length - cut));
            }
            else
            {
                for (int i = 0; i < bytes.Length; i++)
                {
                    told = Join(told, rig.Feed(bytes, i, 1));
                }
            }

            run.AreEqual(Expected, told, "cut at " + cut.ToString());
            run.AreEqual(0, rig.Rented, "buffers held after a cut at " + cut.ToString());
        }
    }

    private static string Join(string first, string second)
    {
        return first.Length == 0 || second.Length == 0 ? first + second : first + ", " + second;
    }

    private static void Large(CheckRun run)
    {
        MqttRig rig = MqttRig.Connected(run);
        string payload = new string('x', 1000);
        run.AreEqual((int)MqttSendStatus.Accepted, (int)rig.Publish("t", payload, 1, 5, 0), "publish");
        run.AreEqual((int)MqttSendStatus.WouldBlock, (int)rig.Publish("t", "", 1, 6, 0), "a second one has to wait");
        string sent = rig.Take();
        run.AreEqual("32ed07000174" + "0001" + "78787878", sent.Substring(0, 24), "head");
        run.AreEqual(2 * (3 + 1005), sent.Length, "length");
        run.AreEqual("sent 5, acknowledged 5", rig.Feed("40020001"), "events");
        run.AreEqual(0, rig.Rented, "buffers held");
    }

    private static void Resend(CheckRun run)
    {
        MqttRig rig = MqttRig.Connected(run);
        for (int i = 1; i <= 4; i++)
        {
            run.AreEqual((int)MqttSendStatus.Accepted, (int)rig.Publish("t", "", 1, 100 + i, 0), "in the window");
        }

        run.AreEqual((int)MqttSendStatus.WindowFull, (int)rig.Publish("t", "", 1, 105, 0), "beyond the window");
        run.AreEqual("acknowledged 102", rig.Feed("40020002"), "out of order");
        rig.Connection.HandleClosed();
        run.AreEqual(3, rig.Connection.InFlight, "kept over the close");
        rig.Connect();
        string order = "";
        while (rig.Connection.NextResend != 0)
        {
            int packetId = rig.Connection.NextResend;
            rig.Connection.TryGetInFlightToken(packetId, out long token);
            rig.Publish("t", "", 1, token, packetId);
            order += token.ToString() + ":" + rig.Take() + " ";
        }

        run.AreEqual("101:3a050001740001 103:3a050001740003 104:3a050001740004 ", order, "oldest first, DUP set, same id");
        run.AreEqual("acknowledged 101, acknowledged 103, acknowledged 104", rig.Feed("400200014002000340020004"), "acknowledged");
        rig.Publish("t", "", 1, 106, 0);
        run.AreEqual("320500017400", rig.Take().Substring(0, 12), "a new one has no DUP");
    }

    private static void KeepAlive(CheckRun run)
    {
        MqttRig rig = MqttRig.Connected(run);
        for (int i = 0; i < 3; i++)
        {
            long due = rig.Connection.NextDeadline;
            run.IsTrue(due <= rig.Now + 60000, "a ping within the keep-alive");
            rig.Now = due;
            rig.Connection.HandleTimeout(rig.Now);
            run.AreEqual("c000", rig.Take(), "PINGREQ");
            rig.Now += 100;
            run.AreEqual("", rig.Feed("d000"), "PINGRESP");
            run.AreEqual((int)MqttConnectionState.Connected, (int)rig.Connection.State, "still connected");
        }
    }

    private static void Deadlines(CheckRun run)
    {
        MqttRig rig = new MqttRig(run);
        rig.Connection.Connect(new MqttConnectParameters("d"), rig.Now);
        run.AreEqual((int)MqttFailure.ConnectTimeout, (int)RunUntilFailed(rig), "no CONNACK");
        rig = MqttRig.Connected(run);
        rig.Publish("t", "", 1, 1, 0);
        run.AreEqual((int)MqttFailure.AckTimeout, (int)RunUntilFailed(rig), "no PUBACK");
        rig = MqttRig.Connected(run);
        run.AreEqual((int)MqttFailure.PingTimeout, (int)RunUntilFailed(rig), "no PINGRESP");
    }

    private static MqttFailure RunUntilFailed(MqttRig rig)
    {
        for (int i = 0; i < 10 && rig.Connection.State != MqttConnectionState.Failed; i++)
        {
            rig.Take();
            rig.Now = rig.Connection.NextDeadline;
            rig.Connection.HandleTimeout(rig.Now);
        }

        return rig.Connection.Failure;
    }

    private static void Malformed(CheckRun run)
    {
        CheckFailure(run, "30ffffffff7f", MqttFailure.MalformedLength);
        CheckFailure(run, "3280800100", MqttFailure.PacketTooLarge);
        CheckFailure(run, "3405000174000a", MqttFailure.QosTwoReceived);
        CheckFailure(run, "360500017400", MqttFailure.InvalidQos);
        CheckFailure(run, "f000", MqttFailure.ReservedPacketType);
        CheckFailure(run, "820500010001", MqttFailure.ClientPacketReceived);
        CheckFailure(run, "41020001", MqttFailure.ReservedFlags);
        CheckFailure(run, "20020000", MqttFailure.UnexpectedPacket);
        CheckFailure(run, "4003000100", MqttFailure.InvalidPacketLength);
        CheckFailure(run, "40020000", MqttFailure.InvalidPacketId);
        CheckFailure(run, "90030009" + "01", MqttFailure.UnknownPacketId);
        CheckFailure(run, "30040002c328", MqttFailure.InvalidUtf8);
        CheckFailure(run, "30020000", MqttFailure.InvalidTopic);
    }

    private static void CheckFailure(CheckRun run, string hex, MqttFailure expected)
    {
        MqttRig rig = MqttRig.Connected(run);
        byte[] bytes = Hex.Parse(hex);
        rig.Feed(bytes, 0, bytes.Length);
        run.AreEqual((int)expected, (int)rig.Connection.Failure, hex);
        run.AreEqual((int)MqttConnectionState.Failed, (int)rig.Connection.State, hex + ", state");
        run.AreEqual(0, rig.Rented, hex + ", buffers held");
        run.AreEqual((int)MqttSendStatus.NotConnected, (int)rig.Publish("t", "", 0, 1, 0), hex + ", publish");
    }

    private static void Refusal(CheckRun run)
    {
        MqttRig rig = new MqttRig(run);
        rig.Connection.Connect(new MqttConnectParameters("d"), rig.Now);
        rig.Take();
        run.AreEqual("failed " + ((int)MqttFailure.Refused).ToString() + " code 5", rig.Feed("20020005"), "CONNACK 5");
        rig.Connection.HandleClosed();
        rig.Connect();
        run.AreEqual((int)MqttConnectionState.Connected, (int)rig.Connection.State, "a later attempt");
    }

    private static void Mistakes(CheckRun run)
    {
        MqttRig rig = MqttRig.Connected(run);
        run.Throws(r => rig.Connection.Connect(new MqttConnectParameters("d"), 0), "connect twice");
        run.Throws(r => rig.Publish("", "", 0, 0, 0), "no topic");
        run.Throws(r => rig.Publish("t", "", 2, 0, 0), "QoS 2");
        run.Throws(r => rig.Publish("t", "", 1, 0, 3), "an id that is not in flight");
        run.Throws(r => rig.Connection.TryAcknowledge(0), "packet id 0");
        run.Throws(r => rig.Connection.TrySubscribe(new byte[0], 0, 0, out int _), "no filter");
        run.Throws(r => rig.Connection.HandleReceived(new byte[2], 1, 2, 0), "a slice outside the buffer");
    }
}
