using System;

namespace DeviceClient.Protocol;

/// <summary>The QoS 1 publishes without PUBACK: slots indexed by packet id, in the order they were last sent.</summary>
/// <remarks>
/// Index 0 is no packet id, so the arrays use it as the head of a circular list. Publishes not yet sent on this connection are
/// always in front of those that are: closing makes all of them unsent, and sending moves one to the end.
/// Free ids are handed out in the order they became free, so that an id rests as long as possible before it is used again.
/// The tables grow with the ids that were ever handed out: a device that sends seldom holds a few slots, one that streams all.
/// </remarks>
internal sealed class MqttInFlightWindow
{
    private const int FirstSlots = 4;

    private const byte Free = 0;
    private const byte Sent = 1;
    private const byte Unsent = 2;
    private const byte Abandoned = 3;

    private readonly int _size;
    private byte[] _slots;
    private long[] _tokens;
    private long[] _sentAt;
    private ushort[] _next;
    private ushort[] _previous;

    // A ring once all ids were handed out; until then nothing is taken from it.
    private ushort[] _freeIds;
    private int _freeHead;
    private int _freeCount;
    private int _highest;
    private int _firstSent;

    internal MqttInFlightWindow(int size)
    {
        _size = size;
        int first = size < FirstSlots ? size : FirstSlots;
        _slots = new byte[first + 1];
        _tokens = new long[first + 1];
        _sentAt = new long[first + 1];
        _next = new ushort[first + 1];
        _previous = new ushort[first + 1];
        _freeIds = new ushort[first];
    }

    internal int Count => _highest - _freeCount;

    internal bool IsFull => _freeCount == 0 && _highest == _size;

    /// <summary>The oldest publish sent on this connection, or 0.</summary>
    internal int FirstSent => _firstSent;

    /// <summary>The oldest publish not yet sent on this connection, or 0.</summary>
    internal int FirstUnsent => _slots[_next[0]] == Unsent ? _next[0] : 0;

    internal bool IsUnsent(int packetId) => packetId > 0 && packetId <= _highest && _slots[packetId] == Unsent;

    internal long GetSentAt(int packetId) => _sentAt[packetId];

    internal void SetSentAt(int packetId, long nowMilliseconds) => _sentAt[packetId] = nowMilliseconds;

    internal bool TryGetToken(int packetId, out long token)
    {
        bool found = packetId > 0 && packetId <= _highest && (_slots[packetId] == Sent || _slots[packetId] == Unsent);
        token = found ? _tokens[packetId] : 0;
        return found;
    }

    /// <summary>Takes a free id for a publish sent now. The caller made sure that the window is not full.</summary>
    internal int Add(long token, long nowMilliseconds)
    {
        int packetId = _highest < _size ? TakeFreshId() : TakeFreeId();
        Append(packetId, token, nowMilliseconds);
        return packetId;
    }

    /// <summary>Notes that an unsent publish is sent now.</summary>
    internal void MarkSent(int packetId, long token, long nowMilliseconds)
    {
        Unlink(packetId);
        Append(packetId, token, nowMilliseconds);
    }

    /// <summary>Frees the slot of an acknowledged publish.</summary>
    /// <returns>False when there is nothing to report: the id is not waiting, or its publish was given up.</returns>
    internal bool TryAcknowledge(int packetId, out long token)
    {
        token = 0;
        if (packetId > _highest)
        {
            return false;
        }

        byte slot = _slots[packetId];
        if (slot != Sent && slot != Abandoned)
        {
            return false;
        }

        token = _tokens[packetId];
        Release(packetId);
        return slot == Sent;
    }

    /// <summary>Gives a publish up. Sent ones keep their id until PUBACK or close.</summary>
    internal void Forget(int packetId)
    {
        if (packetId <= 0 || packetId > _highest)
        {
            return;
        }

        if (_slots[packetId] == Unsent)
        {
            Release(packetId);
        }
        else if (_slots[packetId] == Sent)
        {
            _slots[packetId] = Abandoned;
        }
    }

    internal void ForgetAll()
    {
        for (int packetId = 1; packetId <= _highest; packetId++)
        {
            Forget(packetId);
        }
    }

    /// <summary>The transport is gone: what was sent must be sent again, and the ids of given-up publishes are free.</summary>
    internal void MarkAllUnsent()
    {
        int packetId = _next[0];
        while (packetId != 0)
        {
            int following = _next[packetId];
            if (_slots[packetId] == Abandoned)
            {
                Release(packetId);
            }
            else
            {
                _slots[packetId] = Unsent;
            }

            packetId = following;
        }

        _firstSent = 0;
    }

    private int TakeFreshId()
    {
        if (_highest == _freeIds.Length)
        {
            Grow();
        }

        _highest++;
        return _highest;
    }

    private int TakeFreeId()
    {
        int packetId = _freeIds[_freeHead];
        _freeHead++;
        if (_freeHead == _size)
        {
            _freeHead = 0;
        }

        _freeCount--;
        return packetId;
    }

    private void Grow()
    {
        int old = _freeIds.Length;
        int count = old > _size / 2 ? _size : old * 2;
        byte[] slots = new byte[count + 1];
        long[] tokens = new long[count + 1];
        long[] sentAt = new long[count + 1];
        ushort[] next = new ushort[count + 1];
        ushort[] previous = new ushort[count + 1];
        ushort[] freeIds = new ushort[count];
        Array.Copy(_slots, 0, slots, 0, old + 1);
        Array.Copy(_tokens, 0, tokens, 0, old + 1);
        Array.Copy(_sentAt, 0, sentAt, 0, old + 1);
        Array.Copy(_next, 0, next, 0, old + 1);
        Array.Copy(_previous, 0, previous, 0, old + 1);
        Array.Copy(_freeIds, 0, freeIds, 0, old);
        _slots = slots;
        _tokens = tokens;
        _sentAt = sentAt;
        _next = next;
        _previous = previous;
        _freeIds = freeIds;
    }

    private void Append(int packetId, long token, long nowMilliseconds)
    {
        int last = _previous[0];
        _next[last] = (ushort)packetId;
        _previous[packetId] = (ushort)last;
        _next[packetId] = 0;
        _previous[0] = (ushort)packetId;
        _slots[packetId] = Sent;
        _tokens[packetId] = token;
        _sentAt[packetId] = nowMilliseconds;
        if (_firstSent == 0)
        {
            _firstSent = packetId;
        }
    }

    private void Release(int packetId)
    {
        Unlink(packetId);
        _slots[packetId] = Free;
        int tail = _freeHead + _freeCount;
        if (tail >= _size)
        {
            tail -= _size;
        }

        _freeIds[tail] = (ushort)packetId;
        _freeCount++;
    }

    private void Unlink(int packetId)
    {
        ushort next = _next[packetId];
        ushort previous = _previous[packetId];
        _next[previous] = next;
        _previous[next] = previous;
        if (_firstSent == packetId)
        {
            _firstSent = next;
        }
    }
}
