using System.Buffers;

namespace DeviceClient.Emulator;

/// <summary>
/// Cuts MQTT packets out of a byte stream and checks the fixed header: what MQTTnet's codec would let pass (reserved flags, wrong
/// direction) ends the connection here, as MQTT 3.1.1 section 2.2.2 demands.
/// </summary>
internal static class MqttFrame
{
    /// <summary>Largest packet: telemetry of 256 KB, a topic of 65 535 bytes, and the header.</summary>
    internal const int MaximumBytes = HubSizes.Telemetry + 65535 + 16;

    internal const byte Connect = 1;

    /// <summary>Takes the next whole packet off the buffer; false when more bytes are needed.</summary>
    /// <exception cref="MqttViolationException">The header is malformed or the packet too large.</exception>
    internal static bool TryTake(ref ReadOnlySequence<byte> buffer, out byte header, out ReadOnlySequence<byte> body)
    {
        header = 0;
        body = default;
        if (buffer.Length < 2)
        {
            return false;
        }

        SequenceReader<byte> reader = new(buffer);
        reader.TryRead(out header);
        CheckHeader(header);
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            if (!reader.TryRead(out byte digit))
            {
                return false;
            }

            length |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0)
            {
                break;
            }

            if (shift == 21)
            {
                throw new MqttViolationException(400006, "The remaining length of a packet has more than four bytes.");
            }
        }

        if (length > MaximumBytes)
        {
            throw new MqttViolationException(413001, $"A packet announces {length} bytes, at most {MaximumBytes} are possible: 256 KB of message and its topic.");
        }

        if (reader.Remaining < length)
        {
            return false;
        }

        body = buffer.Slice(reader.Position, length);
        buffer = buffer.Slice(body.End);
        return true;
    }

    private static void CheckHeader(byte header)
    {
        int type = header >> 4;
        int flags = header & 0x0F;
        switch (type)
        {
            case 3:
                if ((flags & 0x06) == 0x06)
                {
                    throw new MqttViolationException(400006, "A PUBLISH has QoS 3, which does not exist.");
                }

                break;
            case 6 or 8 or 10:
                if (flags != 2)
                {
                    throw new MqttViolationException(400006, $"A packet of type {type} has the flags {flags}; MQTT demands 2.");
                }

                break;
            case Connect or 4 or 5 or 7 or 12 or 14:
                if (flags != 0)
                {
                    throw new MqttViolationException(400006, $"A packet of type {type} has the flags {flags}; MQTT demands 0.");
                }

                break;
            default:
                throw new MqttViolationException(400006, $"A packet of type {type} is not one that a client sends.");
        }
    }
}
