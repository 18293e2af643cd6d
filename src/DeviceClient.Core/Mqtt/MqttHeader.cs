namespace DeviceClient.Protocol;

/// <summary>The fixed header of a received packet, and what it alone tells about the packet's right to exist.</summary>
internal sealed class MqttHeader
{
    /// <summary>Longest fixed header: the type byte and four length bytes.</summary>
    internal const int MaxBytes = 5;

    /// <summary>Type and flags.</summary>
    internal int FirstByte { get; private set; }

    /// <summary>Bytes of the fixed header, 2 to 5; 0 while it is incomplete.</summary>
    internal int HeaderBytes { get; private set; }

    /// <summary>Bytes behind the fixed header.</summary>
    internal int RemainingLength { get; private set; }

    /// <summary>Bytes of the whole packet.</summary>
    internal int PacketBytes => HeaderBytes + RemainingLength;

    /// <summary>Reads the header of the packet at an offset.</summary>
    /// <returns>MalformedLength, or None; then <see cref="HeaderBytes"/> is 0 when more bytes are needed.</returns>
    internal MqttFailure Read(byte[] buffer, int offset, int available)
    {
        HeaderBytes = 0;
        FirstByte = buffer[offset];
        int length = 0;
        int shift = 0;
        for (int i = 1; i < MaxBytes; i++)
        {
            if (i >= available)
            {
                return MqttFailure.None;
            }

            int digit = buffer[offset + i];
            length |= (digit & 0x7F) << shift;
            if (digit < 0x80)
            {
                RemainingLength = length;
                HeaderBytes = i + 1;
                return MqttFailure.None;
            }

            shift += 7;
        }

        return MqttFailure.MalformedLength;
    }

    /// <summary>Judges type, flags and length, before a single byte of the body is looked at or stored.</summary>
    /// <param name="maxPacketBytes">Largest packet accepted.</param>
    /// <param name="input">The input that this packet means to the state table, when the answer is None. A refusal is told from an acceptance later.</param>
    internal MqttFailure Check(int maxPacketBytes, out MqttInput input)
    {
        input = MqttInput.Breach;
        int flags = FirstByte & 0x0F;
        switch ((MqttPacketType)(FirstByte >> 4))
        {
            case MqttPacketType.Publish:
                input = MqttInput.ReceivedPublish;
                return CheckPublish(flags, maxPacketBytes);
            case MqttPacketType.PubAck:
                input = MqttInput.ReceivedPubAck;
                return CheckFixed(flags, 2);
            case MqttPacketType.ConnAck:
                input = MqttInput.ReceivedAcceptance;
                return CheckFixed(flags, 2);
            case MqttPacketType.SubAck:
                // One filter for each SUBSCRIBE, so exactly one return code (3.8.4).
                input = MqttInput.ReceivedSubAck;
                return CheckFixed(flags, 3);
            case MqttPacketType.UnsubAck:
                input = MqttInput.ReceivedUnsubAck;
                return CheckFixed(flags, 2);
            case MqttPacketType.PingResp:
                input = MqttInput.ReceivedPingResp;
                return CheckFixed(flags, 0);
            case MqttPacketType.PubRec:
            case MqttPacketType.PubRel:
            case MqttPacketType.PubComp:
                return MqttFailure.QosTwoReceived;
            case MqttPacketType.Reserved0:
            case MqttPacketType.Reserved15:
                return MqttFailure.ReservedPacketType;
            default:
                return MqttFailure.ClientPacketReceived;
        }
    }

    private MqttFailure CheckFixed(int flags, int length)
    {
        if (flags != 0)
        {
            return MqttFailure.ReservedFlags;
        }

        return RemainingLength == length ? MqttFailure.None : MqttFailure.InvalidPacketLength;
    }

    private MqttFailure CheckPublish(int flags, int maxPacketBytes)
    {
        int qos = (flags >> 1) & 3;
        if (qos > 1)
        {
            return qos == 2 ? MqttFailure.QosTwoReceived : MqttFailure.InvalidQos;
        }

        if (RemainingLength < 2 + (qos * 2))
        {
            return MqttFailure.InvalidPacketLength;
        }

        return PacketBytes > maxPacketBytes ? MqttFailure.PacketTooLarge : MqttFailure.None;
    }
}
