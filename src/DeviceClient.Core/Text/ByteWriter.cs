using System;

namespace DeviceClient.Protocol;

/// <summary>A byte buffer that grows up to a stated limit: the only growable builder of the core.</summary>
/// <remarks>What does not fit under the limit is not written at all and sets <see cref="Overflowed"/>, so that a long chain
/// of writes needs one check at its end. Not thread-safe.</remarks>
public sealed class ByteWriter
{
    private readonly int _maxBytes;
    private byte[] _buffer;
    private int _count;
    private bool _overflowed;

    /// <summary>Makes an empty writer.</summary>
    /// <param name="capacity">Bytes allocated at once; 0 to <paramref name="maxBytes"/>.</param>
    /// <param name="maxBytes">Limit of <see cref="Count"/>; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public ByteWriter(int capacity, int maxBytes)
    {
        if (capacity < 0 || capacity > maxBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), "The capacity " + capacity.ToString() + " must lie between 0 and the limit of " + maxBytes.ToString() + " bytes.");
        }

        _maxBytes = maxBytes;
        _buffer = new byte[capacity];
    }

    /// <summary>The buffer in use; its first <see cref="Count"/> bytes are what was written. It changes when the writer grows.</summary>
    public byte[] Buffer
    {
        get { return _buffer; }
    }

    /// <summary>Number of bytes written.</summary>
    public int Count
    {
        get { return _count; }
    }

    /// <summary>True when a write was refused since the last <see cref="Clear"/>: the content is incomplete.</summary>
    public bool Overflowed
    {
        get { return _overflowed; }
    }

    /// <summary>Forgets the content and the overflow; keeps the buffer.</summary>
    public void Clear()
    {
        _count = 0;
        _overflowed = false;
    }

    /// <summary>Appends one byte.</summary>
    /// <param name="value">The byte.</param>
    public void WriteByte(byte value)
    {
        if (Reserve(1))
        {
            _buffer[_count] = value;
            _count++;
        }
    }

    /// <summary>Appends a slice. It may be a slice of this writer's own buffer.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public void Write(byte[] buffer, int offset, int count)
    {
        Slice.Check(buffer, offset, count);
        if (Reserve(count))
        {
            Array.Copy(buffer, offset, _buffer, _count, count);
            _count += count;
        }
    }

    /// <summary>Appends a text known to be ASCII: one byte a character.</summary>
    /// <param name="text">The text; not null. A character above U+007F is written as a question mark.</param>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public void WriteAscii(string text)
    {
        ArgumentNullException.ThrowIfNull(text, nameof(text));
        if (!Reserve(text.Length))
        {
            return;
        }

        for (int i = 0; i < text.Length; i++)
        {
            _buffer[_count + i] = (byte)(text[i] < 0x80 ? text[i] : '?');
        }

        _count += text.Length;
    }

    /// <summary>Appends a text as UTF-8.</summary>
    /// <param name="text">The text; not null. A lone surrogate is written as U+FFFD.</param>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public void WriteUtf8(string text)
    {
        if (Reserve(Utf8Text.GetByteCount(text)))
        {
            _count += Utf8Text.Write(text, _buffer, _count);
        }
    }

    /// <summary>Appends a number in decimal.</summary>
    /// <param name="value">The number.</param>
    public void WriteInt64(long value)
    {
        // The room asked for is the longest text, so that a number is refused rather than cut; near the limit it is measured.
        if (_maxBytes - _count >= Utf8Text.MaxInt64Bytes && Reserve(Utf8Text.MaxInt64Bytes))
        {
            _count += Utf8Text.WriteInt64(value, _buffer, _count);
            return;
        }

        byte[] digits = new byte[Utf8Text.MaxInt64Bytes];
        Write(digits, 0, Utf8Text.WriteInt64(value, digits, 0));
    }

    /// <summary>Copies the content.</summary>
    /// <returns>A new array of <see cref="Count"/> bytes.</returns>
    public byte[] ToArray()
    {
        byte[] copy = new byte[_count];
        Array.Copy(_buffer, 0, copy, 0, _count);
        return copy;
    }

    private bool Reserve(int more)
    {
        // Once refused, always refused: later writes must not fill the gap and look complete.
        if (_overflowed || more > _maxBytes - _count)
        {
            _overflowed = true;
            return false;
        }

        int needed = _count + more;
        if (needed > _buffer.Length)
        {
            int doubled = _buffer.Length > _maxBytes / 2 ? _maxBytes : _buffer.Length * 2;
            byte[] larger = new byte[doubled > needed ? doubled : needed];
            Array.Copy(_buffer, 0, larger, 0, _count);
            _buffer = larger;
        }

        return true;
    }
}
