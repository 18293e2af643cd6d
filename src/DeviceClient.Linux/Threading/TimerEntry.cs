namespace DeviceClient.Threading;

/// <summary>One armed or idle deadline. Its owner keeps it for life and arms it again and again: arming allocates nothing.</summary>
internal abstract class TimerEntry
{
    /// <summary>The moment it is due, in milliseconds of <see cref="Environment.TickCount64"/>; <see cref="long.MaxValue"/> while idle.</summary>
    internal long Due { get; set; } = long.MaxValue;

    internal TimerEntry? Next { get; set; }

    internal TimerEntry? Previous { get; set; }

    /// <summary>The list it is in; -1 while idle.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Called once on a pool thread when the time has come, no lock held. It must be short and must not throw.</summary>
    protected internal abstract void OnDue();
}
