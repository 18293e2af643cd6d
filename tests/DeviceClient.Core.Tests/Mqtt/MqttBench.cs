using System.Globalization;
using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>One machine on a virtual clock, with what a test needs to talk to it in hexadecimal.</summary>
internal sealed class MqttBench
{
    public const string AcceptedConnAck = "20 02 00 00";

    public MqttBench(Action<MqttConnectionOptions>? configure = null)
    {
        var options = new MqttConnectionOptions(Buffers) { OutputBufferBytes = 1024 };
        configure?.Invoke(options);
        Connection = new MqttConnection(options);
    }

    public CountingBufferSource Buffers { get; } = new();

    public MqttConnection Connection { get; }

    public long Now { get; set; } = 1_000_000;

    public MqttEvent Event { get; } = new();

    /// <summary>A machine that is connected, its CONNECT already written.</summary>
    public static MqttBench Connected(Action<MqttConnectionOptions>? configure = null)
    {
        var bench = new MqttBench(configure);
        bench.Reconnect();
        return bench;
    }

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static string Hex(byte[] bytes) => string.Join(' ', bytes.Select(b => b.ToString("X2", CultureInfo.InvariantCulture)));

    public void Reconnect()
    {
        Assert.AreEqual(MqttSendStatus.Accepted, Connection.Connect(new MqttConnectParameters("d"), Now));
        TakeAll();
        Assert.AreEqual("Connected", Feed(AcceptedConnAck));
    }

    /// <summary>All output as one array, buffers given back.</summary>
    public byte[] TakeAll()
    {
        var all = new MemoryStream();
        while (Connection.TakeOutput(out int count) is { } buffer)
        {
            all.Write(buffer, 0, count);
            Buffers.Return(buffer);
        }

        Assert.IsFalse(Connection.HasOutput);
        return all.ToArray();
    }

    public string TakeHex() => Hex(TakeAll());

    /// <summary>Feeds bytes in one piece and tells the events, separated by bars.</summary>
    public string Feed(string hex) => Feed(Bytes(hex));

    public string Feed(byte[] bytes)
    {
        Connection.HandleReceived(bytes, 0, bytes.Length, Now);
        return ReadEvents();
    }

    /// <summary>Feeds bytes in pieces of one size, each in a buffer of its own that is overwritten afterwards.</summary>
    public string FeedInPieces(byte[] bytes, int pieceBytes)
    {
        var told = new List<string>();
        for (int at = 0; at < bytes.Length; at += pieceBytes)
        {
            byte[] piece = bytes.AsSpan(at, Math.Min(pieceBytes, bytes.Length - at)).ToArray();
            string events = Feed(piece);
            Array.Fill(piece, (byte)0xEE);
            if (events.Length > 0)
            {
                told.Add(events);
            }
        }

        return string.Join(" | ", told);
    }

    public string ReadEvents()
    {
        var told = new List<string>();
        while (Connection.TryReadEvent(Event))
        {
            told.Add(Describe(Event));
        }

        return string.Join(" | ", told);
    }

    public MqttSendStatus Publish(string topic, string payload = "", int qos = 1, long token = 0, int packetId = 0)
    {
        return Connection.TryPublish(Message(topic, payload, qos, token, packetId), Now);
    }

    public static MqttPublish Message(string topic, string payload = "", int qos = 1, long token = 0, int packetId = 0)
    {
        byte[] name = Encoding.UTF8.GetBytes(topic);
        byte[] body = Encoding.UTF8.GetBytes(payload);
        return new MqttPublish { Topic1 = name, Topic1Count = name.Length, Payload = body, PayloadCount = body.Length, Qos = qos, Token = token, PacketId = packetId };
    }

    /// <summary>Jumps to the next deadline.</summary>
    public void RunToDeadline()
    {
        Assert.AreNotEqual(long.MaxValue, Connection.NextDeadline, "There is no deadline to run to.");
        Now = Math.Max(Now, Connection.NextDeadline);
        Connection.HandleTimeout(Now);
    }

    private static string Describe(MqttEvent e)
    {
        return e.Kind switch
        {
            MqttEventKind.Connected => e.SessionPresent ? "Connected session" : "Connected",
            MqttEventKind.PublishReceived =>
                $"Publish {Text(e, e.TopicOffset, e.TopicCount)}={Text(e, e.PayloadOffset, e.PayloadCount)} q{e.Qos} id{e.PacketId}{(e.Duplicate ? " dup" : "")}{(e.Retain ? " retain" : "")}",
            MqttEventKind.PublishAcknowledged => $"Acked {e.Token} id{e.PacketId}",
            MqttEventKind.PublishSent => $"Sent {e.Token}",
            MqttEventKind.SubscribeAcknowledged => $"Subscribed id{e.PacketId} granted{e.GrantedQos}",
            MqttEventKind.UnsubscribeAcknowledged => $"Unsubscribed id{e.PacketId}",
            MqttEventKind.Failed => e.ReturnCode == 0 ? $"Failed {e.Failure}" : $"Failed {e.Failure} {e.ReturnCode}",
            _ => "None",
        };
    }

    private static string Text(MqttEvent e, int offset, int count) => Encoding.UTF8.GetString(e.Buffer, offset, count);
}
