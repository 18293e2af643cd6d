using System;

namespace DeviceClient.Protocol;

/// <summary>Reads JSON token by token from a slice of UTF-8 bytes.</summary>
/// <remarks><para>Strict RFC 8259: refused are malformed UTF-8, a byte order mark, lone surrogates, raw control characters, leading zeros,
/// trailing commas, comments, NaN and Infinity, and anything after the value. Repeated names pass, as the RFC allows.</para>
/// <para>Call <see cref="Read"/> until it answers false, then look at <see cref="Error"/>: null means that the text was well-formed to its end.
/// The slice belongs to the caller and must not change meanwhile. No allocation but for the strings asked for. Not thread-safe.</para></remarks>
public sealed class JsonReader
{
    /// <summary>Depth of nesting allowed by default. Our choice: a twin may nest 10 deep, the envelope around it adds a few.</summary>
    public const int DefaultMaxDepth = 16;

    /// <summary>Largest depth of nesting that can be asked for.</summary>
    public const int LargestMaxDepth = 64;

    private const int AtRoot = 0;
    private const int AtFirstName = 1;
    private const int AtFirstElement = 2;
    private const int AtValue = 3;
    private const int AfterValue = 4;

    private readonly JsonScanner _scanner;
    private readonly int _start;
    private readonly int _maxDepth;
    private int _state;
    private long _objects;

    /// <summary>Makes a reader over a slice.</summary>
    /// <param name="json">The text.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes: the bound of all work done.</param>
    /// <param name="maxDepth">Deepest nesting, 1 to 64.</param>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array, or the depth is outside its range.</exception>
    public JsonReader(byte[] json, int offset, int count, int maxDepth = DefaultMaxDepth)
    {
        Slice.Check(json, offset, count);
        if (maxDepth < 1 || maxDepth > LargestMaxDepth)
        {
            throw new ArgumentOutOfRangeException(nameof(maxDepth), "The depth " + maxDepth.ToString() + " must lie between 1 and " + LargestMaxDepth.ToString() + ".");
        }

        _scanner = new JsonScanner(json, offset, offset + count);
        _start = offset;
        _maxDepth = maxDepth;
    }

    /// <summary>Kind of the token last read.</summary>
    public JsonTokenType TokenType { get; private set; }

    /// <summary>Number of objects and arrays open after the token.</summary>
    public int Depth { get; private set; }

    /// <summary>First byte of the token in the array given to the constructor: of a string its quote. After <see cref="Skip"/> of the whole value.</summary>
    public int ValueStart { get; private set; }

    /// <summary>Number of bytes of the token, quotes included. After <see cref="Skip"/> of the whole value.</summary>
    public int ValueCount { get; private set; }

    /// <summary>What is wrong with the text and at which byte of the slice; null while nothing is.</summary>
    public string? Error
    {
        get { return _scanner.Error == null ? null : _scanner.Error + " at offset " + ErrorOffset.ToString() + "."; }
    }

    /// <summary>Byte of the slice at which the text went wrong; -1 while nothing is.</summary>
    public int ErrorOffset
    {
        get { return _scanner.Error == null ? -1 : _scanner.Position - _start; }
    }

    /// <summary>Tells whether a slice is one well-formed JSON value.</summary>
    /// <param name="json">The text.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="maxDepth">Deepest nesting, 1 to 64.</param>
    /// <returns>True when it is.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array, or the depth is outside its range.</exception>
    public static bool IsValid(byte[] json, int offset, int count, int maxDepth = DefaultMaxDepth)
    {
        JsonReader reader = new JsonReader(json, offset, count, maxDepth);
        while (reader.Read())
        {
        }

        return reader.Error == null;
    }

