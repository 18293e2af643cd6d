using System.Globalization;
using System.Text;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator;

/// <summary>Cloud-to-device messages: delivered under a lock, completed by PUBACK. MQTT has no reject and no abandon.</summary>
internal sealed partial class MqttDeviceLink
{
    private readonly object _messageGate = new();
    private readonly Dictionary<ushort, (HubQueuedMessage Message, string LockToken)> _unacknowledged = [];

    internal override void CloudToDeviceAvailable()
    {
        if (Identity is not HubDevice device)
        {
            return;
        }

        lock (_messageGate)
        {
            int qos = _session.Qos(_topics.CloudToDeviceFilter);
            while (qos >= 0 && _closed == 0 && device.Messages.LockNext() is HubQueuedMessage message)
            {
                Deliver(device, message, qos);
            }
        }

        _wire.Flush();
    }

    private void Deliver(HubDevice device, HubQueuedMessage message, int qos)
    {
        string lockToken = message.LockToken!;
        bool again = ReferenceEquals(message.LastSent.Session, _session) && qos > 0;
        ushort packetId = qos == 0 ? (ushort)0 : again ? message.LastSent.PacketId : _session.NextPacketId();
        if (qos > 0)
        {
            message.LastSent = (_session, packetId);
            _unacknowledged[packetId] = (message, lockToken);
        }

        _hub.Log.Write(HubLogEvent.Message, 0, Identity.Id, $"Cloud-to-device message '{message.Message.MessageId}' {(again ? "sent again" : "sent")}, QoS {qos}.");
        Emit(HubFaultPoint.CloudToDevice, new MqttPublishPacket
        {
            Topic = MessageTopic(device, message),
            PayloadSegment = message.Message.Payload.ToArray(),
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos,
            PacketIdentifier = packetId,
            Dup = again,
        });
        if (qos == 0 && _hub.Behavior.QosZeroCompletesOnSend)
        {
            device.Messages.TrySettle(lockToken, HubFeedbackStatus.Success);
        }
    }

    private void HandleAcknowledge(ushort packetId)
    {
        (HubQueuedMessage Message, string LockToken) sent;
        lock (_messageGate)
        {
            if (!_unacknowledged.TryGetValue(packetId, out sent))
            {
                _hub.Log.Write(HubLogEvent.Rejected, 412002, Identity.Id, $"PUBACK for the packet id {packetId}, which no message waits for.");
                return;
            }
        }

        if (_hub.Faults.Take(HubFaultPoint.CloudToDeviceAck, Identity) is HubFault fault && !Pass(fault.Rule))
        {
            return;
        }

        bool settled = ((HubDevice)Identity).Messages.TrySettle(sent.LockToken, HubFeedbackStatus.Success);
        if (!settled)
        {
            _hub.Log.Write(HubLogEvent.Message, 412002, Identity.Id, $"PUBACK for '{sent.Message.Message.MessageId}' came after its lock of {CloudToDeviceQueue.LockTime.TotalSeconds:0} s: it will be delivered again unless it expired.");
            return;
        }

        lock (_messageGate)
        {
            _unacknowledged.Remove(packetId);
        }

        sent.Message.LastSent = default;
        _session.FreePacketId(packetId);
    }

    private void ReleaseMessages()
    {
        if (Identity is not HubDevice device)
        {
            return;
        }

        lock (_messageGate)
        {
            if (_hub.Behavior.ReleaseLocksOnDisconnect)
            {
                foreach ((HubQueuedMessage _, string lockToken) in _unacknowledged.Values)
                {
                    device.Messages.Release(lockToken);
                }
            }

            _unacknowledged.Clear();
        }

        // A take-over closes this link while the newer one may already have looked at the queue.
        Identity.Link?.CloudToDeviceAvailable();
    }

    private string MessageTopic(HubDevice device, HubQueuedMessage queued)
    {
        StringBuilder topic = new(_topics.CloudToDevice, 256);
        HubCloudToDeviceMessage message = queued.Message;
        Append(topic, "$.mid", message.MessageId);
        Append(topic, "$.cid", message.CorrelationId);
        Append(topic, "$.uid", message.UserId);
        Append(topic, "$.to", $"/devices/{device.DeviceId}/messages/deviceBound");
        Append(topic, "$.ct", message.ContentType);
        Append(topic, "$.ce", message.ContentEncoding);
        Append(topic, "$.exp", message.ExpiryTime?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Append(topic, "iothub-ack", message.Ack switch
        {
            HubFeedbackRequest.Full => "full",
            HubFeedbackRequest.Positive => "positive",
            HubFeedbackRequest.Negative => "negative",
            _ => null,
        });
        foreach ((string name, string? value) in message.Properties)
        {
            topic.Append(topic[^1] == '/' ? "" : "&").Append(Uri.EscapeDataString(name));
            if (value is not null)
            {
                topic.Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return topic.ToString();
    }

    private static void Append(StringBuilder topic, string name, string? value)
    {
        if (value is not null)
        {
            topic.Append(topic[^1] == '/' ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
