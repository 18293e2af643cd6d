using System;

namespace DeviceClient.Protocol;

/// <content>What the application wants: publish, subscribe, acknowledge, disconnect.</content>
public sealed partial class MqttConnection
{
    private const int DuplicateFlag = 0x08;
    private const int QosShift = 1;
    private const int RetainFlag = 0x01;

    // SUBSCRIBE and UNSUBSCRIBE carry 0010 in the flags (MQTT 3.1.1, 3.8.1 and 3.10.1).
    private const int RequestFlags = 0x02;

    private static readonly byte[] s_disconnect = { (byte)MqttPacketType.Disconnect << 4, 0 };

    // The fields in front of and behind the topic of a publish that is sent in pieces.
    private readonly byte[] _partialHead = new byte[MqttHeader.MaxBytes + 2];
    private readonly byte[] _partialId = new byte[2];
    private readonly byte[] _acknowledgement = { (byte)MqttPacketType.PubAck << 4, 2, 0, 0 };
    private int _partialPacketId;
    private long _partialToken;
    private bool _isPublishPartial;

    /// <summary>Publishes with QoS 0 or 1, or sends an in-flight message again (<see cref="MqttPublish.PacketId"/>).</summary>
    /// <param name="publish">The message. On Accepted its out members are set; on any other status nothing is changed.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <returns>Any status. A packet larger than the output buffer is accepted and copied in pieces; until its end every Try method answers WouldBlock.</returns>
    /// <exception cref="ArgumentException">A slice lies outside its buffer, the topic is empty, the QoS is not 0 or 1, or the packet id is not one to send again.</exception>
    public MqttSendStatus TryPublish(MqttPublish publish, long nowMilliseconds)
    {
        if (!MqttTransitions.Allows(_state, MqttInput.Publish))
        {
            return MqttSendStatus.NotConnected;
        }

        CheckPublish(publish);
        int topic2Count = publish.Topic2 == null ? 0 : publish.Topic2Count;
        int payloadCount = publish.Payload == null ? 0 : publish.PayloadCount;
        int idBytes = publish.Qos == 0 ? 0 : 2;
        if (publish.Topic1Count > MqttWire.MaxFieldBytes - topic2Count
            || payloadCount > MqttWire.MaxRemainingLength - 2 - publish.Topic1Count - topic2Count - idBytes)
        {
            return MqttSendStatus.TooLarge;
        }

        bool isNew = publish.PacketId == 0;
        if (isNew && idBytes != 0 && _window.IsFull)
        {
            return MqttSendStatus.WindowFull;
        }

        int remaining = 2 + publish.Topic1Count + topic2Count + idBytes + payloadCount;
        int packetBytes = MqttWire.GetHeaderBytes(remaining) + remaining;
        if (!_output.Accepts(packetBytes))
        {
            return MqttSendStatus.WouldBlock;
        }

        bool fits = _output.Fits(packetBytes);
        if (!fits && _sentEventPending)
        {
            // The event of the last large packet is not read yet, and there is room for one.
            return MqttSendStatus.WouldBlock;
        }

        // Before any change: a source without a free buffer throws here.
        byte[] buffer = _output.Open();
        if (idBytes != 0)
        {
            TakeSlot(publish, isNew, nowMilliseconds);
        }

        int firstByte = ((int)MqttPacketType.Publish << 4) | (isNew ? 0 : DuplicateFlag) | (publish.Qos << QosShift) | (publish.Retain ? RetainFlag : 0);
        publish.IsPartial = false;
        if (fits)
        {
            WritePublish(publish, buffer, firstByte, remaining, topic2Count, payloadCount);
        }
        else
        {
            BeginPartialPublish(publish, firstByte, remaining, topic2Count, payloadCount);
        }

        _now = nowMilliseconds;
        _lastSent = nowMilliseconds;
        return MqttSendStatus.Accepted;
    }

    /// <summary>Asks the server for the messages of one topic filter.</summary>
    /// <param name="filter">Topic filter in UTF-8; copied.</param>
    /// <param name="qos">Highest QoS wanted: 0 or 1.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <param name="packetId">When accepted: the id that the SubscribeAcknowledged event will carry, 32 768 or more; else 0.</param>
    /// <returns>Any status; WindowFull when 16 SUBSCRIBE and UNSUBSCRIBE packets wait for their answer. They are forgotten when the transport ends.</returns>
    /// <exception cref="ArgumentException">The filter is empty or the QoS is not 0 or 1.</exception>
    public MqttSendStatus TrySubscribe(byte[] filter, int qos, long nowMilliseconds, out int packetId)
    {
        if (qos < 0 || qos > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(qos), "The QoS is " + qos.ToString() + "; it must be 0 or 1.");
        }

