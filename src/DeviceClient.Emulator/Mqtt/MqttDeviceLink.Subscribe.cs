using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator;

/// <summary>Subscriptions: the hub's own filters only, at most five at a time, QoS 1 at most.</summary>
internal sealed partial class MqttDeviceLink
{
    /// <summary>Subscriptions a device may hold at a time. Source: iot-mqtt-connect-to-iot-hub.md.</summary>
    private const int MaximumSubscriptions = 5;

    private void HandleSubscribe(MqttSubscribePacket subscribe)
    {
        if (subscribe.TopicFilters.Count == 0 || subscribe.PacketIdentifier == 0)
        {
            throw new MqttViolationException(400006, "SUBSCRIBE without a filter or with the packet id 0.");
        }

        int count = _session.CountWith(subscribe.TopicFilters.Select(static filter => filter.Topic));
        if (count > MaximumSubscriptions)
        {
            throw new MqttViolationException(400004, $"SUBSCRIBE would make {count} subscriptions, at most {MaximumSubscriptions} are allowed at a time.");
        }

        MqttSubAckPacket answer = new() { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [] };
        bool messages = false;
        foreach (MqttTopicFilter filter in subscribe.TopicFilters)
        {
            answer.ReasonCodes.Add(Grant(filter));
            messages |= filter.Topic == _topics.CloudToDeviceFilter;
        }

        Emit(HubFaultPoint.SubAck, answer);
        _hub.Connections.Signal();
        if (messages)
        {
            CloudToDeviceAvailable();
        }
    }

    private MqttSubscribeReasonCode Grant(MqttTopicFilter filter)
    {
        if ((int)filter.QualityOfServiceLevel > 2)
        {
            throw new MqttViolationException(400006, $"SUBSCRIBE to '{filter.Topic}' asks for QoS {(int)filter.QualityOfServiceLevel}, which does not exist.");
        }

        if (!_topics.Offers(filter.Topic))
        {
            string text = $"'{filter.Topic}' is not a filter the hub offers to this identity; it offers {_topics.OfferedText}.";
            if (_hub.Behavior.UnsupportedFilter == UnsupportedFilterAnswer.CloseConnection)
            {
                throw new MqttViolationException(400004, text);
            }

            _hub.Log.Write(HubLogEvent.Rejected, 400004, Identity.Id, text);
            return MqttSubscribeReasonCode.UnspecifiedError;
        }

        int granted = Math.Min((int)filter.QualityOfServiceLevel, 1);
        _session.Subscribe(filter.Topic, granted);
        _hub.Log.Write(HubLogEvent.Subscribed, 0, Identity.Id, $"Subscribed to '{filter.Topic}', QoS {granted} granted.");
        return granted == 0 ? MqttSubscribeReasonCode.GrantedQoS0 : MqttSubscribeReasonCode.GrantedQoS1;
    }

    private void HandleUnsubscribe(MqttUnsubscribePacket unsubscribe)
    {
        foreach (string filter in unsubscribe.TopicFilters)
        {
            if (_session.Unsubscribe(filter))
            {
                _hub.Log.Write(HubLogEvent.Subscribed, 0, Identity.Id, $"Unsubscribed from '{filter}'.");
            }
        }

        _wire.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier });
        _hub.Connections.Signal();
    }
}