    /// <summary>Reads the next token.</summary>
    /// <returns>False at the end of the text or at an error, and ever after.</returns>
    public bool Read()
    {
        JsonTokenType read = JsonTokenType.None;
        if (_scanner.Error == null)
        {
            _scanner.SkipWhiteSpace();
            read = _state == AfterValue ? ReadAfterValue() : ReadInPlace();
        }

        TokenType = read;
        if (read == JsonTokenType.None)
        {
            ValueCount = 0;
            return false;
        }

        ValueCount = _scanner.Position - ValueStart;
        if (read == JsonTokenType.Name)
        {
            // The colon is no part of the token but must be there for it to count.
            return _scanner.ReadColon() || Fail();
        }

        return true;
    }

    /// <summary>Skips a value: from a name to the end of its value, from an opening brace or bracket to the closing one. Does nothing at other tokens.</summary>
    /// <returns>True when the value is whole; <see cref="ValueStart"/> and <see cref="ValueCount"/> then cover all of it, braces and quotes included.</returns>
    public bool Skip()
    {
        if (TokenType == JsonTokenType.Name && !Read())
        {
            return false;
        }

        if (TokenType != JsonTokenType.StartObject && TokenType != JsonTokenType.StartArray)
        {
            return TokenType != JsonTokenType.None;
        }

        int start = ValueStart;
        int depth = Depth;
        while (Depth >= depth)
        {
            if (!Read())
            {
                return false;
            }
        }

        ValueStart = start;
        ValueCount = _scanner.Position - start;
        return true;
    }

    /// <summary>Text of a name or string, escapes resolved.</summary>
    /// <returns>The text. On nanoFramework it ends before an escaped NUL; <see cref="CopyString"/> gives the bytes.</returns>
    /// <exception cref="InvalidOperationException">The token is neither a name nor a string.</exception>
    public string GetString()
    {
        CheckText();
        if (!_scanner.HasEscapes)
        {
            return Utf8Text.GetString(_scanner.Buffer, ValueStart + 1, ValueCount - 2);
        }

        byte[] decoded = new byte[ValueCount];
        return Utf8Text.GetString(decoded, 0, CopyString(decoded, 0));
    }

    /// <summary>Copies the text of a name or string as UTF-8, escapes resolved. The caller guarantees room for <see cref="ValueCount"/> bytes.</summary>
    /// <param name="buffer">Where to write.</param>
    /// <param name="offset">First byte to write.</param>
    /// <returns>Number of bytes written, less than <see cref="ValueCount"/>.</returns>
    /// <exception cref="InvalidOperationException">The token is neither a name nor a string.</exception>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room.</exception>
    public int CopyString(byte[] buffer, int offset)
    {
        CheckText();
        Slice.Check(buffer, offset, ValueCount);
        return JsonScanner.Unescape(_scanner.Buffer, ValueStart + 1, ValueStart + ValueCount - 1, buffer, offset);
    }

    /// <summary>Compares the text of a name or string, escapes resolved.</summary>
    /// <param name="text">What to compare with.</param>
    /// <returns>True when equal.</returns>
    /// <exception cref="InvalidOperationException">The token is neither a name nor a string.</exception>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public bool ValueEquals(string text)
    {
        CheckText();
        ArgumentNullException.ThrowIfNull(text, nameof(text));
        int count = ValueCount - 2;
        if (!_scanner.HasEscapes && count == text.Length)
        {
            // Same number of bytes and characters: equal only when all are ASCII.
            for (int i = 0; i < count; i++)
            {
                if (_scanner.Buffer[ValueStart + 1 + i] != text[i])
                {
                    return false;
                }
            }

            return true;
        }

        byte[] decoded = new byte[ValueCount];
        return Utf8Text.Equals(decoded, 0, CopyString(decoded, 0), Utf8Text.GetBytes(text));
    }

