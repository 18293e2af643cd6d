using System;

namespace DeviceClient.Protocol;

/// <summary>Writes JSON text into a <see cref="ByteWriter"/>: commas, colons, escapes; no white space.</summary>
/// <remarks>A call at the wrong place (a value without a name in an object, a name in an array, a second root value) throws; a text too long for the
/// byte writer does not, see <see cref="ByteWriter.Overflowed"/>. Not thread-safe.</remarks>
public sealed class JsonWriter
{
    private readonly ByteWriter _output;
    private readonly byte[] _digits = new byte[JsonNumber.MaxDoubleBytes];
    private int _depth;
    private long _objects;
    private bool _needsComma;
    private bool _hasName;

    /// <summary>Makes a writer that appends one value to the output.</summary>
    /// <param name="output">Where the text goes.</param>
    /// <exception cref="ArgumentNullException">The output is null.</exception>
    public JsonWriter(ByteWriter output)
    {
        ArgumentNullException.ThrowIfNull(output, nameof(output));
        _output = output;
    }

    /// <summary>Number of objects and arrays open.</summary>
    public int Depth
    {
        get { return _depth; }
    }

    /// <summary>Makes the writer ready for another root value, for example after the output was cleared.</summary>
    public void Reset()
    {
        _depth = 0;
        _needsComma = false;
        _hasName = false;
    }

    /// <summary>Opens an object.</summary>
    /// <exception cref="InvalidOperationException">No value may stand here, or the nesting would pass 64.</exception>
    public void WriteStartObject()
    {
        Open((byte)'{', true);
    }

    /// <summary>Closes an object.</summary>
    /// <exception cref="InvalidOperationException">No object is open, or a name waits for its value.</exception>
    public void WriteEndObject()
    {
        Close((byte)'}', true);
    }

    /// <summary>Opens an array.</summary>
    /// <exception cref="InvalidOperationException">No value may stand here, or the nesting would pass 64.</exception>
    public void WriteStartArray()
    {
        Open((byte)'[', false);
    }

    /// <summary>Closes an array.</summary>
    /// <exception cref="InvalidOperationException">No array is open.</exception>
    public void WriteEndArray()
    {
        Close((byte)']', false);
    }

    /// <summary>Writes the name of a member.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="InvalidOperationException">No object is open, or a name waits for its value.</exception>
    public void WriteName(string name)
    {
        ArgumentNullException.ThrowIfNull(name, nameof(name));
        BeginName();
        WriteQuoted(name);
        EndName();
    }

    /// <summary>Writes the name of a member as it stands in another JSON text.</summary>
    /// <param name="json">The array with the name.</param>
    /// <param name="offset">First byte: the opening quote.</param>
    /// <param name="count">Number of bytes, both quotes included.</param>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array.</exception>
    /// <exception cref="InvalidOperationException">No object is open, or a name waits for its value.</exception>
    public void WriteRawName(byte[] json, int offset, int count)
    {
        Slice.Check(json, offset, count);
        BeginName();
        _output.Write(json, offset, count);
        EndName();
    }

    /// <summary>Writes a string.</summary>
    /// <param name="value">The text; null writes the literal null. A lone surrogate is written as U+FFFD.</param>
    /// <exception cref="InvalidOperationException">No value may stand here.</exception>
    public void WriteString(string? value)
    {
        BeginValue();
        if (value == null)
        {
            _output.WriteAscii("null");
        }
        else
        {
            WriteQuoted(value);
        }
    }

    /// <summary>Writes a whole number.</summary>
    /// <param name="value">The number. Twins hold -4503599627370496 to 4503599627370495.</param>
    /// <exception cref="InvalidOperationException">No value may stand here.</exception>
    public void WriteInt64(long value)
    {
        BeginValue();
        _output.WriteInt64(value);
    }

