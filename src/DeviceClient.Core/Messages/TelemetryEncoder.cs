using System;

namespace DeviceClient.Protocol;

/// <summary>Writes the property bag of a telemetry message: system properties first, then the application's.</summary>
/// <remarks>Straight into the caller's buffer, without allocating. Free of state.</remarks>
public static class TelemetryEncoder
{
    /// <summary>Largest message the hub accepts, counted as <see cref="GetHubSize"/> does, in bytes.</summary>
    /// <remarks>Source: azure-docs, iot-hub-devguide-quotas-throttling.md (256 KB).</remarks>
    public const int MaxHubSize = 262144;

    private const int SystemCount = 11;

    // Encoded names with their '=', in the order of GetSystemValue.
    private static readonly byte[][] s_names =
    {
        Utf8Text.GetBytes("%24.mid="), Utf8Text.GetBytes("%24.cid="), Utf8Text.GetBytes("%24.uid="), Utf8Text.GetBytes("%24.ct="),
        Utf8Text.GetBytes("%24.ce="), Utf8Text.GetBytes("%24.ctime="), Utf8Text.GetBytes("%24.exp="), Utf8Text.GetBytes("%24.sub="),
        Utf8Text.GetBytes("%24.ifid="), Utf8Text.GetBytes("%24.on="), Utf8Text.GetBytes("%24.schema="),
    };

    /// <summary>Counts the bytes that <see cref="WriteBag"/> writes.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Number of bytes; 0 when the message has no property.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    public static int GetBagLength(TelemetryMessage message)
    {
        ArgumentNullException.ThrowIfNull(message, nameof(message));
        int length = PropertyBagCodec.GetEncodedLength(message.Properties);
        int systemCount = message.HasSystemProperties ? SystemCount : 0;
        for (int i = 0; i < systemCount; i++)
        {
            string? value = GetSystemValue(message, i);
            if (value != null)
            {
                length += (length > 0 ? 1 : 0) + s_names[i].Length + PercentEncoding.GetEncodedLength(value);
            }
        }

        return length;
    }

    /// <summary>Writes the bag. The caller guarantees room, see <see cref="GetBagLength"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="buffer">Where to write.</param>
    /// <param name="offset">First byte to write.</param>
    /// <returns>Number of bytes written.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static int WriteBag(TelemetryMessage message, byte[] buffer, int offset)
    {
        ArgumentNullException.ThrowIfNull(message, nameof(message));
        ArgumentNullException.ThrowIfNull(buffer, nameof(buffer));
        int position = offset;
        int systemCount = message.HasSystemProperties ? SystemCount : 0;
        for (int i = 0; i < systemCount; i++)
        {
            string? value = GetSystemValue(message, i);
            if (value == null)
            {
                continue;
            }

            position = Separate(buffer, offset, position);
            Array.Copy(s_names[i], 0, buffer, position, s_names[i].Length);
            position += s_names[i].Length;
            position += PercentEncoding.Encode(value, buffer, position);
        }

        if (message.Properties.Count > 0)
        {
            position = Separate(buffer, offset, position);
            position += PropertyBagCodec.Encode(message.Properties, buffer, position);
        }

        return position - offset;
    }

    /// <summary>Size of a message as the hub counts it: body, values of system properties, names and values of application properties.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Bytes, to be compared with <see cref="MaxHubSize"/>.</returns>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    /// <remarks>Source: azure-docs, iot-hub-devguide-messages-construct.md.</remarks>
    public static int GetHubSize(TelemetryMessage message)
    {
        ArgumentNullException.ThrowIfNull(message, nameof(message));
        int size = message.PayloadCount;
        for (int i = 0; i < SystemCount; i++)
        {
            size += GetSize(GetSystemValue(message, i));
        }

        PropertyBag bag = message.Properties;
        for (int i = 0; i < bag.Count; i++)
        {
            size += GetSize(bag.GetName(i)) + GetSize(bag.GetValue(i));
        }

        return size;
    }

    private static int GetSize(string? text)
    {
        return text == null ? 0 : Utf8Text.GetByteCount(text);
    }

    private static int Separate(byte[] buffer, int offset, int position)
    {
        if (position == offset)
        {
            return position;
        }

        buffer[position] = (byte)'&';
        return position + 1;
    }

    private static string? GetSystemValue(TelemetryMessage message, int index)
    {
        switch (index)
        {
            case 0: return message.MessageId;
            case 1: return message.CorrelationId;
            case 2: return message.UserId;
            case 3: return message.ContentType;
            case 4: return message.ContentEncoding;
            case 5: return message.CreationTimeUtc;
            case 6: return message.ExpiryTimeUtc;
            case 7: return message.ComponentName;
            case 8: return message.InterfaceId;
            case 9: return message.OutputName;
            default: return message.Schema;
        }
    }
}
