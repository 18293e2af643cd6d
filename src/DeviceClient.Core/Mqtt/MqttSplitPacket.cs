using System;

namespace DeviceClient.Protocol;

/// <summary>A received packet that is cut over several reads, while it is put together.</summary>
/// <remarks>
/// Small packets (every acknowledgement) are joined in a block of their own; for a larger one a buffer of its exact size is
/// rented once its header is known and judged, so that garbage never costs memory.
/// </remarks>
internal sealed class MqttSplitPacket
{
    // Our choice: holds each packet of fixed size, and most publishes without payload.
    private const int BlockBytes = 64;

    private readonly BufferSource _source;
    private readonly byte[] _block = new byte[BlockBytes];
    private byte[]? _rented;
    private int _count;
    private int _packetBytes;

    internal MqttSplitPacket(BufferSource source)
    {
        _source = source;
    }

    /// <summary>True when no packet is being put together.</summary>
    internal bool IsEmpty => _count == 0;

    /// <summary>Bytes put together so far.</summary>
    internal int Count => _count;

    /// <summary>True once <see cref="SetPacketBytes"/> was called.</summary>
    internal bool HasHeader => _packetBytes != 0;

    internal bool IsComplete => _packetBytes != 0 && _count == _packetBytes;

    internal byte[] Buffer => _rented ?? _block;

    internal void AddHeaderByte(byte value) => _block[_count++] = value;

    /// <summary>Says how long the packet is; the header bytes so far are kept.</summary>
    internal void SetPacketBytes(int packetBytes)
    {
        _packetBytes = packetBytes;
        if (packetBytes > BlockBytes)
        {
            _rented = _source.Rent(packetBytes);
            Array.Copy(_block, 0, _rented, 0, _count);
        }
    }

    /// <summary>Takes what is missing from the input.</summary>
    /// <returns>Bytes taken.</returns>
    internal int Fill(byte[] buffer, int offset, int available)
    {
        int count = _packetBytes - _count;
        if (count > available)
        {
            count = available;
        }

        Array.Copy(buffer, offset, Buffer, _count, count);
        _count += count;
        return count;
    }

    /// <summary>Forgets the packet and gives its buffer back.</summary>
    internal void Clear()
    {
        _count = 0;
        _packetBytes = 0;
        if (_rented != null)
        {
            byte[] buffer = _rented;
            _rented = null;
            _source.Return(buffer);
        }
    }
}
