using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

/// <summary>The service's end of an MQTT connection without a socket: shows what the client wrote, and writes what the test says.</summary>
internal sealed class ScriptedBroker
{
    private readonly MqttConnectionOptions _options = new(new FixedBufferSource(4096, 8)) { OutputBufferBytes = 4096, MaxInboundPacketBytes = 4096 };
    private readonly Bench _bench;

    internal ScriptedBroker(Bench bench)
    {
        _bench = bench;
        Connection = new MqttConnection(_options);
        Mapping = new MqttProvisioningMapping(bench.Options, bench.Session, Connection);
    }

    internal MqttConnection Connection { get; }

    internal MqttProvisioningMapping Mapping { get; }

    /// <summary>What the client wrote, one readable line a packet.</summary>
    internal string Read()
    {
        var lines = new List<string>();
        var bytes = new List<byte>();
        while (Connection.TakeOutput(out int count) is { } buffer)
        {
            bytes.AddRange(buffer.AsSpan(0, count));
            _options.Buffers.Return(buffer);
        }

        for (int at = 0; at < bytes.Count;)
        {
            int length = bytes[at + 1] & 0x7F;
            int header = 2;
            if (bytes[at + 1] >= 0x80)
            {
                length |= bytes[at + 2] << 7;
                header = 3;
            }

            lines.Add(Describe(bytes[at], bytes.GetRange(at + header, length).ToArray()));
            at += header + length;
        }

        return string.Join('\n', lines);
    }

    internal void Write(byte type, params byte[] body)
    {
        Assert.IsLessThan(128, body.Length);
        byte[] packet = [type, (byte)body.Length, .. body];
        Mapping.HandleReceived(packet, 0, packet.Length, _bench.Now);
    }

    internal void Publish(string topic, string payload, byte type = 0x32, int chunk = int.MaxValue)
    {
        byte[] name = Encoding.UTF8.GetBytes(topic);
        byte[] id = type == 0x32 ? [0, 9] : [];
        byte[] body = [(byte)(name.Length >> 8), (byte)name.Length, .. name, .. id, .. Encoding.UTF8.GetBytes(payload)];
        byte[] packet = [type, (byte)(0x80 | (body.Length & 0x7F)), (byte)(body.Length >> 7), .. body];
        for (int at = 0; at < packet.Length; at += chunk)
        {
            chunk = Math.Min(chunk, packet.Length);
            Mapping.HandleReceived(packet, at, Math.Min(chunk, packet.Length - at), _bench.Now);
        }
    }

    /// <summary>CONNECT to SUBACK, then the register request: the id of that request.</summary>
    internal string Open(string? token = "token")
    {
        _bench.Expect(ProvisioningWishKind.OpenTransport);
        Mapping.HandleTransportReady(token, _bench.Now);
        Assert.StartsWith("CONNECT", Read());
        Write(0x20, 0, 0);
        string subscribe = Read();
        Assert.StartsWith("SUBSCRIBE $dps/registrations/res/# 1 ", subscribe);
        int id = int.Parse(subscribe.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
        Write(0x90, (byte)(id >> 8), (byte)id, 1);
        return Carry(ProvisioningWishKind.SendRegister);
    }

    internal string Carry(ProvisioningWishKind kind)
    {
        _bench.Expect(kind);
        Assert.IsTrue(Mapping.TryCarry(_bench.Wish, _bench.Now));
        return _bench.Wish.RequestId;
    }

    private static string Describe(byte type, byte[] body)
    {
        switch (type >> 4)
        {
            case 1:
                int at = 10;
                var fields = new List<string>();
                while (at < body.Length)
                {
                    int length = (body[at] << 8) | body[at + 1];
                    fields.Add(Encoding.UTF8.GetString(body, at + 2, length));
                    at += 2 + length;
                }

                return $"CONNECT flags={body[7]:x2} {string.Join(' ', fields)}";
            case 3:
                int name = (body[0] << 8) | body[1];
                return $"PUBLISH{type & 15:x} {Encoding.UTF8.GetString(body, 2, name)} {Encoding.UTF8.GetString(body, name + 4, body.Length - name - 4)}";
            case 4:
                return $"PUBACK {(body[0] << 8) | body[1]}";
            case 8:
                return $"SUBSCRIBE {Encoding.UTF8.GetString(body, 4, body.Length - 5)} {body[^1]} {(body[0] << 8) | body[1]}";
            case 12:
                return "PINGREQ";
            case 14:
                return "DISCONNECT";
            default:
                return "type " + (type >> 4);
        }
    }
}
