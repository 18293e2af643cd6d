using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>
/// The MQTT machine. First byte: how the rest is cut, and whether CONNACK was there before. Promises: no exception, no buffer above
/// the limit, every buffer back, and the same events however the input is cut.
/// </summary>
internal static class MqttTarget
{
    private const int MaxInbound = 4096;
    private static readonly byte[] s_connAck = [0x20, 2, 0, 0];

    public static void Run(byte[] input)
    {
        if (input.Length < 1)
        {
            return;
        }

        bool connected = (input[0] & 0x80) == 0;
        int pieceBytes = 1 + (input[0] & 0x0F);
        string whole = Play(input, connected, Math.Max(1, input.Length), inRuns: false);
        string pieces = Play(input, connected, pieceBytes, inRuns: false);
        BrokenPromiseException.Unless(whole == pieces, $"The cut changes the outcome:\n{whole}\n{pieces}");
        string runs = Play(input, connected, pieceBytes, inRuns: true);
        BrokenPromiseException.Unless(whole == runs, $"Reading in runs changes the outcome:\n{whole}\n{runs}");
    }

    private static string Play(byte[] input, bool connected, int pieceBytes, bool inRuns)
    {
        var buffers = new CheckedBuffers();
        var connection = new MqttConnection(new MqttConnectionOptions(buffers) { OutputBufferBytes = 256, MaxInboundPacketBytes = MaxInbound, MaxInFlight = 4 });
        connection.Connect(new MqttConnectParameters("d"), 0);
        var events = new MqttEvent();
        var story = new StringBuilder();
        if (connected)
        {
            connection.HandleReceived(s_connAck, 0, 4, 0);
            Read(connection, events, story, inRuns);
            Prepare(connection);
        }

        for (int at = 1; at < input.Length; at += pieceBytes)
        {
            byte[] piece = input.AsSpan(at, Math.Min(pieceBytes, input.Length - at)).ToArray();
            connection.HandleReceived(piece, 0, piece.Length, at);
            Read(connection, events, story, inRuns);
        }

        story.Append(connection.State).Append(' ').Append(connection.Failure).Append(' ').Append(connection.InFlight);
        connection.HandleTimeout(long.MaxValue / 2);
        connection.HandleClosed();
        BrokenPromiseException.Unless(buffers.Lent == 0, "A buffer was not given back.");
        return story.ToString();
    }

    private static void Prepare(MqttConnection connection)
    {
        var message = new MqttPublish { Topic1 = [(byte)'t'], Topic1Count = 1, Qos = 1 };
        for (int i = 1; i <= 4; i++)
        {
            message.PacketId = 0;
            message.Token = i;
            connection.TryPublish(message, 0);
        }

        connection.TrySubscribe([(byte)'a'], 1, 0, out _);
        connection.TryUnsubscribe([(byte)'a'], 0, out _);
        connection.ForgetInFlight(3);
    }

    private static void Read(MqttConnection connection, MqttEvent e, StringBuilder story, bool inRuns)
    {
        var tokens = new long[2];
        bool any = true;
        while (any)
        {
            any = false;
            for (int count = inRuns ? connection.ReadAcknowledged(tokens) : 0; count > 0; count = connection.ReadAcknowledged(tokens))
            {
                any = true;
                for (int i = 0; i < count; i++)
                {
                    story.Append("ack ").Append(tokens[i]).Append('\n');
                }
            }

            if (connection.TryReadEvent(e))
            {
                any = true;
                Describe(e, story);
                if (e.Kind == MqttEventKind.PublishReceived && e.Qos == 1)
                {
                    connection.TryAcknowledge(e.PacketId);
                }
            }
        }
    }

    private static void Describe(MqttEvent e, StringBuilder story)
    {
        switch (e.Kind)
        {
            case MqttEventKind.PublishAcknowledged:
                story.Append("ack ").Append(e.Token).Append('\n');
                break;
            case MqttEventKind.PublishReceived:
                BrokenPromiseException.Unless(Utf8Text.IsValidUtf8(e.Buffer, e.TopicOffset, e.TopicCount), "A topic is not UTF-8.");
                story.Append("publish ").Append(Convert.ToHexString(e.Buffer, e.TopicOffset, e.TopicCount)).Append(' ')
                    .Append(Convert.ToHexString(e.Buffer, e.PayloadOffset, e.PayloadCount)).Append(' ')
                    .Append(e.Qos).Append(e.Duplicate).Append(e.Retain).Append(e.PacketId).Append('\n');
                break;
            default:
                story.Append(e.Kind).Append(' ').Append(e.Kind == MqttEventKind.Failed ? e.Failure : MqttFailure.None).Append('\n');
                break;
        }
    }

    private sealed class CheckedBuffers : BufferSource
    {
        public int Lent { get; private set; }

        public override byte[] Rent(int minimumBytes)
        {
            BrokenPromiseException.Unless(minimumBytes is > 0 and <= MaxInbound, $"A buffer of {minimumBytes} bytes was asked for.");
            Lent++;
            return new byte[minimumBytes];
        }

        public override void Return(byte[] buffer) => Lent--;
    }
}
