using System.Buffers.Binary;
using System.Text;

namespace DeviceClient.Linux.Tests.Fixtures;

/// <summary>An MQTT packet as the scripted hub sees it; written for the tests, apart from the product's codec.</summary>
internal sealed record MqttPacket(int Type, int Flags, byte[] Body)
{
    internal const int Connect = 1;
    internal const int Publish = 3;
    internal const int PubAck = 4;
    internal const int Subscribe = 8;
    internal const int Unsubscribe = 10;
    internal const int PingRequest = 12;
    internal const int Disconnect = 14;

    internal int Qos => (Flags >> 1) & 3;

    internal bool IsDuplicate => (Flags & 8) != 0;

    internal string Topic => Text(0);

    internal int PacketId => Type switch
    {
        Publish => Qos == 0 ? 0 : Number(2 + Number(0)),
        _ => Number(0),
    };

    internal byte[] Payload => Body[(2 + Number(0) + (Qos == 0 ? 0 : 2))..];

    internal string PayloadText => Encoding.UTF8.GetString(Payload);

    /// <summary>CONNECT: client id, user name, password.</summary>
    internal (string ClientId, string? UserName, string? Password, bool IsClean) ReadConnect()
    {
        int flags = Body[7];
        int at = 10;
        string clientId = Take(ref at);
        if ((flags & 4) != 0)
        {
            Take(ref at);
            Take(ref at);
        }

        string? user = (flags & 0x80) != 0 ? Take(ref at) : null;
        string? password = (flags & 0x40) != 0 ? Take(ref at) : null;
        return (clientId, user, password, (flags & 2) != 0);
    }

    /// <summary>SUBSCRIBE and UNSUBSCRIBE: the first filter; the client sends one each.</summary>
    internal string ReadFilter() => Text(2);

    internal static byte[] Create(int type, int flags, params ReadOnlySpan<byte> body)
    {
        List<byte> bytes = [(byte)((type << 4) | flags)];
        int length = body.Length;
        do
        {
            int digit = length & 0x7F;
            length >>= 7;
            bytes.Add((byte)(length > 0 ? digit | 0x80 : digit));
        }
        while (length > 0);
        bytes.AddRange(body);
        return [.. bytes];
    }

    internal static byte[] CreatePublish(string topic, byte[] payload, int qos = 0, int packetId = 0)
    {
        byte[] name = Encoding.UTF8.GetBytes(topic);
        List<byte> body = [(byte)(name.Length >> 8), (byte)name.Length, .. name];
        if (qos > 0)
        {
            body.Add((byte)(packetId >> 8));
            body.Add((byte)packetId);
        }

        body.AddRange(payload);
        return Create(Publish, qos << 1, [.. body]);
    }

    private int Number(int at) => BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan(at));

    private string Text(int at) => Encoding.UTF8.GetString(Body, at + 2, Number(at));

    private string Take(ref int at)
    {
        string text = Text(at);
        at += 2 + Number(at);
        return text;
    }
}
