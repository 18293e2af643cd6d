using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>One condition under which all clients are compared.</summary>
internal sealed record LoadCell(bool Tls, bool Single, int Window, int Bytes)
{
    /// <summary>As in <c>tls burst 64 x 100 B</c>: transport, how acknowledgements arrive, messages in flight, payload.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{(Tls ? "tls" : "tcp")} {(Single ? "single" : "burst")} {Window} x {Bytes} B");

    public string PortName => (Tls ? "tls-" : "tcp-") + (Single ? "single" : "burst");

    public static IEnumerable<LoadCell> Telemetry(RunOptions options)
    {
        IEnumerable<LoadCell> cells = options.Section == "bar" ? Bar() : options.Quick ? Quick() : All();
        return cells.Where(cell => cell.Name.Contains(options.Cells, StringComparison.Ordinal));
    }

    private static IEnumerable<LoadCell> Bar() => [new(true, false, 64, 100), new(true, false, 64, 1024)];

    private static IEnumerable<LoadCell> Quick() =>
        [.. Bar(), new(false, false, 64, 100), new(true, true, 64, 100), new(true, false, 1, 100)];

    private static IEnumerable<LoadCell> All()
    {
        foreach (bool tls in new[] { true, false })
        {
            yield return new LoadCell(tls, false, 1, 100);
            foreach (int window in new[] { 64, 1000 })
            {
                foreach (int bytes in new[] { 100, 1024, 4096 })
                {
                    yield return new LoadCell(tls, false, window, bytes);
                }
            }

            yield return new LoadCell(tls, true, 64, 100);
            yield return new LoadCell(tls, true, 64, 1024);
            yield return new LoadCell(tls, true, 1000, 100);
        }
    }
}
