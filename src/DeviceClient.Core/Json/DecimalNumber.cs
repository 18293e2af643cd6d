using System;

namespace DeviceClient.Protocol;

/// <summary>A decimal number of up to 800 digits, for the conversions that the quick paths of <see cref="JsonNumber"/> cannot do.</summary>
/// <remarks>Value = 0.d1 d2 d3 ... x 10^point. Multiplying and dividing by powers of two in decimal is slow but exact: 767 digits are
/// enough for every double, and one more bit tells whether non-zero digits were cut. The method is the well-known "simple decimal
/// conversion".</remarks>
internal sealed class DecimalNumber
{
    private const int MaxDigits = 800;
    private const int MaxShift = 48;
    private const int ExponentBias = 1023;
    private const long HiddenBit = 1L << 52;

    // Largest shift that moves a number of so many digits before (or zeros behind) the point by no more than them.
    private static readonly byte[] s_shifts = { 1, 3, 6, 9, 13, 16, 19, 23, 26 };

    private readonly byte[] _digits = new byte[MaxDigits];
    private readonly byte[] _scratch = new byte[MaxDigits + 20];
    private int _count;
    private int _point;
    private bool _cut;

    /// <summary>Takes the digits of a well-formed JSON number; the sign is the caller's.</summary>
    internal void Parse(byte[] buffer, int offset, int count)
    {
        int end = offset + count;
        int position = buffer[offset] == '-' ? offset + 1 : offset;
        bool fraction = false;
        for (; position < end && (buffer[position] | 0x20) != 'e'; position++)
        {
            if (buffer[position] == '.')
            {
                fraction = true;
                continue;
            }

            bool leadingZero = _count == 0 && buffer[position] == '0';
            _point += fraction ? (leadingZero ? -1 : 0) : (leadingZero ? 0 : 1);
            if (!leadingZero)
            {
                Append(buffer[position] - '0');
            }
        }

        Trim();
        _point += ParseExponent(buffer, position, end);
    }

    /// <summary>Takes a finite double, not negative, exactly.</summary>
    internal void Assign(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52);
        long mantissa = bits & (HiddenBit - 1);
        if (exponent == 0)
        {
            exponent = 1;
        }
        else
        {
            mantissa |= HiddenBit;
        }

