using System;

namespace DeviceClient.Protocol;

/// <content>What the server sends: bytes in, events out.</content>
public sealed partial class MqttConnection
{
    private const int PubAckBytes = 4;
    private const int PubAckFirstByte = (int)MqttPacketType.PubAck << 4;
    private const int PubAckRemaining = 2;
    private const int MaxConnAckCode = 5;
    private const int RefusedFilter = 0x80;

    private byte[] _in = s_empty;
    private int _inOffset;
    private int _inEnd;
    private int _returnCode;
    private bool _sentEventPending;
    private bool _failedEventPending;

    /// <summary>Takes bytes from the transport, cut anywhere. Then call <see cref="TryReadEvent"/> until it answers false.</summary>
    /// <param name="buffer">The caller's buffer; not kept once all events are read.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes, 0 or more.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <exception cref="ArgumentException">The slice lies outside the buffer.</exception>
    /// <exception cref="InvalidOperationException">Events of the previous call were not all read.</exception>
    public void HandleReceived(byte[] buffer, int offset, int count, long nowMilliseconds)
    {
        if (buffer == null)
        {
            throw new ArgumentNullException(nameof(buffer));
        }

        CheckSlice(buffer, offset, count, nameof(buffer));
        if (_inOffset < _inEnd)
        {
            throw new InvalidOperationException((_inEnd - _inOffset).ToString() + " bytes of the previous call wait. Call TryReadEvent until it answers false.");
        }

        ReleaseDelivered();
        _now = nowMilliseconds;
        if (count == 0 || _state == MqttConnectionState.Closed || _state == MqttConnectionState.Failed)
        {
            return;
        }

        _in = buffer;
        _inOffset = offset;
        _inEnd = offset + count;
        _lastReceived = nowMilliseconds;
    }

    /// <summary>Reads the next event.</summary>
    /// <param name="result">Filled when the answer is true.</param>
    /// <returns>False when there is none for now.</returns>
    public bool TryReadEvent(MqttEvent result)
    {
        if (result == null)
        {
            throw new ArgumentNullException(nameof(result));
        }

        ReleaseDelivered();
        if (TryReadPending(result))
        {
            return true;
        }

        while (_inOffset < _inEnd)
        {
            if (_split.IsEmpty && TryFindWhole())
            {
                int start = _inOffset;
                _inOffset += _header.PacketBytes;
                if (TryParse(_in, start + _header.HeaderBytes, result))
                {
                    return true;
                }
            }
            else if (_inOffset < _inEnd && TryFillSplit())
            {
                bool isEvent = TryParse(_split.Buffer, _header.HeaderBytes, result);
                if (isEvent)
                {
                    return true;
                }

                _split.Clear();
            }
        }

        DropInput();
        return TryReadPending(result);
    }

    /// <summary>Reads a run of PUBACKs at once: the fast way when acknowledgements come in bursts.</summary>
    /// <param name="tokens">Receives the tokens of the acknowledged publishes, in the order of their PUBACKs.</param>
    /// <returns>Number of tokens written; 0 when the next event, if there is one, is of another kind: go on with <see cref="TryReadEvent"/>.</returns>
    public int ReadAcknowledged(long[] tokens)
    {
        if (tokens == null)
        {
            throw new ArgumentNullException(nameof(tokens));
        }

        ReleaseDelivered();
        if (_sentEventPending || !_split.IsEmpty || !MqttTransitions.Allows(_state, MqttInput.ReceivedPubAck))
        {
            return 0;
        }

        // The hot loop of a busy device: no header object, no event, one compare for each fixed byte.
        byte[] input = _in;
        int at = _inOffset;
        int last = _inEnd - PubAckBytes;
        int count = 0;
        while (at <= last && count < tokens.Length && input[at] == PubAckFirstByte && input[at + 1] == PubAckRemaining)
        {
            int packetId = (input[at + 2] << 8) | input[at + 3];
            if (packetId == 0)
            {
                break;
            }

            if (_window.TryAcknowledge(packetId, out long token))
            {
                tokens[count] = token;
                count++;
            }

            at += PubAckBytes;
        }

        _inOffset = at;
        return count;
    }