    /// <summary>Writes a number in the shortest form that reads back as the same double.</summary>
    /// <param name="value">The number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is infinite or not a number: JSON has no word for it.</exception>
    /// <exception cref="InvalidOperationException">No value may stand here.</exception>
    public void WriteDouble(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), "JSON cannot hold infinity or NaN; write null or leave the member out.");
        }

        BeginValue();
        _output.Write(_digits, 0, JsonNumber.FormatDouble(value, _digits, 0));
    }

    /// <summary>Writes true or false.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="InvalidOperationException">No value may stand here.</exception>
    public void WriteBoolean(bool value)
    {
        BeginValue();
        _output.WriteAscii(value ? "true" : "false");
    }

    /// <summary>Writes null.</summary>
    /// <exception cref="InvalidOperationException">No value may stand here.</exception>
    public void WriteNull()
    {
        BeginValue();
        _output.WriteAscii("null");
    }

    /// <summary>Writes a value that is JSON text already.</summary>
    /// <param name="json">The array with the text. It is not checked.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array.</exception>
    /// <exception cref="InvalidOperationException">No value may stand here.</exception>
    public void WriteRaw(byte[] json, int offset, int count)
    {
        Slice.Check(json, offset, count);
        BeginValue();
        _output.Write(json, offset, count);
    }

    private bool InObject()
    {
        return _depth > 0 && ((_objects >> (_depth - 1)) & 1) != 0;
    }

    private void BeginValue()
    {
        bool inObject = InObject();
        if (inObject != _hasName || (_depth == 0 && _needsComma))
        {
            throw new InvalidOperationException(inObject ? "A member needs its name first: call WriteName." : "The JSON text has its one root value already.");
        }

        Separate(!inObject);
        _hasName = false;
        _needsComma = true;
    }

    private void BeginName()
    {
        if (!InObject() || _hasName)
        {
            throw new InvalidOperationException(_hasName ? "The name before this one has no value yet." : "A name can stand in an object only.");
        }

        Separate(true);
    }

    private void EndName()
    {
        _output.WriteByte((byte)':');
        _hasName = true;
    }

    private void Separate(bool wanted)
    {
        if (wanted && _needsComma)
        {
            _output.WriteByte((byte)',');
        }
    }

    private void Open(byte mark, bool isObject)
    {
        if (_depth == JsonReader.LargestMaxDepth)
        {
            throw new InvalidOperationException("The JSON text nests deeper than the limit of " + JsonReader.LargestMaxDepth.ToString() + ".");
        }

        BeginValue();
        long bit = 1L << _depth;
        _objects = isObject ? _objects | bit : _objects & ~bit;
        _depth++;
        _needsComma = false;
        _output.WriteByte(mark);
    }

    private void Close(byte mark, bool isObject)
    {
        if (_depth == 0 || _hasName || InObject() != isObject)
        {
            throw new InvalidOperationException(_hasName ? "The last name has no value yet." : isObject ? "No object is open here." : "No array is open here.");
        }

        _depth--;
        _needsComma = true;
        _output.WriteByte(mark);
    }

    private void WriteQuoted(string text)
    {
        _output.WriteByte((byte)'"');
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c >= 0x20 && c != '"' && c != '\\')
            {
                continue;
            }

            WritePlain(text, plain, i);
            WriteEscape(c);
            plain = i + 1;
        }

        WritePlain(text, plain, text.Length);
        _output.WriteByte((byte)'"');
    }

    private void WritePlain(string text, int start, int end)
    {
        if (end > start)
        {
            _output.WriteUtf8(start == 0 && end == text.Length ? text : text.Substring(start, end - start));
        }
    }

    private void WriteEscape(char c)
    {
        int index = "\"\\\b\f\n\r\t".IndexOf(c);
        _output.WriteByte((byte)'\\');
        if (index >= 0)
        {
            _output.WriteByte((byte)"\"\\bfnrt"[index]);
            return;
        }

        _output.WriteAscii("u00");
        _output.WriteByte(PercentEncoding.GetHexDigit(c >> 4));
        _output.WriteByte(PercentEncoding.GetHexDigit(c & 15));
    }
}
