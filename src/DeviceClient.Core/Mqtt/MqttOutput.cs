using System;

namespace DeviceClient.Protocol;

/// <summary>The output of an <see cref="MqttConnection"/>: one buffer being filled, and at most one packet too large for it.</summary>
internal sealed class MqttOutput
{
    // PINGREQ. Its bytes are kept free, so that a ping need not wait for room.
    private const int PingBytes = 2;
    private const int MaxParts = 5;

    private static readonly byte[] s_empty = new byte[0];

    private readonly BufferSource _source;
    private readonly int _packetCapacity;
    private readonly byte[][] _parts = new byte[MaxParts][];
    private readonly int[] _partOffsets = new int[MaxParts];
    private readonly int[] _partCounts = new int[MaxParts];
    private byte[]? _buffer;
    private int _count;
    private int _part;
    private int _partEnd;
    private bool _pingOwed;

    internal MqttOutput(BufferSource source, int capacity)
    {
        _source = source;
        _packetCapacity = capacity - PingBytes;
        for (int i = 0; i < MaxParts; i++)
        {
            _parts[i] = s_empty;
        }
    }

    /// <summary>Most bytes of packets in the buffer.</summary>
    internal int PacketCapacity => _packetCapacity;

    /// <summary>Bytes in the buffer. Whoever writes into <see cref="Open"/>'s buffer sets it.</summary>
    internal int Count
    {
        get => _count;
        set => _count = value;
    }

    /// <summary>True while the rest of a large packet is still to be copied.</summary>
    internal bool IsPartial => _part < _partEnd;

    internal bool HasOutput => _count > 0 || IsPartial;

    /// <summary>Set by every <see cref="Take"/> since the large packet began: how the machine knows that a slow transport makes progress.</summary>
    internal bool WasTaken { get; set; }

    /// <summary>Says whether a packet may be added now; true with <see cref="Fits"/> false means in pieces.</summary>
    internal bool Accepts(int packetBytes)
    {
        return !IsPartial && (packetBytes <= _packetCapacity - _count || packetBytes > _packetCapacity);
    }

    /// <summary>Says whether a packet that is accepted goes into the buffer as a whole.</summary>
    internal bool Fits(int packetBytes) => packetBytes <= _packetCapacity - _count;

    /// <summary>The buffer to write at <see cref="Count"/>; rented when there is none.</summary>
    internal byte[] Open()
    {
        if (_buffer == null)
        {
            _buffer = _source.Rent(_packetCapacity + PingBytes);
        }

        return _buffer;
    }

    /// <summary>Adds a small packet, or starts a large one. The caller asked <see cref="Accepts"/> before.</summary>
    internal void Add(byte[] packet, int count)
    {
        byte[] buffer = Open();
        if (Fits(count))
        {
            Array.Copy(packet, 0, buffer, _count, count);
            _count += count;
            return;
        }

        BeginParts();
        AddPart(packet, 0, count);
        CopyParts();
    }

    internal void BeginParts()
    {
        _part = 0;
        _partEnd = 0;
        WasTaken = false;
    }

    internal void AddPart(byte[] buffer, int offset, int count)
    {
        _parts[_partEnd] = buffer;
        _partOffsets[_partEnd] = offset;
        _partCounts[_partEnd] = count;
        _partEnd++;
    }

    /// <summary>Copies as much of the large packet as there is room for.</summary>
    internal void CopyParts()
    {
        byte[] buffer = Open();
        while (_part < _partEnd)
        {
            int count = _partCounts[_part];
            int room = _packetCapacity - _count;
            if (count > room)
            {
                Array.Copy(_parts[_part], _partOffsets[_part], buffer, _count, room);
                _count += room;
                _partOffsets[_part] += room;
                _partCounts[_part] -= room;
                return;
            }

            Array.Copy(_parts[_part], _partOffsets[_part], buffer, _count, count);
            _count += count;
            _parts[_part] = s_empty;
            _part++;
        }

        WritePing();
    }

    /// <summary>Sends PINGREQ: at once, or when the large packet that is being copied has ended.</summary>
    internal void Ping()
    {
        _pingOwed = true;
        if (!IsPartial)
        {
            Open();
            WritePing();
        }
    }

    internal byte[]? Take(out int count)
    {
        if (IsPartial)
        {
            CopyParts();
        }

        byte[]? taken = _count > 0 ? _buffer : null;
        count = _count;
        if (taken != null)
        {
            _buffer = null;
            _count = 0;
            WasTaken = true;
        }

        return taken;
    }

    /// <summary>Forgets everything and gives the buffer back.</summary>
    internal void Drop()
    {
        for (int i = _part; i < _partEnd; i++)
        {
            _parts[i] = s_empty;
        }

        BeginParts();
        _count = 0;
        _pingOwed = false;
        if (_buffer != null)
        {
            byte[] buffer = _buffer;
            _buffer = null;
            _source.Return(buffer);
        }
    }

    private void WritePing()
    {
        if (_pingOwed && _buffer != null)
        {
            _pingOwed = false;
            _buffer[_count] = (byte)MqttPacketType.PingReq << 4;
            _buffer[_count + 1] = 0;
            _count += PingBytes;
        }
    }
}
