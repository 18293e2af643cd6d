using System;

namespace DeviceClient.Protocol;

/// <summary>Numbers between their JSON text and <see cref="long"/> or <see cref="double"/>, right to the last digit.</summary>
/// <remarks>Own code because <c>double.Parse</c> and <c>ToString</c> follow the culture on .NET and are not exact on every board.</remarks>
internal static class JsonNumber
{
    /// <summary>Longest text that <see cref="FormatDouble"/> writes: sign, 21 digits or 17 with point and exponent.</summary>
    internal const int MaxDoubleBytes = 32;

    private const int MaxExactPower = 22;
    private const long MaxExactInteger = 9007199254740992;

    // All powers of ten that a double holds exactly.
    private static readonly double[] s_powers =
    {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    };

    /// <summary>Exact whole value of a well-formed number; false for a fraction or outside the range.</summary>
    internal static bool TryGetInt64(byte[] buffer, int offset, int count, out long value)
    {
        if (Utf8Text.TryParseInt64(buffer, offset, count, out value))
        {
            return true;
        }

        DecimalNumber number = new DecimalNumber();
        number.Parse(buffer, offset, count);
        return number.TryGetInt64(buffer[offset] == '-', out value);
    }

    /// <summary>Value of a well-formed number.</summary>
    internal static double ParseDouble(byte[] buffer, int offset, int count)
    {
        bool negative = buffer[offset] == '-';
        long mantissa = 0;
        int scale = 0;
        bool fraction = false;
        int end = offset + count;
        for (int i = negative ? offset + 1 : offset; i < end && mantissa < MaxExactInteger / 10; i++)
        {
            int c = buffer[i];
            if (c == '.')
            {
                fraction = true;
            }
            else if ((c | 0x20) == 'e')
            {
                break;
            }
            else
            {
                mantissa = (mantissa * 10) + (c - '0');
                scale -= fraction ? 1 : 0;
            }

            if (i == end - 1 && -scale <= MaxExactPower)
            {
                // Both operands are exact, so the one division rounds correctly (W. D. Clinger, 1990).
                double quick = mantissa / s_powers[-scale];
                return negative ? -quick : quick;
            }
        }

        DecimalNumber number = new DecimalNumber();
        number.Parse(buffer, offset, count);
        double value = number.ToDouble();
        return negative ? -value : value;
    }

    /// <summary>Writes the shortest text that reads back as the same finite value; returns the number of bytes.</summary>
    internal static int FormatDouble(double value, byte[] buffer, int offset)
    {
        int position = offset;
        long bits = BitConverter.DoubleToInt64Bits(value);
        if (bits < 0)
        {
            buffer[position] = (byte)'-';
            position++;
        }

        double magnitude = BitConverter.Int64BitsToDouble(bits & long.MaxValue);
        int written = FormatQuick(magnitude, buffer, position);
        if (written == 0)
        {
            DecimalNumber number = new DecimalNumber();
            number.Assign(magnitude);
            written = number.WriteShortest(magnitude, buffer, position);
        }

        return position - offset + written;
    }

    // Measured values nearly always are a whole number over a small power of ten; then no long arithmetic is needed.
    private static int FormatQuick(double magnitude, byte[] buffer, int offset)
    {
        if (magnitude != 0 && (magnitude < 1e-5 || magnitude >= 1e15))
        {
            return 0;
        }

        for (int decimals = 0; decimals <= MaxExactPower; decimals++)
        {
            double scaled = (magnitude * s_powers[decimals]) + 0.5;
            if (scaled >= MaxExactInteger)
            {
                return 0;
            }

            long whole = (long)scaled;
            if (whole / s_powers[decimals] == magnitude)
            {
                return WriteScaled(whole, decimals, buffer, offset);
            }
        }

        return 0;
    }

    private static int WriteScaled(long whole, int decimals, byte[] buffer, int offset)
    {
        int count = Utf8Text.WriteInt64(whole, buffer, offset);
        if (decimals == 0)
        {
            return count;
        }

        // "0", a point and zeros stand in front when there are no digits left of the point.
        int front = count > decimals ? 0 : decimals - count + 2;
        int moved = count > decimals ? decimals : count;
        int target = offset + count + front + (front == 0 ? 1 : 0) - moved;
        Array.Copy(buffer, offset + count - moved, buffer, target, moved);
        for (int i = 0; i < front; i++)
        {
            buffer[offset + i] = (byte)'0';
        }

        buffer[front == 0 ? target - 1 : offset + 1] = (byte)'.';
        return target + moved - offset;
    }
}
