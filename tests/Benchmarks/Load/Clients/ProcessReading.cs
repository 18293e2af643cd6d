using System.Diagnostics;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>What this process has used so far; two of them make a window.</summary>
internal readonly record struct ProcessReading(long Ticks, TimeSpan Cpu, long Allocated, long Completed)
{
    public static ProcessReading Take(long completed) =>
        new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true), completed);

    public double SecondsUntil(ProcessReading later) => Stopwatch.GetElapsedTime(Ticks, later.Ticks).TotalSeconds;

    public double CpuMicrosecondsUntil(ProcessReading later) => (later.Cpu - Cpu).TotalMicroseconds;
}
