using System;

namespace DeviceClient.Protocol;

/// <summary>Base64 of RFC 4648 section 4 (standard alphabet, padded).</summary>
/// <remarks>Own code because nanoFramework's decoder throws a plain Exception on bad input.
/// Free of state; may be called from any thread.</remarks>
public static class Base64
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Encodes a slice.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The text, a multiple of four characters, without line breaks.</returns>
    /// <exception cref="ArgumentNullException">The data are null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the data.</exception>
    public static string Encode(byte[] data, int offset, int count)
    {
        Slice.Check(data, offset, count);
        char[] text = new char[(count + 2) / 3 * 4];
        int position = 0;
        for (int i = 0; i < count; i += 3)
        {
            int left = count - i;
            int group = data[offset + i] << 16;
            group |= left > 1 ? data[offset + i + 1] << 8 : 0;
            group |= left > 2 ? data[offset + i + 2] : 0;
            text[position] = Alphabet[group >> 18];
            text[position + 1] = Alphabet[(group >> 12) & 63];
            text[position + 2] = left > 1 ? Alphabet[(group >> 6) & 63] : '=';
            text[position + 3] = left > 2 ? Alphabet[group & 63] : '=';
            position += 4;
        }

        return new string(text);
    }

    /// <summary>Decodes a text. Never throws on bad input.</summary>
    /// <param name="text">The text; null is refused like any other bad text.</param>
    /// <param name="data">The bytes; empty when the answer is false.</param>
    /// <returns>False when the length is not a multiple of four, or a character or the padding is wrong.
    /// White space is refused. Unused low bits of the last character are ignored, as .NET does.</returns>
    public static bool TryDecode(string? text, out byte[] data)
    {
        data = new byte[0];
        if (text == null || (text.Length & 3) != 0)
        {
            return false;
        }

        if (text.Length == 0)
        {
            return true;
        }

        int padding = text[text.Length - 1] != '=' ? 0 : text[text.Length - 2] != '=' ? 1 : 2;
        int digits = text.Length - padding;
        byte[] decoded = new byte[(text.Length / 4 * 3) - padding];
        int position = 0;
        int group = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int value = i < digits ? GetValue(text[i]) : 0;
            if (value < 0)
            {
                return false;
            }

            group = (group << 6) | value;
            if ((i & 3) == 3)
            {
                for (int shift = 16; shift >= 0 && position < decoded.Length; shift -= 8)
                {
                    decoded[position] = (byte)(group >> shift);
                    position++;
                }

                group = 0;
            }
        }

        data = decoded;
        return true;
    }

    private static int GetValue(char c)
    {
        if (c >= 'A' && c <= 'Z')
        {
            return c - 'A';
        }

        if (c >= 'a' && c <= 'z')
        {
            return c - 'a' + 26;
        }

        if (c >= '0' && c <= '9')
        {
            return c - '0' + 52;
        }

        return c == '+' ? 62 : c == '/' ? 63 : -1;
    }
}