    /// <summary>Value of a number that is a whole one, exact.</summary>
    /// <param name="value">The number; 0 when the answer is false.</param>
    /// <returns>False when the token is no number, has a fraction, or lies outside <see cref="long"/>. <c>1.0</c> and <c>1e3</c> are whole.</returns>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return TokenType == JsonTokenType.Number && JsonNumber.TryGetInt64(_scanner.Buffer, ValueStart, ValueCount, out value);
    }

    /// <summary>Value of a number, rounded to the nearest double (ties to even).</summary>
    /// <returns>The number; infinite when it is beyond the range of a double.</returns>
    /// <exception cref="InvalidOperationException">The token is no number.</exception>
    public double GetDouble()
    {
        if (TokenType != JsonTokenType.Number)
        {
            throw new InvalidOperationException("The JSON token is not a number; look at TokenType first.");
        }

        return JsonNumber.ParseDouble(_scanner.Buffer, ValueStart, ValueCount);
    }

    private void CheckText()
    {
        if (TokenType != JsonTokenType.Name && TokenType != JsonTokenType.String)
        {
            throw new InvalidOperationException("The JSON token is neither a name nor a string; look at TokenType first.");
        }
    }

    private bool Fail()
    {
        TokenType = JsonTokenType.None;
        ValueCount = 0;
        return false;
    }

    private bool InObject()
    {
        return ((_objects >> (Depth - 1)) & 1) != 0;
    }

    private JsonTokenType ReadAfterValue()
    {
        if (Depth == 0)
        {
            return _scanner.IsAtEnd ? JsonTokenType.None : _scanner.Fail("Only white space may follow the JSON value");
        }

        int next = _scanner.Peek();
        if (next == (InObject() ? '}' : ']'))
        {
            return Close();
        }

        if (next != ',')
        {
            return _scanner.Fail(InObject() ? "A comma or '}' was expected" : "A comma or ']' was expected");
        }

        _scanner.Position++;
        _scanner.SkipWhiteSpace();
        return InObject() ? ReadName() : ReadValue();
    }

    private JsonTokenType ReadInPlace()
    {
        if (_state == AtFirstName)
        {
            return _scanner.Peek() == '}' ? Close() : ReadName();
        }

        return _state == AtFirstElement && _scanner.Peek() == ']' ? Close() : ReadValue();
    }

    private JsonTokenType ReadName()
    {
        ValueStart = _scanner.Position;
        _state = AtValue;
        return _scanner.Peek() != '"' ? _scanner.Fail("A name in quotes was expected")
            : _scanner.ReadString() ? JsonTokenType.Name : JsonTokenType.None;
    }

    private JsonTokenType ReadValue()
    {
        ValueStart = _scanner.Position;
        _state = AfterValue;
        switch (_scanner.Peek())
        {
            case '{':
                return Open(JsonTokenType.StartObject, AtFirstName);
            case '[':
                return Open(JsonTokenType.StartArray, AtFirstElement);
            case '"':
                return _scanner.ReadString() ? JsonTokenType.String : JsonTokenType.None;
            case 't':
                return _scanner.ReadLiteral("true", JsonTokenType.True);
            case 'f':
                return _scanner.ReadLiteral("false", JsonTokenType.False);
            case 'n':
                return _scanner.ReadLiteral("null", JsonTokenType.Null);
            default:
                return _scanner.ReadNumber() ? JsonTokenType.Number : JsonTokenType.None;
        }
    }

    private JsonTokenType Open(JsonTokenType type, int state)
    {
        if (Depth == _maxDepth)
        {
            return _scanner.Fail("The JSON text nests deeper than the limit of " + _maxDepth.ToString());
        }

        long bit = 1L << Depth;
        _objects = type == JsonTokenType.StartObject ? _objects | bit : _objects & ~bit;
        Depth++;
        _scanner.Position++;
        _state = state;
        return type;
    }

    private JsonTokenType Close()
    {
        JsonTokenType type = InObject() ? JsonTokenType.EndObject : JsonTokenType.EndArray;
        ValueStart = _scanner.Position;
        _scanner.Position++;
        Depth--;
        _state = AfterValue;
        return type;
    }
}
