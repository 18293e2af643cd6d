using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>One condition under which all clients are compared.</summary>
/// <param name="Tls">TLS or plain TCP.</param>
/// <param name="Peer">Who acknowledges and how: <see cref="Burst"/>, <see cref="Single"/> or <see cref="Mosquitto"/>.</param>
/// <param name="Window">Messages in flight.</param>
/// <param name="Bytes">Payload of a message.</param>
internal sealed record LoadCell(bool Tls, string Peer, int Window, int Bytes)
{
    /// <summary>Our peer, one write for all acknowledgements of what it has read.</summary>
    public const string Burst = "burst";

    /// <summary>Our peer, one write for each acknowledgement.</summary>
    public const string Single = "single";

    /// <summary>The mosquitto broker.</summary>
    public const string Mosquitto = "mosquitto";

    /// <summary>As in <c>tls burst 64 x 100 B</c>: transport, how acknowledgements arrive, messages in flight, payload.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{(Tls ? "tls" : "tcp")} {Peer} {Window} x {Bytes} B");

    public string PortName => (Tls ? "tls-" : "tcp-") + Peer;

    public static IEnumerable<LoadCell> Telemetry(RunOptions options)
    {
        IEnumerable<LoadCell> cells = options.Section == "bar" ? Bar() : options.Quick ? Quick() : All();
        return cells.Where(cell => cell.Name.Contains(options.Cells, StringComparison.Ordinal));
    }

    private static IEnumerable<LoadCell> Bar() => [new(true, Burst, 64, 100), new(true, Burst, 64, 1024)];

    private static IEnumerable<LoadCell> Quick() =>
        [.. Bar(), new(false, Burst, 64, 100), new(true, Single, 64, 100), new(true, Burst, 1, 100)];

    private static IEnumerable<LoadCell> All()
    {
        foreach (bool tls in new[] { true, false })
        {
            yield return new LoadCell(tls, Burst, 1, 100);
            foreach (int window in new[] { 64, 1000 })
            {
                foreach (int bytes in new[] { 100, 1024, 4096 })
                {
                    yield return new LoadCell(tls, Burst, window, bytes);
                }
            }

            yield return new LoadCell(tls, Single, 64, 100);
            yield return new LoadCell(tls, Single, 64, 1024);
            yield return new LoadCell(tls, Single, 1000, 100);
            yield return new LoadCell(tls, Mosquitto, 64, 100);
            yield return new LoadCell(tls, Mosquitto, 1000, 100);
        }
    }
}
