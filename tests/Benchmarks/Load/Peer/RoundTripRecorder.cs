using System.Diagnostics;
using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Peer;

/// <summary>Collects direct method round trips between <see cref="Begin"/> and <see cref="End"/>; safe for several connections.</summary>
internal sealed class RoundTripRecorder
{
    private const int Capacity = 1 << 20;

    private readonly long[] _ticks = new long[Capacity];
    private int _count;
    private volatile bool _active;

    public void Begin()
    {
        Volatile.Write(ref _count, 0);
        _active = true;
    }

    public void Add(long stopwatchTicks)
    {
        if (!_active)
        {
            return;
        }

        int index = Interlocked.Increment(ref _count) - 1;
        if (index < Capacity)
        {
            _ticks[index] = stopwatchTicks;
        }
    }

    public string End()
    {
        _active = false;
        int count = Math.Min(Volatile.Read(ref _count), Capacity);
        Array.Sort(_ticks, 0, count);
        return string.Create(CultureInfo.InvariantCulture, $"rtt count={count} p50={At(count, 0.5):F2} p90={At(count, 0.9):F2} p99={At(count, 0.99):F2}");
    }

    private double At(int count, double fraction) =>
        count == 0 ? 0 : _ticks[Math.Min(count - 1, (int)(count * fraction))] * 1_000_000.0 / Stopwatch.Frequency;
}
