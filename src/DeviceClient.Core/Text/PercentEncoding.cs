using System;

namespace DeviceClient.Protocol;

/// <summary>Percent-encoding of RFC 3986: unreserved characters stay, everything else becomes upper-case %XX of its UTF-8 bytes.</summary>
/// <remarks>Space is <c>%20</c>, never <c>+</c>: the hub's property bags and SAS resources use this form.
/// All members are free of state and may be called from any thread; the ones with a buffer do not allocate.</remarks>
public static class PercentEncoding
{
    // Encoded length of each ASCII character: 1 for the unreserved ones of RFC 3986 section 2.3, else 3. A table, because this
    // is asked twice for each character of each property that is sent.
    private static readonly byte[] s_asciiLengths = CreateAsciiLengths();

    /// <summary>Counts the bytes that <see cref="Encode(string, byte[], int)"/> writes.</summary>
    /// <param name="text">The text; not null.</param>
    /// <returns>Number of bytes.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static int GetEncodedLength(string text)
    {
        ArgumentNullException.ThrowIfNull(text, nameof(text));
        byte[] lengths = s_asciiLengths;
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < lengths.Length)
            {
                count += lengths[c];
                continue;
            }

            int codePoint = Utf8Text.GetCodePoint(text, i);
            count += 3 * Utf8Text.GetEncodedLength(codePoint);
            if (codePoint > 0xFFFF)
            {
                i++;
            }
        }

        return count;
    }

    /// <summary>Writes the encoded text. The caller guarantees room, see <see cref="GetEncodedLength"/>.</summary>
    /// <param name="text">The text; not null. A lone surrogate is written as U+FFFD.</param>
    /// <param name="buffer">Where to write.</param>
    /// <param name="offset">First byte to write.</param>
    /// <returns>Number of bytes written, all of them ASCII.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static int Encode(string text, byte[] buffer, int offset)
    {
        ArgumentNullException.ThrowIfNull(text, nameof(text));
        ArgumentNullException.ThrowIfNull(buffer, nameof(buffer));
        byte[] lengths = s_asciiLengths;
        int position = offset;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < lengths.Length && lengths[c] == 1)
            {
                buffer[position] = (byte)c;
                position++;
            }
            else if (c < 0x80)
            {
                position = WriteEscape(c, buffer, position);
            }
            else
            {
                int codePoint = Utf8Text.GetCodePoint(text, i);
                int length = Utf8Text.GetEncodedLength(codePoint);
                for (int k = 0; k < length; k++)
                {
                    position = WriteEscape(Utf8Text.GetEncodedByte(codePoint, length, k), buffer, position);
                }

                if (codePoint > 0xFFFF)
                {
                    i++;
                }
            }
        }

        return position - offset;
    }

    /// <summary>Encodes a text into a new string.</summary>
    /// <param name="text">The text; not null.</param>
    /// <returns>The encoded text; the same instance when nothing needed encoding.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static string Encode(string text)
    {
        int length = GetEncodedLength(text);
        if (length == text.Length)
        {
            return text;
        }

        byte[] buffer = new byte[length];
        return Utf8Text.GetString(buffer, 0, Encode(text, buffer, 0));
    }

    /// <summary>Decodes percent-encoded UTF-8. A plus sign stays a plus sign; hex digits may have either case.</summary>
    /// <param name="buffer">The encoded bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="text">The decoded text; empty when the answer is false.</param>
    /// <returns>False when an escape is cut or not hexadecimal, or the decoded bytes are not UTF-8.</returns>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public static bool TryDecode(byte[] buffer, int offset, int count, out string text)
    {
        Slice.Check(buffer, offset, count);
        text = "";
        int end = offset + count;
        int first = offset;
        while (first < end && buffer[first] != (byte)'%')
        {
            first++;
        }

        if (first == end)
        {
            return TryDecodeUtf8(buffer, offset, count, out text);
        }

        byte[] decoded = new byte[count];
        int length = first - offset;
        Array.Copy(buffer, offset, decoded, 0, length);
        for (int i = first; i < end; i++)
        {
            int value = buffer[i];
            if (value == '%')
            {
                if (end - i < 3 || GetHexValue(buffer[i + 1]) < 0 || GetHexValue(buffer[i + 2]) < 0)
                {
                    return false;
                }

                value = (GetHexValue(buffer[i + 1]) << 4) | GetHexValue(buffer[i + 2]);
                i += 2;
            }

            decoded[length] = (byte)value;
            length++;
        }

        return TryDecodeUtf8(decoded, 0, length, out text);
    }

    /// <summary>Decodes a string; the same rules as the member over bytes.</summary>
    internal static bool TryDecode(string encoded, out string text)
    {
        byte[] bytes = Utf8Text.GetBytes(encoded);
        return TryDecode(bytes, 0, bytes.Length, out text);
    }

    /// <summary>Value of a hexadecimal digit of either case, -1 for anything else.</summary>
    internal static int GetHexValue(int c)
    {
        if (c >= '0' && c <= '9')
        {
            return c - '0';
        }

        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /// <summary>Upper-case hexadecimal digit of 0 to 15.</summary>
    internal static byte GetHexDigit(int value)
    {
        return (byte)(value < 10 ? '0' + value : 'A' + value - 10);
    }

    private static bool TryDecodeUtf8(byte[] buffer, int offset, int count, out string text)
    {
        bool valid = Utf8Text.IsValidUtf8(buffer, offset, count);
        text = valid ? Utf8Text.GetString(buffer, offset, count) : "";
        return valid;
    }

    private static byte[] CreateAsciiLengths()
    {
        byte[] lengths = new byte[0x80];
        for (int c = 0; c < lengths.Length; c++)
        {
            bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                || c == '-' || c == '.' || c == '_' || c == '~';
            lengths[c] = (byte)(unreserved ? 1 : 3);
        }

        return lengths;
    }

    private static int WriteEscape(int value, byte[] buffer, int position)
    {
        buffer[position] = (byte)'%';
        buffer[position + 1] = GetHexDigit(value >> 4);
        buffer[position + 2] = GetHexDigit(value & 15);
        return position + 3;
    }
}
