using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>An MQTT machine on a virtual clock with the fixed buffers of a board; bytes go in and out as hexadecimal text.</summary>
internal sealed class MqttRig
{
    private readonly FixedBufferSource _buffers = new FixedBufferSource(512, 3);
    private readonly MqttEvent _event = new MqttEvent();
    private readonly CheckRun _run;

    internal MqttRig(CheckRun run)
    {
        _run = run;
        MqttConnectionOptions options = new MqttConnectionOptions(_buffers);
        options.OutputBufferBytes = 256;
        options.MaxInboundPacketBytes = 256;
        options.MaxInFlight = 4;
        options.KeepAliveSeconds = 60;
        Connection = new MqttConnection(options);
    }

    internal MqttConnection Connection { get; }

    internal long Now { get; set; } = 1000;

    /// <summary>Buffers that the machine holds now.</summary>
    internal int Rented
    {
        get { return 3 - _buffers.Available; }
    }

    internal static MqttRig Connected(CheckRun run)
    {
        MqttRig rig = new MqttRig(run);
        rig.Connect();
        return rig;
    }

    internal void Connect()
    {
        _run.AreEqual((int)MqttSendStatus.Accepted, (int)Connection.Connect(new MqttConnectParameters("d"), Now), "connect");
        Take();
        _run.AreEqual("connected", Feed("20020000"), "CONNACK");
    }

    /// <summary>All output, buffers given back.</summary>
    internal string Take()
    {
        string text = "";
        byte[]? buffer = Connection.TakeOutput(out int count);
        while (buffer != null)
        {
            text += Hex.Format(buffer, 0, count);
            _buffers.Return(buffer);
            buffer = Connection.TakeOutput(out count);
        }

        return text;
    }

    /// <summary>Feeds bytes in one piece and tells the events.</summary>
    internal string Feed(string hex)
    {
        byte[] bytes = Hex.Parse(hex);
        return Feed(bytes, 0, bytes.Length);
    }

    internal string Feed(byte[] bytes, int offset, int count)
    {
        Connection.HandleReceived(bytes, offset, count, Now);
        string text = "";
        while (Connection.TryReadEvent(_event))
        {
            text += (text.Length == 0 ? "" : ", ") + Describe();
        }

        return text;
    }

    internal MqttSendStatus Publish(string topic, string payload, int qos, long token, int packetId)
    {
        MqttPublish publish = new MqttPublish();
        publish.Topic1 = Utf8Text.GetBytes(topic);
        publish.Topic1Count = publish.Topic1.Length;
        publish.Payload = Utf8Text.GetBytes(payload);
        publish.PayloadCount = publish.Payload.Length;
        publish.Qos = qos;
        publish.Token = token;
        publish.PacketId = packetId;
        return Connection.TryPublish(publish, Now);
    }

    private string Describe()
    {
        switch (_event.Kind)
        {
            case MqttEventKind.Connected:
                return _event.SessionPresent ? "connected to a session" : "connected";
            case MqttEventKind.PublishReceived:
                return Text(_event.TopicOffset, _event.TopicCount) + "=" + Text(_event.PayloadOffset, _event.PayloadCount)
                    + " q" + _event.Qos.ToString() + " id" + _event.PacketId.ToString() + (_event.Duplicate ? " dup" : "");
            case MqttEventKind.PublishAcknowledged:
                return "acknowledged " + _event.Token.ToString();
            case MqttEventKind.PublishSent:
                return "sent " + _event.Token.ToString();
            case MqttEventKind.SubscribeAcknowledged:
                return "subscribed " + _event.GrantedQos.ToString();
            case MqttEventKind.UnsubscribeAcknowledged:
                return "unsubscribed";
            default:
                return "failed " + ((int)_event.Failure).ToString() + " code " + _event.ReturnCode.ToString();
        }
    }

    private string Text(int offset, int count)
    {
        return Utf8Text.GetString(_event.Buffer, offset, count);
    }
}
