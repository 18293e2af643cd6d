using System.Buffers.Binary;
using System.Text;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>The few MQTT 3.1.1 packets of the floor client.</summary>
internal static class RawPackets
{
    public static byte[] Connect(string clientId)
    {
        byte[] id = Encoding.UTF8.GetBytes(clientId);
        byte[] packet = new byte[14 + id.Length];
        packet[0] = 0x10;
        packet[1] = (byte)(12 + id.Length);
        "\0\u0004MQTT\u0004\u0002"u8.CopyTo(packet.AsSpan(2));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), 240);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), (ushort)id.Length);
        id.CopyTo(packet, 14);
        return packet;
    }

    public static byte[] Subscribe(string filter)
    {
        byte[] text = Encoding.UTF8.GetBytes(filter);
        byte[] packet = new byte[7 + text.Length];
        packet[0] = 0x82;
        packet[1] = (byte)(5 + text.Length);
        packet[3] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)text.Length);
        text.CopyTo(packet, 6);
        return packet;
    }

    /// <summary>A QoS 1 telemetry packet with packet id 1; <paramref name="idOffset"/> says where to patch another.</summary>
    public static byte[] Publish(string deviceId, int sequence, int payloadBytes, out int idOffset)
    {
        byte[] topic = Encoding.UTF8.GetBytes(TelemetryShape.TopicPrefix(deviceId) + TelemetryShape.Sequence[sequence]);
        int length = 4 + topic.Length + payloadBytes;
        byte[] packet = new byte[length + 5];
        int at = 0;
        packet[at++] = 0x32;
        int rest = length;
        while (rest > 127)
        {
            packet[at++] = (byte)(0x80 | (rest & 0x7F));
            rest >>= 7;
        }

        packet[at++] = (byte)rest;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), (ushort)topic.Length);
        topic.CopyTo(packet, at + 2);
        idOffset = at + 2 + topic.Length;
        packet[idOffset + 1] = 1;
        TelemetryShape.Payload(payloadBytes).CopyTo(packet, idOffset + 2);
        return packet[..(idOffset + 2 + payloadBytes)];
    }

    /// <summary>A QoS 0 answer to a direct method; <paramref name="request"/> is <c>$rid=N</c>. Returns its length.</summary>
    public static int WriteAnswer(ReadOnlySpan<byte> request, Span<byte> packet)
    {
        ReadOnlySpan<byte> prefix = "$iothub/methods/res/200/?"u8;
        int topicLength = prefix.Length + request.Length;
        packet[0] = 0x30;
        packet[1] = (byte)(2 + topicLength + MethodAnswer.Body.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)topicLength);
        prefix.CopyTo(packet[4..]);
        request.CopyTo(packet[(4 + prefix.Length)..]);
        MethodAnswer.Body.CopyTo(packet[(4 + topicLength)..]);
        return 4 + topicLength + MethodAnswer.Body.Length;
    }
}
