using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DeviceClient.Benchmarks.Load.Clients;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>What one run measures. Every option has a default, so that <c>all</c> alone is a complete command.</summary>
internal sealed record RunOptions
{
    public const string Usage = """
        usage: <section> [options]
          all         every section
          quick       the first bar and a little of each other section, one round (about a minute)
          bar         telemetry over TLS, window 64, 100 B and 1 KB, acknowledgements in bursts
          telemetry   QoS 1 telemetry: CPU, allocation and rate, both transports, all windows and sizes
          methods     direct method round trips
          connect     connect, TLS handshake and subscribe
          idle        memory and CPU of 1,000 connected idle devices (in `all` one round)
        options:
          --rounds N        interleaved rounds, 1..50 (3; quick: 1)
          --clients a,b     of: raw, core, sdk, mqttnet, mqttnet-nf (all)
          --cells TEXT      only telemetry and method cells whose name contains TEXT, as in "tls burst 64 x 100"
          --measure-ms N    length of a steady window, 100..60000 (1000)
          --warmup-ms N     warm-up of each client process before its first window, 500..60000 (4000)
          --devices N       connections of the idle section, 1..20000 (1000)
          --output FILE     writes the tables there as well
        """;

    public string Section { get; private init; } = "all";

    public int Rounds { get; private init; } = 3;

    public string[] Clients { get; private init; } = LoadClient.Kinds;

    public string Cells { get; private init; } = string.Empty;

    public int MeasureMilliseconds { get; private init; } = 1000;

    public int WarmupMilliseconds { get; private init; } = 4000;

    public int Devices { get; private init; } = 1000;

    public string? OutputFile { get; private init; }

    public bool Quick => Section == "quick";

    public static bool TryParse(string[] args, [NotNullWhen(true)] out RunOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        error = null;
        if (args[0] is not ("all" or "quick" or "bar" or "telemetry" or "methods" or "connect" or "idle"))
        {
            error = $"No section '{args[0]}'.";
            return false;
        }

        var result = new RunOptions { Section = args[0], Rounds = args[0] == "quick" ? 1 : 3 };
        for (int i = 1; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
            {
                error = $"'{args[i]}' needs a value.";
                return false;
            }

            RunOptions? next = result.With(args[i], args[i + 1]);
            if (next is null)
            {
                error = $"'{args[i]} {args[i + 1]}' is no option with a value in its range.";
                return false;
            }

            result = next;
        }

        options = result;
        return true;
    }

    private RunOptions? With(string name, string value)
    {
        int number = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : -1;
        string[] clients = value.Split(',');
        return name switch
        {
            "--rounds" when number is >= 1 and <= 50 => this with { Rounds = number },
            "--clients" when clients.All(c => LoadClient.Kinds.Contains(c)) => this with { Clients = clients },
            "--cells" => this with { Cells = value },
            "--measure-ms" when number is >= 100 and <= 60000 => this with { MeasureMilliseconds = number },
            "--warmup-ms" when number is >= 500 and <= 60000 => this with { WarmupMilliseconds = number },
            "--devices" when number is >= 1 and <= 20000 => this with { Devices = number },
            "--output" => this with { OutputFile = value },
            _ => null,
        };
    }
}