        byte[] text = new byte[Utf8Text.MaxInt64Bytes];
        Parse(text, 0, Utf8Text.WriteInt64(mantissa, text, 0));
        Shift(exponent - ExponentBias - 52);
    }

    /// <summary>Exact whole value; false for a fraction or outside the range.</summary>
    internal bool TryGetInt64(bool negative, out long value)
    {
        value = 0;
        if (_cut || _count > _point || _point > 19)
        {
            return _count == 0 && !_cut;
        }

        byte[] text = new byte[Utf8Text.MaxInt64Bytes];
        text[0] = (byte)'-';
        int first = negative ? 1 : 0;
        for (int i = 0; i < _point; i++)
        {
            text[first + i] = (byte)('0' + (i < _count ? _digits[i] : 0));
        }

        return Utf8Text.TryParseInt64(text, 0, first + _point, out value);
    }

    /// <summary>Nearest double, ties to even; infinite beyond the range.</summary>
    internal double ToDouble()
    {
        if (_count == 0 || _point < -330)
        {
            return 0;
        }

        if (_point > 310)
        {
            return double.PositiveInfinity;
        }

        // Bring the number into [0.5, 1), counting the power of two; one less makes it [1, 2).
        int exponent = -1;
        while (_point > 0)
        {
            int shift = _point >= s_shifts.Length ? 27 : s_shifts[_point];
            ShiftRight(shift);
            exponent += shift;
        }

        while (_point < 0 || _digits[0] < 5)
        {
            int shift = -_point >= s_shifts.Length ? 27 : s_shifts[-_point];
            ShiftLeft(shift);
            exponent -= shift;
        }

        return Round(exponent);
    }

    /// <summary>Writes the fewest digits that read back as the value; returns the number of bytes.</summary>
    internal int WriteShortest(double value, byte[] buffer, int offset)
    {
        int written = 0;
        for (int digits = 1; digits <= 17; digits++)
        {
            written = Write(digits, buffer, offset);
            if (JsonNumber.ParseDouble(buffer, offset, written) == value)
            {
                break;
            }
        }

        return written;
    }

    private static int ParseExponent(byte[] buffer, int position, int end)
    {
        if (position == end)
        {
            return 0;
        }

        int first = position + 1;
        bool negative = buffer[first] == '-';
        int exponent = 0;
        for (int i = negative || buffer[first] == '+' ? first + 1 : first; i < end; i++)
        {
            // Beyond any length of digits the exact size no longer matters; the sum must not overflow.
            exponent = exponent < 100000000 ? (exponent * 10) + (buffer[i] - '0') : exponent;
        }

        return negative ? -exponent : exponent;
    }

    private double Round(int exponent)
    {
        if (exponent < 1 - ExponentBias)
        {
            // Below the normal range the exponent stays and digits are lost instead.
            Shift(exponent - (1 - ExponentBias));
            exponent = 1 - ExponentBias;
        }

        Shift(53);
        long mantissa = GetRoundedInteger();
        if (mantissa == HiddenBit << 1)
        {
            mantissa >>= 1;
            exponent++;
        }

        if (exponent > ExponentBias)
        {
            return double.PositiveInfinity;
        }

        long biased = (mantissa & HiddenBit) == 0 ? 0 : exponent + ExponentBias;
        return BitConverter.Int64BitsToDouble((mantissa & (HiddenBit - 1)) | (biased << 52));
    }

    private long GetRoundedInteger()
    {
        long value = 0;
        for (int i = 0; i < _point; i++)
        {
            value = (value * 10) + (i < _count ? _digits[i] : 0);
        }

        return RoundsUp(_point) ? value + 1 : value;
    }

    private bool RoundsUp(int keep)
    {
        if (keep < 0 || keep >= _count)
        {
            return false;
        }

        if (_digits[keep] == 5 && keep + 1 == _count && !_cut)
        {
            return keep > 0 && (_digits[keep - 1] & 1) != 0;
        }

        return _digits[keep] >= 5;
    }

    private int Write(int digits, byte[] buffer, int offset)
    {
        int kept = digits < _count ? digits : _count;
        for (int i = 0; i < kept; i++)
        {
            _scratch[i] = _digits[i];
        }

        int point = _point;
        if (RoundsUp(kept))
        {
            int last = kept - 1;
            while (last >= 0 && _scratch[last] == 9)
            {
                last--;
            }

            kept = last + 1;
            if (last < 0)
            {
                _scratch[0] = 1;
                kept = 1;
                point++;
            }
            else
            {
                _scratch[last]++;
            }
        }

        // d.ddde-n: this form is used for very small and very large values only.
        int position = offset;
        for (int i = 0; i < kept; i++)
        {
            if (i == 1)
            {
                buffer[position] = (byte)'.';
                position++;
            }

            buffer[position] = (byte)('0' + _scratch[i]);
            position++;
        }

        buffer[position] = (byte)'e';
        position++;
        return position + Utf8Text.WriteInt64(point - 1, buffer, position) - offset;
    }

    private void Append(int digit)
    {
        if (_count < MaxDigits)
        {
            _digits[_count] = (byte)digit;
            _count++;
        }
        else if (digit != 0)
        {
            _cut = true;
        }
    }

    private void Trim()
    {
        while (_count > 0 && _digits[_count - 1] == 0)
        {
            _count--;
        }
    }

    private void Shift(int bits)
    {
        int left = bits;
        while (left != 0)
        {
            int step = left > MaxShift ? MaxShift : left < -MaxShift ? -MaxShift : left;
            if (step > 0)
            {
                ShiftLeft(step);
            }
            else
            {
                ShiftRight(-step);
            }

            left -= step;
        }
    }

    // Times 2^bits, from the last digit to the first.
    private void ShiftLeft(int bits)
    {
        int extra = (bits * 3 / 10) + 2;
        long carry = 0;
        for (int i = _count - 1; i >= 0; i--)
        {
            carry += (long)_digits[i] << bits;
            _scratch[i + extra] = (byte)(carry % 10);
            carry /= 10;
        }

        for (int i = extra - 1; i >= 0; i--)
        {
            _scratch[i] = (byte)(carry % 10);
            carry /= 10;
        }

        int zeros = 0;
        int total = _count + extra;
        while (zeros < total && _scratch[zeros] == 0)
        {
            zeros++;
        }

        _point += extra - zeros;
        _count = 0;
        for (int i = zeros; i < total; i++)
        {
            Append(_scratch[i]);
        }

        Trim();
    }

    // Divided by 2^bits, from the first digit to the last, with as many new digits as come out.
    private void ShiftRight(int bits)
    {
        long mask = (1L << bits) - 1;
        long rest = 0;
        int read = 0;
        int total = _count;
        Array.Copy(_digits, 0, _scratch, 0, total);
        _count = 0;
        while (read < total || rest != 0)
        {
            rest = (rest * 10) + (read < total ? _scratch[read] : 0);
            read++;
            int digit = (int)(rest >> bits);
            rest &= mask;
            if (_count == 0 && digit == 0)
            {
                _point--;
            }
            else
            {
                Append(digit);
            }
        }

        Trim();
    }
}
