using System;

namespace DeviceClient.Protocol;

/// <summary>Telemetry on its way: a queue bounded in bytes and messages that keeps order, resends and accounts for every message.</summary>
/// <remarks>
/// A message is encoded once, into a ring of bytes, and stays there until it is settled; a resend copies the same bytes again.
/// Entries are numbered from 0, one by one; the number is the token. Not thread-safe: the session's owner calls.
/// No call allocates once ring and table have grown to their working size.
/// </remarks>
public sealed partial class Outbox
{
    private const int FirstRingBytes = 256;
    private const int FirstEntries = 4;

    private readonly int _capacityBytes;
    private readonly int _maxMessages;
    private readonly OutboxOverflow _overflow;

    private byte[] _ring = new byte[FirstRingBytes];
    private int _readOffset;
    private int _writeOffset;

    // One entry per message, at index token & _mask.
    private int _mask = FirstEntries - 1;
    private int[] _offsets = new int[FirstEntries];
    private int[] _bagCounts = new int[FirstEntries];
    private int[] _payloadCounts = new int[FirstEntries];
    private byte[] _states = new byte[FirstEntries];
    private ushort[] _packetIds = new ushort[FirstEntries];
    private long[] _expiries = new long[FirstEntries];

    private long _first;   // oldest entry that is not reclaimed
    private long _next;    // next entry to carry
    private long _end;     // next number to give

    private bool _connected;
    private long _earliestExpiry = long.MaxValue;

    private readonly OutboxResults _results = new OutboxResults();
    private readonly OutboxOrphans _orphans = new OutboxOrphans();

    /// <summary>Makes an empty outbox.</summary>
    /// <param name="options">Bounds and policy; read once.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A bound is outside its documented range.</exception>
    public Outbox(OutboxOptions options)
    {
        if (options == null)
        {
            throw new ArgumentNullException(nameof(options));
        }

        if (options.CapacityBytes < 256 || options.CapacityBytes > 1024 * 1024 * 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "OutboxOptions.CapacityBytes is " + options.CapacityBytes.ToString() + "; it must be 256 to 1,073,741,824.");
        }

