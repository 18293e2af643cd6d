using System.Buffers;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator;

/// <summary>What the device publishes: telemetry here, the rest by topic to its feature. Also the will.</summary>
internal sealed partial class MqttDeviceLink
{
    private readonly MqttPubAckPacket _pubAck = new();

    private void HandlePublish(MqttPublishPacket publish)
    {
        string topic = publish.Topic;
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            throw new MqttViolationException(400004, $"PUBLISH with QoS 2 on '{topic}'; the hub knows QoS 0 and 1 only.");
        }

        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce && publish.PacketIdentifier == 0)
        {
            throw new MqttViolationException(400006, $"PUBLISH with QoS 1 on '{topic}' has the packet id 0.");
        }

        if (topic.AsSpan().IndexOfAny("+#\0\uFFFD") >= 0)
        {
            throw new MqttViolationException(400004, $"The topic '{topic}' contains '+', '#', NUL or malformed UTF-8; percent-encode property values (space is %20, never +).");
        }

        int bag = _topics.FindBag(topic);
        if (bag >= 0)
        {
            HandleTelemetry(publish, bag);
        }
        else if (topic.StartsWith(HubTopics.TwinGet, StringComparison.Ordinal))
        {
            Acknowledge(publish);
            HandleTwinGet(topic);
        }
        else if (topic.StartsWith(HubTopics.TwinPatch, StringComparison.Ordinal))
        {
            Acknowledge(publish);
            HandleTwinPatch(topic, First(publish.Payload));
        }
        else if (topic.StartsWith(HubTopics.MethodResponse, StringComparison.Ordinal))
        {
            Acknowledge(publish);
            HandleMethodResponse(topic, First(publish.Payload));
        }
        else
        {
            throw new MqttViolationException(400004, $"'{topic}' is not a topic this identity may publish to; its telemetry goes to '{_topics.Events}'.");
        }
    }

    private void HandleTelemetry(MqttPublishPacket publish, int bag)
    {
        TimeSpan delay = TimeSpan.Zero;
        if (_hub.Faults.Take(HubFaultPoint.Telemetry, Identity) is HubFault fault)
        {
            if (fault.Rule.Action == HubFaultAction.Throttle)
            {
                delay = fault.Rule.Delay;
            }
            else if (!Pass(fault.Rule))
            {
                return;
            }
        }

        TakeTelemetry(publish.Topic, bag, First(publish.Payload), publish.Retain, publish.Dup, will: false);
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce)
        {
            return;
        }

        if (delay > TimeSpan.Zero)
        {
            SendLater(new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier }, delay);
        }
        else if (_hub.Faults.Take(HubFaultPoint.PubAck, Identity) is HubFault ackFault)
        {
            Emit(ackFault.Rule, new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier });
        }
        else
        {
            Acknowledge(publish);
        }
    }

    private void TakeTelemetry(string topic, int bag, ReadOnlyMemory<byte> payload, bool retain, bool duplicate, bool will)
    {
        string? fault = TelemetryBag.Measure(topic.AsSpan(bag), out int bagSize);
        if (fault is not null)
        {
            throw new MqttViolationException(400004, $"The property bag of '{topic}' is malformed: {fault}.");
        }

        long size = (long)payload.Length + bagSize;
        if (size > HubSizes.Telemetry)
        {
            throw new MqttViolationException(413001, $"A telemetry message has {size} bytes (payload {payload.Length}, properties {bagSize}), at most {HubSizes.Telemetry} are allowed.");
        }

        DateTimeOffset now = _hub.Time.GetUtcNow();
        Identity.LastActivityTime = now;
        _hub.Telemetry.Append(new HubTelemetryMessage(_origin, topic, bag, payload, now, retain, duplicate, will));
    }

    private void Acknowledge(MqttPublishPacket publish)
    {
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce)
        {
            // One object for all: the wire encodes it before it returns.
            _pubAck.PacketIdentifier = publish.PacketIdentifier;
            _wire.Send(_pubAck);
        }
    }

    private static ReadOnlyMemory<byte> First(ReadOnlySequence<byte> payload) => payload.IsSingleSegment ? payload.First : payload.ToArray();

    private void CheckWill()
    {
        if (!_connect.WillFlag)
        {
            return;
        }

        int bag = _topics.FindBag(_connect.WillTopic ?? "");
        string? fault = bag < 0
            ? $"its topic is not '{_topics.Events}', optionally with properties"
            : _connect.WillQoS == MqttQualityOfServiceLevel.ExactlyOnce
                ? "it asks for QoS 2"
                : TelemetryBag.Measure(_connect.WillTopic.AsSpan(bag), out _);
        if (fault is not null)
        {
            throw new MqttViolationException(400004, $"The will on '{_connect.WillTopic}' is refused: {fault}.");
        }
    }

    private void SendWill()
    {
        if (!_connect.WillFlag || Identity.IsRemoved)
        {
            return;
        }

        string topic = _connect.WillTopic;
        try
        {
            TakeTelemetry(topic, _topics.FindBag(topic), _connect.WillMessage ?? [], _connect.WillRetain, duplicate: false, will: true);
        }
        catch (MqttViolationException error)
        {
            _hub.Log.Write(HubLogEvent.Rejected, error.Code, Identity.Id, $"The will was not delivered: {error.Message}");
        }
    }
}
