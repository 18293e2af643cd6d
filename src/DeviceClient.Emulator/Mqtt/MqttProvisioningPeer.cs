using System.Buffers;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator;

/// <summary>
/// A device connected to the provisioning service over MQTT: checks the frame of the conversation (QoS, filter, subscription before
/// publish), the session answers. Sessions never persist. Source: iot-mqtt-connect-to-iot-dps.md.
/// </summary>
internal sealed class MqttProvisioningPeer : IMqttPeer, IDisposable
{
    private const string Filter = "$dps/registrations/res/#";

    private readonly HubState _hub;
    private readonly MqttWire _wire;
    private readonly IMqttProvisioningSession _session;
    private readonly string _registrationId;
    private readonly ITimer? _expiry;
    private readonly ITimer? _silence;
    private readonly TimeSpan _silenceLimit;
    private long _lastInbound;
    private bool _subscribed;
    private int _closed;

    internal MqttProvisioningPeer(HubState hub, MqttWire wire, IMqttProvisioningSession session, string registrationId, int keepAliveSeconds)
    {
        _hub = hub;
        _wire = wire;
        _session = session;
        _registrationId = registrationId;
        _lastInbound = hub.Time.GetTimestamp();
        _silenceLimit = TimeSpan.FromSeconds(keepAliveSeconds * 1.5);
        if (keepAliveSeconds > 0)
        {
            _silence = hub.Time.CreateTimer(_ => CheckSilence(), null, _silenceLimit, Timeout.InfiniteTimeSpan);
        }

        if (session.TokenExpiry is DateTimeOffset expiry)
        {
            TimeSpan left = expiry - hub.Time.GetUtcNow();
            TimeSpan longest = TimeSpan.FromDays(40);
            TimeSpan due = left < TimeSpan.Zero ? hub.Behavior.TokenExpirySkew : left < longest ? left : longest;
            _expiry = hub.Time.CreateTimer(_ => Drop(401003, "The registration's token expired."), null, due, Timeout.InfiniteTimeSpan);
        }
    }

    public void Touch() => Volatile.Write(ref _lastInbound, _hub.Time.GetTimestamp());

    public bool Handle(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttPublishPacket publish:
                HandlePublish(publish);
                return true;
            case MqttSubscribePacket subscribe:
                HandleSubscribe(subscribe);
                return true;
            case MqttUnsubscribePacket unsubscribe:
                _subscribed &= !unsubscribe.TopicFilters.Contains(Filter);
                _wire.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier });
                return true;
            case MqttPingReqPacket:
                _wire.Send(MqttPingRespPacket.Instance);
                return true;
            case MqttPubAckPacket:
                return true;
            case MqttDisconnectPacket:
                return false;
            default:
                throw new MqttViolationException(400004, $"{packet.GetType().Name} is not a packet the provisioning service takes.");
        }
    }

    public void Closed(int code, string reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _hub.Log.Write(HubLogEvent.Closed, code, _registrationId, $"Provisioning: {reason}");
            Dispose();
            _wire.Abort();
        }
    }

    public void Dispose()
    {
        _expiry?.Dispose();
        _silence?.Dispose();
    }

    private void HandlePublish(MqttPublishPacket publish)
    {
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            throw new MqttViolationException(400004, "PUBLISH with QoS 2; the provisioning service knows QoS 0 and 1 only.");
        }

        MqttProvisioningReply? reply = _session.Answer(publish.Topic, publish.Payload.ToArray());
        if (reply is null)
        {
            throw new MqttViolationException(400004, $"'{publish.Topic}' is not a topic of the provisioning service.");
        }

        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce)
        {
            _wire.Send(new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier });
        }

        if (!_subscribed)
        {
            _hub.Log.Write(HubLogEvent.Rejected, 400004, _registrationId, $"The answer on '{reply.Topic}' is not sent: subscribe to '{Filter}' first.");
            return;
        }

        _wire.Send(new MqttPublishPacket { Topic = reply.Topic, PayloadSegment = reply.Body });
    }

    private void HandleSubscribe(MqttSubscribePacket subscribe)
    {
        MqttSubAckPacket answer = new() { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [] };
        foreach (MqttTopicFilter filter in subscribe.TopicFilters)
        {
            if (filter.Topic != Filter)
            {
                throw new MqttViolationException(400004, $"'{filter.Topic}' is not a filter of the provisioning service; it offers '{Filter}'.");
            }

            _subscribed = true;
            answer.ReasonCodes.Add(filter.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
                ? MqttSubscribeReasonCode.GrantedQoS0
                : MqttSubscribeReasonCode.GrantedQoS1);
        }

        _wire.Send(answer);
    }

    private void CheckSilence()
    {
        TimeSpan silent = _hub.Time.GetElapsedTime(Volatile.Read(ref _lastInbound));
        if (silent >= _silenceLimit)
        {
            Drop(404104, $"Nothing came for {silent.TotalSeconds:0} s.");
        }
        else
        {
            _silence?.Change(_silenceLimit - silent, Timeout.InfiniteTimeSpan);
        }
    }

    private void Drop(int code, string reason) => Closed(code, reason);
}
