using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>
/// Benchmarks of codec and mapping. Without arguments all of them run; any BenchmarkDotNet argument works, as in
/// <c>--filter *Telemetry*</c>. In process and short by default: a full run then takes minutes on a small machine.
/// </summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default);
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
    }
}
