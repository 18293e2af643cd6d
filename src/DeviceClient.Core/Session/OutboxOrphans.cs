using System;

namespace DeviceClient.Protocol;

/// <summary>Packet ids of given-up messages that the transport still holds a slot for.</summary>
internal sealed class OutboxOrphans
{
    private int[] _packetIds = new int[4];
    private long[] _tokens = new long[4];
    private int _count;

    internal void Add(long token, int packetId)
    {
        if (packetId == 0)
        {
            return;
        }

        if (_count == _packetIds.Length)
        {
            int[] packetIds = new int[_count * 2];
            long[] tokens = new long[_count * 2];
            Array.Copy(_packetIds, 0, packetIds, 0, _count);
            Array.Copy(_tokens, 0, tokens, 0, _count);
            _packetIds = packetIds;
            _tokens = tokens;
        }

        _packetIds[_count] = packetId;
        _tokens[_count] = token;
        _count++;
    }

    /// <summary>The transport freed the slot by itself.</summary>
    internal void Remove(long token)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_tokens[i] == token)
            {
                _count--;
                _packetIds[i] = _packetIds[_count];
                _tokens[i] = _tokens[_count];
                return;
            }
        }
    }

    internal bool TryTake(out int packetId)
    {
        if (_count == 0)
        {
            packetId = 0;
            return false;
        }

        _count--;
        packetId = _packetIds[_count];
        return true;
    }
}