    private bool TryReadPending(MqttEvent result)
    {
        if (_sentEventPending)
        {
            _sentEventPending = false;
            result.Kind = MqttEventKind.PublishSent;
            result.Token = _partialToken;
            return true;
        }

        if (_failedEventPending)
        {
            _failedEventPending = false;
            result.Kind = MqttEventKind.Failed;
            result.Failure = _failure;
            result.ReturnCode = _failure == MqttFailure.Refused ? _returnCode : 0;
            return true;
        }

        return false;
    }

    // The buffer of a packet that came in pieces lives as long as the event that shows it.
    private void ReleaseDelivered()
    {
        if (_split.IsComplete)
        {
            _split.Clear();
        }
    }

    private void DropInput()
    {
        _in = s_empty;
        _inOffset = 0;
        _inEnd = 0;
    }

    // True when the next packet lies in the input as a whole, its header judged. False: incomplete, or failed and the input dropped.
    private bool TryFindWhole()
    {
        return TryReadHeader(_in, _inOffset, _inEnd - _inOffset) && _header.PacketBytes <= _inEnd - _inOffset;
    }

    private bool TryReadHeader(byte[] buffer, int offset, int available)
    {
        MqttFailure failure = _header.Read(buffer, offset, available);
        if (failure == MqttFailure.None && _header.HeaderBytes == 0)
        {
            return false;
        }

        if (failure == MqttFailure.None)
        {
            failure = _header.Check(_maxInboundPacketBytes, out MqttInput input);
            if (failure == MqttFailure.None && !MqttTransitions.Allows(_state, input))
            {
                failure = MqttFailure.UnexpectedPacket;
            }
        }

        if (failure != MqttFailure.None)
        {
            Fail(MqttInput.Breach, failure);
        }

        return failure == MqttFailure.None;
    }

    // True when the packet that came in pieces is complete. False: the input is used up, or dropped by a failure.
    private bool TryFillSplit()
    {
        while (!_split.HasHeader && _inOffset < _inEnd)
        {
            _split.AddHeaderByte(_in[_inOffset]);
            _inOffset++;
            if (TryReadHeader(_split.Buffer, 0, _split.Count))
            {
                _split.SetPacketBytes(_header.PacketBytes);
            }
        }

        if (_split.HasHeader)
        {
            _inOffset += _split.Fill(_in, _inOffset, _inEnd - _inOffset);
        }

        return _split.IsComplete;
    }

    // True when the packet is an event. False: it means nothing to the application, or it failed the connection.
    private bool TryParse(byte[] buffer, int body, MqttEvent result)
    {
        switch ((MqttPacketType)(_header.FirstByte >> 4))
        {
            case MqttPacketType.PubAck:
                return TryParsePubAck(buffer, body, result);
            case MqttPacketType.Publish:
                return TryParsePublish(buffer, body, result);
            case MqttPacketType.ConnAck:
                return TryParseConnAck(buffer, body, result);
            case MqttPacketType.SubAck:
                return TryParseSubAck(buffer, body, result);
            case MqttPacketType.UnsubAck:
                return TryParseAnswer(buffer, body, MqttPacketType.UnsubAck, MqttEventKind.UnsubscribeAcknowledged, result);
            default:
                HandlePingResp();
                return false;
        }
    }

    private bool TryParsePubAck(byte[] buffer, int body, MqttEvent result)
    {
        int packetId = MqttWire.ReadUInt16(buffer, body);
        if (packetId == 0)
        {
            return Refuse(MqttFailure.InvalidPacketId);
        }

        // An id that waits for nothing, or was given up, is no reason to end a working connection.
        if (!_window.TryAcknowledge(packetId, out long token))
        {
            return false;
        }

        result.Kind = MqttEventKind.PublishAcknowledged;
        result.PacketId = packetId;
        result.Token = token;
        return true;
    }

