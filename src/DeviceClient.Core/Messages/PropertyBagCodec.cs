using System;

namespace DeviceClient.Protocol;

/// <summary>Property bags as they stand in MQTT topics: <c>key=value&amp;key=value</c>, both percent-encoded.</summary>
/// <remarks>A null value is written as the key alone, an empty one as <c>key=</c>. The dollar sign of system keys is written <c>%24</c>, as the
/// official SDKs do. Source: UrlEncodedDictionarySerializer.cs in azure-iot-sdk-csharp. Free of state.</remarks>
public static class PropertyBagCodec
{
    /// <summary>Counts the bytes that <see cref="Encode"/> writes.</summary>
    /// <param name="bag">The properties.</param>
    /// <returns>Number of bytes; 0 for an empty bag.</returns>
    /// <exception cref="ArgumentNullException">The bag is null.</exception>
    public static int GetEncodedLength(PropertyBag bag)
    {
        ArgumentNullException.ThrowIfNull(bag, nameof(bag));
        int length = 0;
        for (int i = 0; i < bag.Count; i++)
        {
            string? value = bag.GetValue(i);
            length += (i > 0 ? 1 : 0) + PercentEncoding.GetEncodedLength(bag.GetName(i));
            length += value == null ? 0 : 1 + PercentEncoding.GetEncodedLength(value);
        }

        return length;
    }

    /// <summary>Writes a bag without allocating. The caller guarantees room, see <see cref="GetEncodedLength"/>.</summary>
    /// <param name="bag">The properties.</param>
    /// <param name="buffer">Where to write.</param>
    /// <param name="offset">First byte to write.</param>
    /// <returns>Number of bytes written.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static int Encode(PropertyBag bag, byte[] buffer, int offset)
    {
        ArgumentNullException.ThrowIfNull(bag, nameof(bag));
        ArgumentNullException.ThrowIfNull(buffer, nameof(buffer));
        int position = offset;
        for (int i = 0; i < bag.Count; i++)
        {
            if (i > 0)
            {
                buffer[position] = (byte)'&';
                position++;
            }

            position += PercentEncoding.Encode(bag.GetName(i), buffer, position);
            string? value = bag.GetValue(i);
            if (value != null)
            {
                buffer[position] = (byte)'=';
                position++;
                position += PercentEncoding.Encode(value, buffer, position);
            }
        }

        return position - offset;
    }

    /// <summary>Reads a bag. Accepts a leading <c>?</c>, a trailing <c>/</c>, a dollar sign encoded or not, a key without value.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="target">Cleared, then filled in the order of the text; empty when the answer is false. Repeated keys are all kept.</param>
    /// <returns>False for an empty key, a second <c>=</c> not encoded, a bad escape or bytes that are not UTF-8.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public static bool TryDecode(byte[] buffer, int offset, int count, PropertyBag target)
    {
        Slice.Check(buffer, offset, count);
        ArgumentNullException.ThrowIfNull(target, nameof(target));
        target.Clear();
        int position = offset;
        int end = offset + count;
        if (position < end && buffer[position] == (byte)'?')
        {
            position++;
        }

        if (position < end && buffer[end - 1] == (byte)'/')
        {
            end--;
        }

        if (position == end)
        {
            return true;
        }

        while (true)
        {
            int next = position;
            while (next < end && buffer[next] != (byte)'&')
            {
                next++;
            }

            if (!TryDecodePair(buffer, position, next, target))
            {
                target.Clear();
                return false;
            }

            if (next == end)
            {
                return true;
            }

            position = next + 1;
        }
    }

    private static bool TryDecodePair(byte[] buffer, int start, int end, PropertyBag target)
    {
        int equals = start;
        while (equals < end && buffer[equals] != (byte)'=')
        {
            equals++;
        }

        for (int i = equals + 1; i < end; i++)
        {
            if (buffer[i] == (byte)'=')
            {
                return false;
            }
        }

        string? value = null;
        if (!PercentEncoding.TryDecode(buffer, start, equals - start, out string name) || name.Length == 0
            || (equals < end && !PercentEncoding.TryDecode(buffer, equals + 1, end - equals - 1, out value)))
        {
            return false;
        }

        target.Add(name, value);
        return true;
    }
}
