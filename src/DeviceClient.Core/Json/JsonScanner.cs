namespace DeviceClient.Protocol;

/// <summary>The characters below <see cref="JsonReader"/>: white space, strings, numbers, literals, over a slice.</summary>
/// <remarks>Source: RFC 8259, sections 2, 3, 6, 7. After an error <see cref="Position"/> stands at the offending byte.</remarks>
internal sealed class JsonScanner
{
    private readonly byte[] _buffer;
    private readonly int _end;

    internal JsonScanner(byte[] buffer, int start, int end)
    {
        _buffer = buffer;
        Position = start;
        _end = end;
    }

    internal byte[] Buffer
    {
        get { return _buffer; }
    }

    internal int Position { get; set; }

    internal string? Error { get; private set; }

    /// <summary>True when the string last read has a backslash in it.</summary>
    internal bool HasEscapes { get; private set; }

    internal bool IsAtEnd
    {
        get { return Position == _end; }
    }

    internal JsonTokenType Fail(string error)
    {
        Error = IsAtEnd ? "The JSON text ends too early: " + error : error;
        return JsonTokenType.None;
    }

    /// <summary>The byte at the position, -1 at the end.</summary>
    internal int Peek()
    {
        return Position < _end ? _buffer[Position] : -1;
    }

    internal void SkipWhiteSpace()
    {
        while (Position < _end)
        {
            byte c = _buffer[Position];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            {
                return;
            }

            Position++;
        }
    }

    internal bool ReadColon()
    {
        SkipWhiteSpace();
        if (Peek() != ':')
        {
            Fail("A colon was expected");
            return false;
        }

        Position++;
        return true;
    }

    internal JsonTokenType ReadLiteral(string literal, JsonTokenType type)
    {
        for (int i = 0; i < literal.Length; i++)
        {
            if (Peek() != literal[i])
            {
                return Fail("The literal '" + literal + "' was expected");
            }

            Position++;
        }

        return type;
    }

    internal bool ReadNumber()
    {
        if (Peek() == '-')
        {
            Position++;
        }

        if (Peek() == '0')
        {
            Position++;
        }
        else if (!ReadDigits("A JSON value was expected"))
        {
            return false;
        }

        if (Peek() == '.')
        {
            Position++;
            if (!ReadDigits("A digit was expected after the decimal point"))
            {
                return false;
            }
        }

        if ((Peek() | 0x20) != 'e')
        {
            return true;
        }

        Position++;
        if (Peek() == '+' || Peek() == '-')
        {
            Position++;
        }

        return ReadDigits("A digit was expected in the exponent");
    }

    /// <summary>Reads a string from its opening to its closing quote and checks every character of it.</summary>
    internal bool ReadString()
    {
        HasEscapes = false;
        Position++;
        while (Position < _end)
        {
            int c = _buffer[Position];
            if (c == '"')
            {
                Position++;
                return true;
            }

            int length = c == '\\' ? MeasureEscape() : c >= 0x80 ? Utf8Text.GetSequenceLength(_buffer, Position, _end) : c >= 0x20 ? 1 : 0;
            if (length == 0)
            {
                Fail(c == '\\' ? "A JSON escape is malformed" : c >= 0x80 ? "The JSON text is not UTF-8" : "A control character in a JSON string must be escaped");
                return false;
            }

            Position += length;
        }

        Fail("A closing quote was expected");
        return false;
    }

    /// <summary>Writes a checked string, without its quotes, as UTF-8 with escapes resolved; returns the number of bytes.</summary>
    internal static int Unescape(byte[] source, int start, int end, byte[] target, int offset)
    {
        int written = offset;
        int position = start;
        while (position < end)
        {
            if (source[position] != '\\')
            {
                target[written] = source[position];
                written++;
                position++;
                continue;
            }

            int codePoint = GetSimpleEscape(source[position + 1]);
            position += 2;
            if (codePoint < 0)
            {
                codePoint = ReadHex(source, position, end);
                position += 4;
                if (codePoint >= 0xD800 && codePoint < 0xDC00)
                {
                    codePoint = 0x10000 + ((codePoint - 0xD800) << 10) + (ReadHex(source, position + 2, end) - 0xDC00);
                    position += 6;
                }
            }

            int length = Utf8Text.GetEncodedLength(codePoint);
            for (int i = 0; i < length; i++)
            {
                target[written] = (byte)(length == 1 ? codePoint : Utf8Text.GetEncodedByte(codePoint, length, i));
                written++;
            }
        }

        return written - offset;
    }

    /// <summary>Four hexadecimal digits, -1 when they are not there.</summary>
    private static int ReadHex(byte[] buffer, int position, int end)
    {
        int value = 0;
        for (int i = 0; i < 4; i++)
        {
            int digit = position + i < end ? PercentEncoding.GetHexValue(buffer[position + i]) : -1;
            if (digit < 0)
            {
                return -1;
            }

            value = (value << 4) | digit;
        }

        return value;
    }

    private static int GetSimpleEscape(byte c)
    {
        switch ((char)c)
        {
            case '"':
            case '\\':
            case '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            default:
                return -1;
        }
    }

    // Length of the escape at the position, of both halves for a surrogate pair; 0 when malformed.
    private int MeasureEscape()
    {
        HasEscapes = true;
        if (Position + 1 < _end && GetSimpleEscape(_buffer[Position + 1]) >= 0)
        {
            return 2;
        }

        if (Position + 1 >= _end || _buffer[Position + 1] != 'u')
        {
            return 0;
        }

        int first = ReadHex(_buffer, Position + 2, _end);
        if (first < 0 || (first >= 0xDC00 && first < 0xE000))
        {
            return 0;
        }

        if (first < 0xD800 || first >= 0xE000)
        {
            return 6;
        }

        bool escaped = Position + 7 < _end && _buffer[Position + 6] == '\\' && _buffer[Position + 7] == 'u';
        int second = escaped ? ReadHex(_buffer, Position + 8, _end) : -1;
        return second >= 0xDC00 && second < 0xE000 ? 12 : 0;
    }

    private bool ReadDigits(string error)
    {
        int first = Position;
        while (Position < _end && _buffer[Position] >= '0' && _buffer[Position] <= '9')
        {
            Position++;
        }

        if (Position == first)
        {
            Fail(error);
            return false;
        }

        return true;
    }
}
