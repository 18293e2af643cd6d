using System;

namespace DeviceClient.Protocol;

/// <content>Where the messages lie: a ring of bytes and a table of entries, both growing by doubling up to their bounds.</content>
public sealed partial class Outbox
{
    // Messages lie in one piece each, so a gap may stay unused at the ring's end.
    private bool TryPlace(int room, out int offset)
    {
        offset = 0;
        if (_end - _first >= _maxMessages)
        {
            return false;
        }

        if (_end - _first > _mask)
        {
            GrowEntries();
        }

        while (true)
        {
            if (_first == _end)
            {
                if (room <= _ring.Length)
                {
                    offset = 0;
                    return true;
                }
            }
            else if (_writeOffset > _readOffset)
            {
                if (room <= _ring.Length - _writeOffset)
                {
                    offset = _writeOffset;
                    return true;
                }

                if (room <= _readOffset)
                {
                    offset = 0;
                    return true;
                }
            }
            else if (room <= _readOffset - _writeOffset)
            {
                offset = _writeOffset;
                return true;
            }

            if (_ring.Length >= _capacityBytes)
            {
                return false;
            }

            GrowRing(room);
        }
    }

    private void GrowRing(int room)
    {
        long wanted = (long)_ring.Length * 2;
        while (wanted < (long)Bytes + Count + room)
        {
            wanted *= 2;
        }

        byte[] grown = new byte[wanted > _capacityBytes ? _capacityBytes : (int)wanted];
        int at = 0;
        for (long token = _first; token < _end; token++)
        {
            int index = (int)(token & _mask);
            int size = _bagCounts[index] + _payloadCounts[index];
            Array.Copy(_ring, _offsets[index], grown, at, size);
            _offsets[index] = at;
            at += size == 0 ? 1 : size;
        }

        _ring = grown;
        _readOffset = 0;
        _writeOffset = at;
    }

    private void GrowEntries()
    {
        int oldMask = _mask;
        int length = (oldMask + 1) * 2;
        int mask = length - 1;
        int[] offsets = new int[length];
        int[] bagCounts = new int[length];
        int[] payloadCounts = new int[length];
        byte[] states = new byte[length];
        ushort[] packetIds = new ushort[length];
        long[] expiries = new long[length];
        for (long token = _first; token < _end; token++)
        {
            int from = (int)(token & oldMask);
            int to = (int)(token & mask);
            offsets[to] = _offsets[from];
            bagCounts[to] = _bagCounts[from];
            payloadCounts[to] = _payloadCounts[from];
            states[to] = _states[from];
            packetIds[to] = _packetIds[from];
            expiries[to] = _expiries[from];
        }

        _mask = mask;
        _offsets = offsets;
        _bagCounts = bagCounts;
        _payloadCounts = payloadCounts;
        _states = states;
        _packetIds = packetIds;
        _expiries = expiries;
    }
}
