using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Core.Tests.Hub;

/// <summary>The hub's side of MQTT for one device, written apart from the client's codec: bytes in, bytes out, no socket.</summary>
internal sealed class ScriptedHub
{
    private readonly List<byte> _received = [];
    private int _nextPacketId = 1;

    public List<byte[]> Output { get; } = [];

    public int ConnectReturnCode { get; set; }

    public bool Acknowledge { get; set; } = true;

    public List<string> Connects { get; } = [];

    public string? Password { get; private set; }

    public List<string> Subscriptions { get; } = [];

    public int SubscribeResult { get; set; } = 1;

    public List<(string Topic, string Payload, bool Duplicate, int PacketId)> Telemetry { get; } = [];

    public List<(string Topic, string Payload)> MethodAnswers { get; } = [];

    public JsonObject Reported { get; private set; } = [];

    public long ReportedVersion { get; private set; } = 1;

    public long DesiredVersion { get; private set; } = 1;

    public JsonObject Desired { get; } = [];

    public Dictionary<int, string> Unacknowledged { get; } = [];

    public Queue<string> Queued { get; } = [];

    public int Pings { get; private set; }

    public bool Goodbye { get; private set; }

    public void HandleClosed()
    {
        _received.Clear();
        Output.Clear();
        Subscriptions.Clear();
        foreach (string message in Unacknowledged.OrderBy(p => p.Key).Select(p => p.Value))
        {
            Queued.Enqueue(message);
        }

        Unacknowledged.Clear();
    }

    public void Receive(byte[] buffer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _received.Add(buffer[i]);
        }

