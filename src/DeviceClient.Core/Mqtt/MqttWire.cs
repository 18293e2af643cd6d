namespace DeviceClient.Protocol;

/// <summary>The number formats of MQTT 3.1.1: two-byte integers and the remaining length.</summary>
internal static class MqttWire
{
    /// <summary>Longest text or binary field: its length is a two-byte integer (1.5.3).</summary>
    internal const int MaxFieldBytes = 65535;

    /// <summary>Largest remaining length that four bytes can say (2.2.3).</summary>
    internal const int MaxRemainingLength = 268435455;

    /// <summary>Bytes of the fixed header for a remaining length: the type byte and 1 to 4 length bytes.</summary>
    internal static int GetHeaderBytes(int remainingLength)
    {
        if (remainingLength < 128)
        {
            return 2;
        }

        if (remainingLength < 16384)
        {
            return 3;
        }

        return remainingLength < 2097152 ? 4 : 5;
    }

    /// <summary>Writes a fixed header and returns the offset behind it.</summary>
    internal static int WriteHeader(byte[] buffer, int offset, int firstByte, int remainingLength)
    {
        buffer[offset++] = (byte)firstByte;
        while (remainingLength >= 128)
        {
            buffer[offset++] = (byte)(remainingLength | 0x80);
            remainingLength >>= 7;
        }

        buffer[offset++] = (byte)remainingLength;
        return offset;
    }

    /// <summary>Writes a two-byte integer and returns the offset behind it.</summary>
    internal static int WriteUInt16(byte[] buffer, int offset, int value)
    {
        buffer[offset] = (byte)(value >> 8);
        buffer[offset + 1] = (byte)value;
        return offset + 2;
    }

    /// <summary>Writes a field with its length in front and returns the offset behind it.</summary>
    internal static int WriteField(byte[] buffer, int offset, byte[] field)
    {
        offset = WriteUInt16(buffer, offset, field.Length);
        System.Array.Copy(field, 0, buffer, offset, field.Length);
        return offset + field.Length;
    }

    /// <summary>Reads a two-byte integer.</summary>
    internal static int ReadUInt16(byte[] buffer, int offset) => (buffer[offset] << 8) | buffer[offset + 1];
}
