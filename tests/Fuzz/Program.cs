using DeviceClient.Fuzz;
using SharpFuzz;

// Without argument: every file of every corpus once, closing with `N passed, N failed`. With a target: one run for AFL++,
// or, outside of it, one run over standard input. See run.sh.
if (args.Length == 0)
{
    return CorpusReplay.Run(Path.Combine(AppContext.BaseDirectory, "corpus"));
}

if (!FuzzTargets.All.TryGetValue(args[0], out Action<byte[]>? target))
{
    Console.Error.WriteLine($"Unknown target '{args[0]}'; there are: {string.Join(' ', FuzzTargets.All.Keys)}.");
    return 1;
}

Fuzzer.Run(stream =>
{
    using var input = new MemoryStream();
    stream.CopyTo(input);
    target(input.ToArray());
});
return 0;