    private bool TryParsePublish(byte[] buffer, int body, MqttEvent result)
    {
        int flags = _header.FirstByte & 0x0F;
        int qos = (flags >> QosShift) & 3;
        int idBytes = qos == 0 ? 0 : 2;
        int topicCount = MqttWire.ReadUInt16(buffer, body);
        int payloadCount = _header.RemainingLength - 2 - topicCount - idBytes;
        if (payloadCount < 0)
        {
            return Refuse(MqttFailure.InvalidPacketLength);
        }

        if (topicCount == 0)
        {
            return Refuse(MqttFailure.InvalidTopic);
        }

        int topic = body + 2;
        if (!MqttTopicText.IsValid(buffer, topic, topicCount))
        {
            return Refuse(MqttFailure.InvalidUtf8);
        }

        int packetId = idBytes == 0 ? 0 : MqttWire.ReadUInt16(buffer, topic + topicCount);
        if (idBytes != 0 && packetId == 0)
        {
            return Refuse(MqttFailure.InvalidPacketId);
        }

        result.Kind = MqttEventKind.PublishReceived;
        result.Buffer = buffer;
        result.TopicOffset = topic;
        result.TopicCount = topicCount;
        result.PayloadOffset = topic + topicCount + idBytes;
        result.PayloadCount = payloadCount;
        result.PacketId = packetId;
        result.Qos = qos;
        result.Duplicate = (flags & DuplicateFlag) != 0;
        result.Retain = (flags & RetainFlag) != 0;
        return true;
    }

    private bool TryParseConnAck(byte[] buffer, int body, MqttEvent result)
    {
        int flags = buffer[body];
        int code = buffer[body + 1];
        if (flags > 1)
        {
            return Refuse(MqttFailure.ReservedFlags);
        }

        if (code > MaxConnAckCode || (code != 0 && flags != 0))
        {
            return Refuse(MqttFailure.InvalidReturnCode);
        }

        _deadlines[(int)MqttDeadline.ConnectAnswer] = Never;
        if (code != 0)
        {
            _returnCode = code;
            Fail(MqttInput.ReceivedRefusal, MqttFailure.Refused);
            return false;
        }

        Move(MqttInput.ReceivedAcceptance);
        Arm(MqttDeadline.Ping, _lastSent, _keepAliveMilliseconds);
        result.Kind = MqttEventKind.Connected;
        result.SessionPresent = flags == 1;
        result.ReturnCode = 0;
        return true;
    }

    private bool TryParseSubAck(byte[] buffer, int body, MqttEvent result)
    {
        int granted = buffer[body + 2];
        if (granted > 2 && granted != RefusedFilter)
        {
            return Refuse(MqttFailure.InvalidReturnCode);
        }

        result.GrantedQos = granted;
        return TryParseAnswer(buffer, body, MqttPacketType.SubAck, MqttEventKind.SubscribeAcknowledged, result);
    }

    private bool TryParseAnswer(byte[] buffer, int body, MqttPacketType type, MqttEventKind kind, MqttEvent result)
    {
        int packetId = MqttWire.ReadUInt16(buffer, body);
        if (packetId == 0)
        {
            return Refuse(MqttFailure.InvalidPacketId);
        }

        // Unlike PUBACK there is no innocent cause: nothing can be given up here.
        if (!_requests.TryComplete(packetId, type))
        {
            return Refuse(MqttFailure.UnknownPacketId);
        }

        result.Kind = kind;
        result.PacketId = packetId;
        return true;
    }

    private bool Refuse(MqttFailure failure)
    {
        Fail(MqttInput.Breach, failure);
        return false;
    }
}