        return TryRequest(MqttInput.Subscribe, filter, qos, nowMilliseconds, out packetId);
    }

    /// <summary>Asks the server to end a subscription.</summary>
    /// <param name="filter">The topic filter as it was subscribed, UTF-8; copied.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <param name="packetId">When accepted: the id that the UnsubscribeAcknowledged event will carry; else 0.</param>
    /// <returns>As <see cref="TrySubscribe"/>.</returns>
    /// <exception cref="ArgumentException">The filter is empty.</exception>
    public MqttSendStatus TryUnsubscribe(byte[] filter, long nowMilliseconds, out int packetId)
    {
        return TryRequest(MqttInput.Unsubscribe, filter, -1, nowMilliseconds, out packetId);
    }

    /// <summary>Sends PUBACK for a received QoS 1 publish. The hub takes a cloud-to-device message as completed by it.</summary>
    /// <param name="packetId">The id from the event, 1 to 65 535. It belongs to the connection it came from: do not carry it over a reconnect.</param>
    /// <returns>Accepted, WouldBlock or NotConnected.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside its range.</exception>
    public MqttSendStatus TryAcknowledge(int packetId)
    {
        if (packetId < 1 || packetId > MqttWire.MaxFieldBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(packetId), "The packet id is " + packetId.ToString() + "; it must be 1 to 65535.");
        }

        MqttWire.WriteUInt16(_acknowledgement, 2, packetId);
        return TryAdd(MqttInput.Acknowledge, _acknowledgement);
    }

    /// <summary>Puts DISCONNECT into the output: the server will not publish the will. Write the output, then close the transport.</summary>
    /// <returns>Accepted, WouldBlock or NotConnected.</returns>
    public MqttSendStatus TryDisconnect()
    {
        MqttSendStatus status = TryAdd(MqttInput.Disconnect, s_disconnect);
        if (status == MqttSendStatus.Accepted)
        {
            Move(MqttInput.Disconnect);
            ClearDeadlines();
        }

        return status;
    }

    private void CheckPublish(MqttPublish publish)
    {
        CheckSlice(publish.Topic1, publish.Topic1Offset, publish.Topic1Count, "Topic1");
        if (publish.Topic2 != null)
        {
            CheckSlice(publish.Topic2, publish.Topic2Offset, publish.Topic2Count, "Topic2");
        }

        if (publish.Payload != null)
        {
            CheckSlice(publish.Payload, publish.PayloadOffset, publish.PayloadCount, "Payload");
        }

        if (publish.Topic1Count == 0 && (publish.Topic2 == null || publish.Topic2Count == 0))
        {
            throw new ArgumentException("The topic is empty; it must have 1 to 65535 bytes.", nameof(publish));
        }

        if (publish.Qos < 0 || publish.Qos > 1)
        {
            throw new ArgumentException("Qos is " + publish.Qos.ToString() + "; it must be 0 or 1.", nameof(publish));
        }

        if (publish.PacketId != 0 && (publish.Qos == 0 || !_window.IsUnsent(publish.PacketId)))
        {
            throw new ArgumentException(
                "PacketId is " + publish.PacketId.ToString() + "; it must be 0, or with QoS 1 the id of a publish in flight that was not yet sent on this connection.",
                nameof(publish));
        }
    }

    private static void CheckSlice(byte[] buffer, int offset, int count, string name)
    {
        if (offset < 0 || count < 0 || offset > buffer.Length - count)
        {
            throw new ArgumentException(
                name + " has " + buffer.Length.ToString() + " bytes; offset " + offset.ToString() + " and count " + count.ToString() + " lie outside.");
        }
    }

    private void TakeSlot(MqttPublish publish, bool isNew, long nowMilliseconds)
    {
        if (isNew)
        {
            publish.PacketId = _window.Add(publish.Token, nowMilliseconds);
        }
        else
        {
            _window.MarkSent(publish.PacketId, publish.Token, nowMilliseconds);
        }

        Arm(MqttDeadline.PublishAnswer, nowMilliseconds, _ackTimeoutMilliseconds);
    }

    private void WritePublish(MqttPublish publish, byte[] buffer, int firstByte, int remaining, int topic2Count, int payloadCount)
    {
        int at = MqttWire.WriteHeader(buffer, _output.Count, firstByte, remaining);
        at = MqttWire.WriteUInt16(buffer, at, publish.Topic1Count + topic2Count);
        Array.Copy(publish.Topic1, publish.Topic1Offset, buffer, at, publish.Topic1Count);
        at += publish.Topic1Count;
        if (topic2Count != 0)
        {
            Array.Copy(publish.Topic2!, publish.Topic2Offset, buffer, at, topic2Count);
            at += topic2Count;
        }

        if (publish.Qos != 0)
        {
            at = MqttWire.WriteUInt16(buffer, at, publish.PacketId);
        }

        if (payloadCount != 0)
        {
            Array.Copy(publish.Payload!, publish.PayloadOffset, buffer, at, payloadCount);
            at += payloadCount;
        }

        _output.Count = at;
    }

    private void BeginPartialPublish(MqttPublish publish, int firstByte, int remaining, int topic2Count, int payloadCount)
    {
        int at = MqttWire.WriteHeader(_partialHead, 0, firstByte, remaining);
        at = MqttWire.WriteUInt16(_partialHead, at, publish.Topic1Count + topic2Count);
        _output.BeginParts();
        _output.AddPart(_partialHead, 0, at);
        _output.AddPart(publish.Topic1, publish.Topic1Offset, publish.Topic1Count);
        _output.AddPart(publish.Topic2 == null ? s_empty : publish.Topic2, publish.Topic2 == null ? 0 : publish.Topic2Offset, topic2Count);
        MqttWire.WriteUInt16(_partialId, 0, publish.PacketId);
        _output.AddPart(_partialId, 0, publish.Qos == 0 ? 0 : 2);
        _output.AddPart(publish.Payload == null ? s_empty : publish.Payload, publish.Payload == null ? 0 : publish.PayloadOffset, payloadCount);
        _output.CopyParts();
        publish.IsPartial = true;
        _isPublishPartial = true;
        _partialPacketId = publish.PacketId;
        _partialToken = publish.Token;
    }

    private void EndPartialPublish()
    {
        if (!_isPublishPartial)
        {
            return;
        }

        _isPublishPartial = false;
        _sentEventPending = true;
        if (_partialPacketId != 0)
        {
            // Its PUBACK cannot come before now, however long the copying took.
            _window.SetSentAt(_partialPacketId, _now);
            _partialPacketId = 0;
        }
    }

    private MqttSendStatus TryRequest(MqttInput input, byte[] filter, int qos, long nowMilliseconds, out int packetId)
    {
        packetId = 0;
        if (filter == null || filter.Length == 0)
        {
            throw new ArgumentException("The topic filter is empty; it must have 1 to 65535 bytes.", nameof(filter));
        }

        if (!MqttTransitions.Allows(_state, input))
        {
            return MqttSendStatus.NotConnected;
        }

        if (filter.Length > MqttWire.MaxFieldBytes)
        {
            return MqttSendStatus.TooLarge;
        }

        if (_requests.IsFull)
        {
            return MqttSendStatus.WindowFull;
        }

        bool subscribes = input == MqttInput.Subscribe;
        int remaining = 2 + 2 + filter.Length + (subscribes ? 1 : 0);
        int packetBytes = MqttWire.GetHeaderBytes(remaining) + remaining;
        if (!_output.Accepts(packetBytes))
        {
            return MqttSendStatus.WouldBlock;
        }

        byte[] packet = new byte[packetBytes];
        MqttPacketType type = subscribes ? MqttPacketType.Subscribe : MqttPacketType.Unsubscribe;
        int at = MqttWire.WriteHeader(packet, 0, ((int)type << 4) | RequestFlags, remaining);
        at = MqttWire.WriteUInt16(packet, at, _requests.NextId);
        at = MqttWire.WriteField(packet, at, filter);
        if (subscribes)
        {
            packet[at] = (byte)qos;
        }

        _output.Add(packet, packetBytes);
        packetId = _requests.NextId;
        _requests.Add(subscribes ? MqttPacketType.SubAck : MqttPacketType.UnsubAck, nowMilliseconds);
        Arm(MqttDeadline.SubscribeAnswer, nowMilliseconds, _ackTimeoutMilliseconds);
        _now = nowMilliseconds;
        _lastSent = nowMilliseconds;
        return MqttSendStatus.Accepted;
    }

    private MqttSendStatus TryAdd(MqttInput input, byte[] packet)
    {
        if (!MqttTransitions.Allows(_state, input))
        {
            return MqttSendStatus.NotConnected;
        }

        if (!_output.Accepts(packet.Length))
        {
            return MqttSendStatus.WouldBlock;
        }

        // The last known time is early rather than late, and early only means that a ping comes sooner.
        _output.Add(packet, packet.Length);
        _lastSent = _now;
        return MqttSendStatus.Accepted;
    }
}