        while (TryPacket(out byte first, out byte[] body))
        {
            Handle(first, body);
        }
    }

    public void ChangeDesired(string name, int value)
    {
        Desired[name] = value;
        DesiredVersion++;
        if (Subscriptions.Contains("$iothub/twin/PATCH/properties/desired/#"))
        {
            Publish("$iothub/twin/PATCH/properties/desired/?$version=" + DesiredVersion, $"{{\"{name}\":{value},\"$version\":{DesiredVersion}}}", 0);
        }
    }

    public void InvokeMethod(string name, string requestId, string payload) => Publish($"$iothub/methods/POST/{name}/?$rid={requestId}", payload, 0);

    public void SendToDevice(string payload)
    {
        Queued.Enqueue(payload);
        DeliverQueued();
    }

    public void Publish(string topic, string payload, int qos)
    {
        byte[] topicBytes = Encoding.UTF8.GetBytes(topic);
        List<byte> body = [(byte)(topicBytes.Length >> 8), (byte)topicBytes.Length, .. topicBytes];
        if (qos == 1)
        {
            Unacknowledged[_nextPacketId] = payload;
            body.AddRange([(byte)(_nextPacketId >> 8), (byte)_nextPacketId]);
            _nextPacketId = _nextPacketId == 60_000 ? 1 : _nextPacketId + 1;
        }

        body.AddRange(Encoding.UTF8.GetBytes(payload));
        Send((byte)(0x30 | (qos << 1)), [.. body]);
    }

    public void Send(byte first, params byte[] body)
    {
        List<byte> packet = [first];
        int length = body.Length;
        do
        {
            int digit = length % 128;
            length /= 128;
            packet.Add((byte)(length > 0 ? digit | 0x80 : digit));
        }
        while (length > 0);
        packet.AddRange(body);
        Output.Add([.. packet]);
    }

    private void DeliverQueued()
    {
        while (Queued.Count > 0 && Subscriptions.Any(s => s.EndsWith("/devicebound/#", StringComparison.Ordinal)))
        {
            Publish("devices/dev/messages/devicebound/%24.to=%2Fdevices%2Fdev", Queued.Dequeue(), 1);
        }
    }

    private bool TryPacket(out byte first, out byte[] body)
    {
        first = 0;
        body = [];
        int length = 0;
        int shift = 0;
        for (int i = 1; i < Math.Min(5, _received.Count); i++)
        {
            length |= (_received[i] & 0x7F) << shift;
            shift += 7;
            if ((_received[i] & 0x80) == 0)
            {
                if (_received.Count < i + 1 + length)
                {
                    return false;
                }

                first = _received[0];
                body = [.. _received.GetRange(i + 1, length)];
                _received.RemoveRange(0, i + 1 + length);
                return true;
            }
        }

        return false;
    }

    private void Handle(byte first, byte[] body)
    {
        switch (first >> 4)
        {
            case 1:
                HandleConnect(body);
                break;
            case 3:
                HandlePublish(first, body);
                break;
            case 4:
                Assert.IsTrue(Unacknowledged.Remove((body[0] << 8) | body[1]), "PUBACK for an unknown packet id");
                break;
            case 8:
                int filterLength = (body[2] << 8) | body[3];
                Subscriptions.Add(Encoding.UTF8.GetString(body, 4, filterLength));
                Send(0x90, body[0], body[1], (byte)SubscribeResult);
                DeliverQueued();
                break;
            case 10:
                Subscriptions.Remove(Encoding.UTF8.GetString(body, 4, (body[2] << 8) | body[3]));
                Send(0xB0, body[0], body[1]);
                break;
            case 12:
                Pings++;
                Send(0xD0);
                break;
            case 14:
                Goodbye = true;
                break;
            default:
                Assert.Fail("unexpected packet type " + (first >> 4));
                break;
        }
    }

    private void HandleConnect(byte[] body)
    {
        byte flags = body[7];
        int at = 10;
        string clientId = Field(body, ref at);
        if ((flags & 0x04) != 0)
        {
            Connects.Add("will " + Field(body, ref at) + " = " + Field(body, ref at));
        }

        string user = (flags & 0x80) != 0 ? Field(body, ref at) : string.Empty;
        Password = (flags & 0x40) != 0 ? Field(body, ref at) : null;
        Connects.Add($"{clientId}|{user}|clean={(flags >> 1) & 1}");
        Send(0x20, 0, (byte)ConnectReturnCode);
    }

    private void HandlePublish(byte first, byte[] body)
    {
        int at = 0;
        string topic = Field(body, ref at);
        int qos = (first >> 1) & 3;
        int packetId = 0;
        if (qos == 1)
        {
            packetId = (body[at] << 8) | body[at + 1];
            at += 2;
        }

        string payload = Encoding.UTF8.GetString(body, at, body.Length - at);
        if (topic.Contains("/messages/events/", StringComparison.Ordinal))
        {
            Telemetry.Add((topic, payload, (first & 8) != 0, packetId));
            if (qos == 1 && Acknowledge)
            {
                Send(0x40, (byte)(packetId >> 8), (byte)packetId);
            }
        }
        else if (topic.StartsWith("$iothub/methods/res/", StringComparison.Ordinal))
        {
            MethodAnswers.Add((topic, payload));
        }
        else if (topic.StartsWith("$iothub/twin/GET/?$rid=", StringComparison.Ordinal))
        {
            JsonObject desired = Desired.DeepClone().AsObject();
            desired["$version"] = DesiredVersion;
            JsonObject reported = Reported.DeepClone().AsObject();
            reported["$version"] = ReportedVersion;
            Publish("$iothub/twin/res/200/?$rid=" + topic[23..], new JsonObject { ["desired"] = desired, ["reported"] = reported }.ToJsonString(), 0);
        }
        else if (topic.StartsWith("$iothub/twin/PATCH/properties/reported/?$rid=", StringComparison.Ordinal))
        {
            foreach (var pair in JsonNode.Parse(payload)!.AsObject())
            {
                Reported[pair.Key] = pair.Value?.DeepClone();
            }

            ReportedVersion++;
            Publish($"$iothub/twin/res/204/?$rid={topic[45..]}&$version={ReportedVersion}", string.Empty, 0);
        }
        else
        {
            Assert.Fail("unexpected topic " + topic);
        }
    }

    private static string Field(byte[] body, ref int at)
    {
        int length = (body[at] << 8) | body[at + 1];
        string text = Encoding.UTF8.GetString(body, at + 2, length);
        at += 2 + length;
        return text;
    }
}
