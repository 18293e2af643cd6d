using System;
using System.Text;

namespace DeviceClient.Protocol;

/// <summary>UTF-8 and decimal text in caller-owned byte buffers.</summary>
/// <remarks>All members are free of state and may be called from any thread. Buffers are not checked twice: where a member
/// says that the caller guarantees room, a buffer too small ends in an exception of the runtime.</remarks>
public static class Utf8Text
{
    /// <summary>Longest text that <see cref="WriteInt64"/> writes, in bytes: a sign and nineteen digits.</summary>
    public const int MaxInt64Bytes = 20;

    /// <summary>Encodes a text into a new array. A lone surrogate becomes U+FFFD.</summary>
    /// <param name="text">The text; not null.</param>
    /// <returns>The UTF-8 bytes; empty for an empty text.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static byte[] GetBytes(string text)
    {
        byte[] bytes = new byte[GetByteCount(text)];
        Write(text, bytes, 0);
        return bytes;
    }

    /// <summary>Counts the UTF-8 bytes of a text without allocating.</summary>
    /// <param name="text">The text; not null.</param>
    /// <returns>Number of bytes; a lone surrogate counts three, as U+FFFD does.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static int GetByteCount(string text)
    {
        ArgumentNullException.ThrowIfNull(text, nameof(text));
        int count = text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
            {
                continue;
            }

            if (c < 0x800)
            {
                count++;
            }
            else if (IsPair(text, i))
            {
                count += 2;
                i++;
            }
            else
            {
                count += 2;
            }
        }