        if (options.MaxMessages < 1 || options.MaxMessages > 1024 * 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "OutboxOptions.MaxMessages is " + options.MaxMessages.ToString() + "; it must be 1 to 1,048,576.");
        }

        _capacityBytes = options.CapacityBytes;
        _maxMessages = options.MaxMessages;
        _overflow = options.Overflow;
        if (_ring.Length > _capacityBytes)
        {
            _ring = new byte[_capacityBytes];
        }
    }

    /// <summary>Messages that wait or are in flight, those included whose room is not reclaimed yet.</summary>
    public int Count
    {
        get { return (int)(_end - _first); }
    }

    /// <summary>Bytes of properties and payloads held.</summary>
    public int Bytes { get; private set; }

    /// <summary>Messages sent and not acknowledged yet, given-up ones included.</summary>
    public int InFlight { get; private set; }

    /// <summary>Messages accepted since the start.</summary>
    public long Accepted
    {
        get { return _end; }
    }

    /// <summary>Messages the hub acknowledged.</summary>
    public long Delivered { get; private set; }

    /// <summary>Messages whose time to live ended first.</summary>
    public long Expired { get; private set; }

    /// <summary>Messages dropped by the overflow policy.</summary>
    public long Dropped { get; private set; }

    /// <summary>Messages cancelled by their sender or by closing the client.</summary>
    public long Cancelled { get; private set; }

    /// <summary>Messages refused because there was no room.</summary>
    public long Refused { get; private set; }

    /// <summary>Times a message was sent again after a lost connection.</summary>
    public long Resent { get; private set; }

    /// <summary>No entry expires before this time, in monotonic milliseconds; <see cref="long.MaxValue"/> when none can.</summary>
    internal long EarliestExpiry
    {
        get { return _earliestExpiry; }
    }

    /// <summary>Whether an unsent message waits.</summary>
    internal bool HasNext
    {
        get
        {
            SkipSettled();
            return _next < _end;
        }
    }

    /// <summary>Takes room for one message. The caller writes properties and payload into <paramref name="buffer"/> before any other call.</summary>
    /// <param name="bagCount">Bytes of encoded properties.</param>
    /// <param name="payloadCount">Bytes of payload.</param>
    /// <param name="expiresAt">End of its life in monotonic milliseconds; <see cref="long.MaxValue"/> for never.</param>
    /// <param name="token">The message's number.</param>
    /// <param name="buffer">Where to write.</param>
    /// <param name="offset">Start of the properties; the payload follows at once.</param>
    /// <returns><see cref="HubErrorCode.None"/>, <see cref="HubErrorCode.OutboxFull"/>, or <see cref="HubErrorCode.MessageTooLarge"/> when the message alone exceeds the capacity.</returns>
    internal HubErrorCode TryReserve(int bagCount, int payloadCount, long expiresAt, out long token, out byte[] buffer, out int offset)
    {
        token = -1;
        buffer = _ring;
        offset = 0;

        // An empty message still takes a byte, so that a full ring and an empty one look different.
        int size = bagCount + payloadCount;
        int room = size == 0 ? 1 : size;
        if (room > _capacityBytes)
        {
            Refused++;
            return HubErrorCode.MessageTooLarge;
        }

        while (!TryPlace(room, out offset))
        {
            if (_overflow == OutboxOverflow.Reject || !DropOldest())
            {
                Refused++;
                return HubErrorCode.OutboxFull;
            }
        }

        int index = (int)(_end & _mask);
        _offsets[index] = offset;
        _bagCounts[index] = bagCount;
        _payloadCounts[index] = payloadCount;
        _states[index] = (byte)OutboxEntryState.Queued;
        _packetIds[index] = 0;
        _expiries[index] = expiresAt;
        if (expiresAt < _earliestExpiry)
        {
            _earliestExpiry = expiresAt;
        }

        token = _end;
        buffer = _ring;
        _writeOffset = offset + room;
        Bytes += size;
        _end++;
        return HubErrorCode.None;
    }

    /// <summary>Describes the next message to carry and marks it in flight.</summary>
    internal bool TryTakeNext(HubWish wish)
    {
        SkipSettled();
        if (_next >= _end)
        {
            return false;
        }

        int index = (int)(_next & _mask);
        wish.Clear(HubWishKind.SendTelemetry);
        wish.Token = _next;
        wish.Buffer = _ring;
        wish.BagOffset = _offsets[index];
        wish.BagCount = _bagCounts[index];
        wish.PayloadOffset = _offsets[index] + _bagCounts[index];
        wish.PayloadCount = _payloadCounts[index];
        wish.PacketId = _packetIds[index];
        if (_packetIds[index] != 0)
        {
            Resent++;
        }

        _states[index] = (byte)OutboxEntryState.InFlight;
        InFlight++;
        _next++;
        return true;
    }

    /// <summary>Notes the packet id under which a message was handed to the transport.</summary>
    internal void NoteCarried(long token, int packetId)
    {
        if (token >= _first && token < _end)
        {
            _packetIds[(int)(token & _mask)] = (ushort)packetId;
        }
    }

    /// <summary>Takes one packet id that a given-up message still holds at the transport. Called before anything is sent on a new connection.</summary>
    internal bool TryTakeOrphan(out int packetId)
    {
        return _orphans.TryTake(out packetId);
    }

    /// <summary>Takes one result.</summary>
    internal bool TryTakeSettled(out long token, out HubErrorCode error)
    {
        return _results.TryTake(out token, out error);
    }

    /// <summary>Gives memory back when nothing is held; the next message takes it again.</summary>
    public void TrimIdle()
    {
        if (_first == _end && _ring.Length > FirstRingBytes && _capacityBytes >= FirstRingBytes)
        {
            _ring = new byte[FirstRingBytes];
            _readOffset = 0;
            _writeOffset = 0;
        }
    }

    private void SkipSettled()
    {
        while (_next < _end && _states[(int)(_next & _mask)] == (byte)OutboxEntryState.Settled)
        {
            _next++;
        }
    }

    private void Reclaim()
    {
        while (_first < _end)
        {
            int index = (int)(_first & _mask);
            if (_states[index] != (byte)OutboxEntryState.Settled)
            {
                _readOffset = _offsets[index];
                break;
            }

            Bytes -= _bagCounts[index] + _payloadCounts[index];
            _first++;
        }

        if (_next < _first)
        {
            _next = _first;
        }

        if (_first == _end)
        {
            _readOffset = 0;
            _writeOffset = 0;
            _earliestExpiry = long.MaxValue;
        }
    }
}
