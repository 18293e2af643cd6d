using System.Numerics;

namespace DeviceClient.Threading;

/// <summary>All deadlines of all clients of a process on one operating-system timer.</summary>
/// <remarks>
/// A wheel of two levels: 256 slots of 16 ms, then 256 slots of 4096 ms; later deadlines wait in the last slot and are
/// sorted in again. Arming, moving and cancelling are O(1) and allocate nothing. The timer sleeps until the next slot
/// that holds an entry and is off when there is none: ten thousand idle clients cost a wake-up each few seconds, not a
/// poll. Nothing fires early; 16 ms late is possible. Safe from any thread.
/// </remarks>
#pragma warning disable CA1001 // Reason: the wheel lives as long as the process; its timer is off while nothing is armed.
internal sealed class TimerWheel
#pragma warning restore CA1001
{
    private const int FiredSlot = int.MaxValue;
    private const int TickShift = 4;
    private const int SlotCount = 256;
    private const int SlotMask = SlotCount - 1;
    private const int LevelShift = 8;

    private readonly TimerEntry?[] _slots = new TimerEntry?[2 * SlotCount];
    private readonly ulong[] _used = new ulong[2 * SlotCount / 64];
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private long _tick = Environment.TickCount64 >> TickShift;
    private long _timerDue = long.MaxValue;
    private TimerEntry? _fired;
    private int _armed;

    internal TimerWheel() => _timer = new Timer(static state => ((TimerWheel)state!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);

    /// <summary>The wheel of the process.</summary>
    internal static TimerWheel Shared { get; } = CreateUnflowed();

    /// <summary>Number of armed entries; tests use it to prove that a disposed client leaves none.</summary>
    internal int Armed
    {
        get
        {
            lock (_lock)
            {
                return _armed;
            }
        }
    }

    /// <summary>Arms an entry, or moves an armed one.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="due">When, in milliseconds of <see cref="Environment.TickCount64"/>; <see cref="long.MaxValue"/> cancels.</param>
    internal void Arm(TimerEntry entry, long due)
    {
        lock (_lock)
        {
            Unlink(entry);
            if (due == long.MaxValue)
            {
                return;
            }

            long now = Environment.TickCount64 >> TickShift;
            if (now > _tick && NextUsedTick() > now)
            {
                // Nothing fell due since the last walk: step over the empty slots, so that near deadlines are seen as near.
                _tick = now;
            }

            entry.Due = due;
            Link(entry);
            WakeBy(DueTickOf(entry));
        }
    }

    /// <summary>Makes sure that an entry does not fire; it may be firing at this very moment.</summary>
    /// <param name="entry">The entry.</param>
    internal void Cancel(TimerEntry entry)
    {
        lock (_lock)
        {
            Unlink(entry);
        }
    }

    private static TimerWheel CreateUnflowed()
    {
        using (ExecutionContext.SuppressFlow())
        {
            return new TimerWheel();
        }
    }

    private static long DueTickOf(TimerEntry entry) => (entry.Due + (1 << TickShift) - 1) >> TickShift;

    private void Link(TimerEntry entry)
    {
        long due = Math.Max(DueTickOf(entry), _tick + 1);
        long distance = due - _tick;
        int slot = distance < SlotCount
            ? (int)(due & SlotMask)
            : SlotCount + (int)(Math.Min(due >> LevelShift, (_tick >> LevelShift) + SlotMask) & SlotMask);
        entry.Slot = slot;
        entry.Previous = null;
        entry.Next = _slots[slot];
        if (entry.Next is not null)
        {
            entry.Next.Previous = entry;
        }

        _slots[slot] = entry;
        _used[slot >> 6] |= 1UL << (slot & 63);
        _armed++;
    }

    private void Unlink(TimerEntry entry)
    {
        int slot = entry.Slot;
        entry.Due = long.MaxValue;
        if (slot < 0)
        {
            return;
        }

        if (entry.Previous is not null)
        {
            entry.Previous.Next = entry.Next;
        }
        else if (slot == FiredSlot)
        {
            _fired = entry.Next;
        }
        else if ((_slots[slot] = entry.Next) is null)
        {
            _used[slot >> 6] &= ~(1UL << (slot & 63));
        }

        if (entry.Next is not null)
        {
            entry.Next.Previous = entry.Previous;
        }

        entry.Next = null;
        entry.Previous = null;
        entry.Slot = -1;
        _armed--;
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timerDue = long.MaxValue;
            Advance(Environment.TickCount64 >> TickShift);
        }

        while (true)
        {
            TimerEntry? entry;
            lock (_lock)
            {
                entry = _fired;
                if (entry is null)
                {
                    WakeForNext();
                    return;
                }

                Unlink(entry);
            }

            entry.OnDue();
        }
    }

    private void Advance(long now)
    {
        while (_tick < now)
        {
            long next = Math.Min(now, NextUsedTick());
            if (next > _tick)
            {
                _tick = next;
            }

            if ((_tick & SlotMask) == 0 || (_tick >> LevelShift) != ((_tick - 1) >> LevelShift))
            {
                Cascade(SlotCount + (int)((_tick >> LevelShift) & SlotMask));
            }

            Fire((int)(_tick & SlotMask));
        }
    }

    private void Cascade(int slot)
    {
        TimerEntry? entry = _slots[slot];
        while (entry is not null)
        {
            TimerEntry? next = entry.Next;
            long due = entry.Due;
            Unlink(entry);
            entry.Due = due;
            if (DueTickOf(entry) <= _tick)
            {
                PushFired(entry);
            }
            else
            {
                Link(entry);
            }

            entry = next;
        }
    }

    private void Fire(int slot)
    {
        TimerEntry? entry = _slots[slot];
        while (entry is not null)
        {
            TimerEntry? next = entry.Next;
            Unlink(entry);
            PushFired(entry);
            entry = next;
        }
    }

    private void PushFired(TimerEntry entry)
    {
        entry.Slot = FiredSlot;
        entry.Previous = null;
        entry.Next = _fired;
        if (_fired is not null)
        {
            _fired.Previous = entry;
        }

        _fired = entry;
        _armed++;
    }

    /// <summary>The next tick at which a slot must be fired or spread; <see cref="long.MaxValue"/> when the wheel is empty.</summary>
    private long NextUsedTick()
    {
        int near = Distance(0, (int)((_tick + 1) & SlotMask));
        long best = near < 0 ? long.MaxValue : _tick + 1 + near;
        long block = (_tick >> LevelShift) + 1;
        int far = Distance(SlotCount, (int)(block & SlotMask));
        return far < 0 ? best : Math.Min(best, (block + far) << LevelShift);
    }

    /// <summary>Slots from <paramref name="start"/> to the next used one of a level, going round; -1 for none.</summary>
    private int Distance(int level, int start)
    {
        for (int step = 0; step < SlotCount;)
        {
            int slot = (start + step) & SlotMask;
            ulong word = _used[(level + slot) >> 6] >> (slot & 63);
            if (word != 0)
            {
                return step + BitOperations.TrailingZeroCount(word);
            }

            step += 64 - (slot & 63);
        }

        // The first word was looked at from its middle; its lower part comes last on the way round.
        ulong rest = _used[(level + start) >> 6] & ((1UL << (start & 63)) - 1);
        return rest == 0 ? -1 : SlotCount - (start & 63) + BitOperations.TrailingZeroCount(rest);
    }

    private void WakeForNext()
    {
        long next = NextUsedTick();
        if (next != long.MaxValue)
        {
            WakeBy(next);
        }
    }

    private void WakeBy(long tick)
    {
        // An entry of the far level needs its slot spread first, at the beginning of the block; that is earlier than its own tick.
        long due = tick - _tick >= SlotCount ? (tick >> LevelShift) << LevelShift : tick;
        if (due < _timerDue)
        {
            _timerDue = due;
            long wait = Math.Clamp((due << TickShift) - Environment.TickCount64, 0, 1 << 30);
            _timer.Change(wait, Timeout.Infinite);
        }
    }
}