        return count;
    }

    /// <summary>Writes a text as UTF-8. The caller guarantees room, see <see cref="GetByteCount"/>.</summary>
    /// <param name="text">The text; not null.</param>
    /// <param name="buffer">Where to write.</param>
    /// <param name="offset">First byte to write.</param>
    /// <returns>Number of bytes written.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static int Write(string text, byte[] buffer, int offset)
    {
        ArgumentNullException.ThrowIfNull(text, nameof(text));
        ArgumentNullException.ThrowIfNull(buffer, nameof(buffer));

        // The runtime's own encoder is vectorised on .NET and native code on a board.
        return text.Length == 0 ? 0 : Encoding.UTF8.GetBytes(text, 0, text.Length, buffer, offset);
    }

    /// <summary>Decodes UTF-8. Invalid sequences become U+FFFD; ask <see cref="IsValidUtf8"/> first where that matters.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The text. On nanoFramework a text ends before an embedded NUL.</returns>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public static string GetString(byte[] buffer, int offset, int count)
    {
        Slice.Check(buffer, offset, count);
        return count == 0 ? "" : Encoding.UTF8.GetString(buffer, offset, count);
    }

    /// <summary>Compares a slice with an array, byte for byte.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="ascii">What to compare with.</param>
    /// <returns>True when length and all bytes are equal.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public static bool Equals(byte[] buffer, int offset, int count, byte[] ascii)
    {
        ArgumentNullException.ThrowIfNull(ascii, nameof(ascii));
        return count == ascii.Length && StartsWith(buffer, offset, count, ascii);
    }

    /// <summary>Tells whether a slice begins with the given bytes.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="ascii">The prefix looked for; an empty one always matches.</param>
    /// <returns>True when the prefix is there.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public static bool StartsWith(byte[] buffer, int offset, int count, byte[] ascii)
    {
        Slice.Check(buffer, offset, count);
        ArgumentNullException.ThrowIfNull(ascii, nameof(ascii));
        if (ascii.Length > count)
        {
            return false;
        }

        for (int i = 0; i < ascii.Length; i++)
        {
            if (buffer[offset + i] != ascii[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads a decimal 64-bit number: an optional minus and digits, nothing else.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="value">The number; 0 when the answer is false.</param>
    /// <returns>False for an empty slice, any other character, or a number outside <see cref="long"/>.</returns>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public static bool TryParseInt64(byte[] buffer, int offset, int count, out long value)
    {
        Slice.Check(buffer, offset, count);
        value = 0;
        int end = offset + count;
        bool negative = count > 0 && buffer[offset] == (byte)'-';
        int position = negative ? offset + 1 : offset;
        if (position == end)
        {
            return false;
        }

        // Counted downwards because the negative range is one larger than the positive one.
        long sum = 0;
        for (; position < end; position++)
        {
            int digit = buffer[position] - '0';
            if (digit < 0 || digit > 9 || sum < (long.MinValue + digit) / 10)
            {
                return false;
            }

            sum = (sum * 10) - digit;
        }

        if (!negative && sum == long.MinValue)
        {
            return false;
        }

        value = negative ? sum : -sum;
        return true;
    }

    /// <summary>Writes a number in decimal. The caller guarantees room for <see cref="MaxInt64Bytes"/> bytes.</summary>
    /// <param name="value">The number.</param>
    /// <param name="buffer">Where to write.</param>
    /// <param name="offset">First byte to write.</param>
    /// <returns>Number of bytes written, 1 to 20.</returns>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    public static int WriteInt64(long value, byte[] buffer, int offset)
    {
        ArgumentNullException.ThrowIfNull(buffer, nameof(buffer));
        int length = value < 0 ? 2 : 1;
        for (long rest = value / 10; rest != 0; rest /= 10)
        {
            length++;
        }

        int position = offset + length - 1;
        long left = value;
        do
        {
            long digit = left % 10;
            buffer[position] = (byte)('0' + (digit < 0 ? -digit : digit));
            position--;
            left /= 10;
        }
        while (left != 0);

        if (value < 0)
        {
            buffer[offset] = (byte)'-';
        }

        return length;
    }

    /// <summary>Tells whether a slice is well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF, no cut sequence.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>True when well-formed; an empty slice is.</returns>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    /// <remarks>Source: RFC 3629 section 4.</remarks>
    public static bool IsValidUtf8(byte[] buffer, int offset, int count)
    {
        Slice.Check(buffer, offset, count);
        int end = offset + count;
        int position = offset;
        while (position < end)
        {
            int length = buffer[position] < 0x80 ? 1 : GetSequenceLength(buffer, position, end);
            if (length == 0)
            {
                return false;
            }

            position += length;
        }

        return true;
    }

    /// <summary>Length of the multi-byte sequence at a position, or 0 when it is malformed or cut at the end.</summary>
    internal static int GetSequenceLength(byte[] buffer, int position, int end)
    {
        int lead = buffer[position];
        int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (length == 0 || length > end - position)
        {
            return 0;
        }

        // Only the second byte's range depends on the first: this keeps out overlong forms, surrogates and > U+10FFFF.
        int second = buffer[position + 1];
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high)
        {
            return 0;
        }

        for (int i = 2; i < length; i++)
        {
            if ((buffer[position + i] & 0xC0) != 0x80)
            {
                return 0;
            }
        }

        return length;
    }

    /// <summary>True when a surrogate pair starts at the index.</summary>
    internal static bool IsPair(string text, int index)
    {
        return text[index] >= 0xD800 && text[index] < 0xDC00
            && index + 1 < text.Length && text[index + 1] >= 0xDC00 && text[index + 1] < 0xE000;
    }

    /// <summary>Code point at an index, U+FFFD for a lone surrogate; a pair is told by a value above U+FFFF.</summary>
    internal static int GetCodePoint(string text, int index)
    {
        char c = text[index];
        if (c < 0xD800 || c >= 0xE000)
        {
            return c;
        }

        return IsPair(text, index) ? 0x10000 + ((c - 0xD800) << 10) + (text[index + 1] - 0xDC00) : 0xFFFD;
    }

    /// <summary>UTF-8 byte number <paramref name="index"/> of a code point of <paramref name="length"/> bytes (2 to 4).</summary>
    internal static int GetEncodedByte(int codePoint, int length, int index)
    {
        int bits = (codePoint >> (6 * (length - 1 - index))) & 0x3F;
        if (index > 0)
        {
            return 0x80 | bits;
        }

        return length == 2 ? 0xC0 | (codePoint >> 6) : length == 3 ? 0xE0 | (codePoint >> 12) : 0xF0 | (codePoint >> 18);
    }

    /// <summary>Number of UTF-8 bytes of a code point, 1 to 4.</summary>
    internal static int GetEncodedLength(int codePoint)
    {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
