using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>Starts the peer and one process for each client kind, and leads them through the sections, one client at a time.</summary>
internal sealed class LoadRun
{
    private const int SettleMilliseconds = 700;

    private readonly RunOptions _options;
    private readonly TestCertificates _certificates;
    private readonly ChildProcess _peer;
    private readonly KeyValueLine _ports;
    private readonly MosquittoPeer? _mosquitto;
    private readonly Report _report;

    private LoadRun(RunOptions options, TestCertificates certificates, ChildProcess peer, KeyValueLine ports, MosquittoPeer? mosquitto)
    {
        _options = options;
        _certificates = certificates;
        _peer = peer;
        _ports = ports;
        _mosquitto = mosquitto;
        _report = new Report(options);
    }

    public static async Task<int> ExecuteAsync(RunOptions options)
    {
        using var certificates = new TestCertificates();
        (ChildProcess peer, KeyValueLine ports) = await ChildProcess.StartAsync("peer", certificates.ServerFile);
        MosquittoPeer? mosquitto = await MosquittoPeer.StartAsync(certificates);
        await using (peer)
        await using (mosquitto)
        {
            var run = new LoadRun(options, certificates, peer, ports, mosquitto);
            await run.RunSectionsAsync();
            run._report.End();
            string text = run._report.ToString();
            Console.WriteLine();
            Console.Write(text);
            if (options.OutputFile is { } file)
            {
                await File.WriteAllTextAsync(file, text);
            }
        }

        return 0;
    }

    private bool Wants(string section) => _options.Section is "all" or "quick" || _options.Section == section;

    private async Task RunSectionsAsync()
    {
        if (Wants("telemetry") || _options.Section == "bar")
        {
            await RunTelemetryAsync();
        }

        if (Wants("methods"))
        {
            await RunMethodsAsync();
        }

        if (Wants("connect"))
        {
            await RunConnectAsync();
        }

        if (Wants("idle"))
        {
            await RunIdleAsync();
        }
    }

    private async Task RunTelemetryAsync()
    {
        LoadCell[] cells = [.. LoadCell.Telemetry(_options).Where(cell => _mosquitto is not null || cell.Peer != LoadCell.Mosquitto)];
        bool[] transports = [.. cells.Select(c => c.Tls).Distinct()];
        var results = new Results();
        await WithClientsAsync(
            child => WarmAsync(child, "telemetry", [.. transports.Select(tls => new LoadCell(tls, LoadCell.Burst, 64, 100))]),
            async (round, order) =>
            {
                foreach (LoadCell cell in cells)
                {
                    foreach ((string kind, ChildProcess child) in order.Where(c => Can(c.Kind, cell.Tls)))
                    {
                        KeyValueLine line = await MeasureAsync(child, "telemetry", cell);
                        results.Add(round, cell.Name, kind, line, "cpu", "rate", "bytes");
                        Progress(round, cell.Name, kind, line.Text("cpu") + " us");
                    }
                }
            });
        _report.AddTelemetry(results, [.. cells.Select(c => c.Name)], _options.Clients);
    }

    private async Task RunMethodsAsync()
    {
        LoadCell[] cells = _options.Quick
            ? [new(true, LoadCell.Burst, 1, 14)]
            : [new(true, LoadCell.Burst, 1, 14), new(true, LoadCell.Burst, 16, 14), new(false, LoadCell.Burst, 1, 14), new(false, LoadCell.Burst, 16, 14)];
        cells = [.. cells.Where(c => c.Name.Contains(_options.Cells, StringComparison.Ordinal))];
        bool[] transports = [.. cells.Select(c => c.Tls).Distinct()];
        var results = new Results();
        await WithClientsAsync(
            child => WarmAsync(child, "methods", [.. transports.Select(tls => new LoadCell(tls, LoadCell.Burst, 16, 14))]),
            async (round, order) =>
            {
                foreach (LoadCell cell in cells)
                {
                    foreach ((string kind, ChildProcess child) in order.Where(c => Can(c.Kind, cell.Tls)))
                    {
                        KeyValueLine line = await MeasureAsync(child, "methods", cell, times => results.Add(round, cell.Name, kind, times, "p50", "p99"));
                        results.Add(round, cell.Name, kind, line, "cpu", "bytes");
                        Progress(round, cell.Name, kind, line.Text("cpu") + " us");
                    }
                }
            });
        _report.AddMethods(results, [.. cells.Select(c => c.Name)], _options.Clients);
    }

    private async Task RunConnectAsync()
    {
        int count = _options.Quick ? 100 : 300;
        bool[] transports = _options.Quick ? [true] : [true, false];
        var results = new Results();
        await WithClientsAsync(
            _ => Task.CompletedTask,
            async (round, order) =>
            {
                foreach (bool tls in transports)
                {
                    foreach ((string kind, ChildProcess child) in order.Where(c => Can(c.Kind, tls)))
                    {
                        // The first round also pays for the JIT, so warm up longer there.
                        int warmup = round == 0 ? 1000 : 20;
                        KeyValueLine line = await child.AskAsync($"connect {Endpoint(tls ? "tls-burst" : "tcp-burst", tls)} warmup={warmup} count={count}");
                        results.Add(round, tls ? "tls" : "tcp", kind, line, "p50", "cpu", "bytes");
                        Progress(round, tls ? "connect tls" : "connect tcp", kind, line.Text("p50") + " ms");
                    }
                }
            });
        _report.AddConnect(results, [.. transports.Select(t => t ? "tls" : "tcp")], _options.Clients);
    }

    private async Task RunIdleAsync()
    {
        int devices = _options.Quick ? Math.Min(_options.Devices, 200) : _options.Devices;
        bool[] transports = _options.Quick ? [true] : [true, false];
        var results = new Results();

        // Memory hardly varies between rounds and takes long to read, so once is enough unless asked for.
        int rounds = _options.Section == "idle" ? _options.Rounds : 1;
        for (int round = 0; round < rounds; round++)
        {
            foreach (bool tls in transports)
            {
                foreach (string kind in _options.Clients.Where(k => Can(k, tls)))
                {
                    // A process of its own for each reading: memory that another reading left behind would count.
                    (ChildProcess child, _) = await ChildProcess.StartAsync("client", kind);
                    await using (child)
                    {
                        string cell = string.Create(CultureInfo.InvariantCulture, $"{(tls ? "tls" : "tcp")} {devices} devices");
                        KeyValueLine line = await child.AskAsync($"idle {Endpoint(tls ? "tls-burst" : "tcp-burst", tls)} count={devices} ms=5000");
                        results.Add(round, cell, kind, line, "managed", "resident", "cpu");
                        Progress(round, cell, kind, line.Text("resident") + " B");
                    }
                }
            }
        }

        _report.AddIdle(results, [.. transports.Select(t => string.Create(CultureInfo.InvariantCulture, $"{(t ? "tls" : "tcp")} {devices} devices"))], _options.Clients);
    }

    private async Task WithClientsAsync(Func<(string Kind, ChildProcess Child), Task> warm, Func<int, (string Kind, ChildProcess Child)[], Task> round)
    {
        var children = new List<(string Kind, ChildProcess Child)>();
        try
        {
            foreach (string kind in _options.Clients)
            {
                (ChildProcess child, _) = await ChildProcess.StartAsync("client", kind);
                children.Add((kind, child));
                await warm((kind, child));
            }

            for (int i = 0; i < _options.Rounds; i++)
            {
                // Another client begins each round, so that no one always runs after the same neighbour.
                int shift = i % children.Count;
                await round(i, [.. children.Skip(shift), .. children.Take(shift)]);
            }
        }
        finally
        {
            foreach ((_, ChildProcess child) in children)
            {
                await child.DisposeAsync();
            }
        }
    }

    private async Task WarmAsync((string Kind, ChildProcess Child) client, string what, LoadCell[] cells)
    {
        foreach (LoadCell cell in cells.Where(c => Can(client.Kind, c.Tls)))
        {
            await client.Child.AskAsync($"{what} {Endpoint(cell.PortName, cell.Tls)} window={cell.Window} bytes={cell.Bytes}");
            await Task.Delay(_options.WarmupMilliseconds);
            await client.Child.AskAsync("stop");
        }
    }

    private async Task<KeyValueLine> MeasureAsync(ChildProcess child, string what, LoadCell cell, Action<KeyValueLine>? roundTrips = null)
    {
        await child.AskAsync($"{what} {Endpoint(cell.PortName, cell.Tls)} window={cell.Window} bytes={cell.Bytes}");
        await Task.Delay(SettleMilliseconds);
        if (roundTrips is not null)
        {
            await _peer.AskAsync("rtt-begin");
        }

        KeyValueLine line = await child.AskAsync(string.Create(CultureInfo.InvariantCulture, $"measure ms={_options.MeasureMilliseconds}"));
        if (roundTrips is not null)
        {
            roundTrips(await _peer.AskAsync("rtt-end"));
        }

        await child.AskAsync("stop");
        return line;
    }

    private string Endpoint(string portName, bool tls)
    {
        string port = portName switch
        {
            "tls-mosquitto" => Port(_mosquitto!.TlsPort),
            "tcp-mosquitto" => Port(_mosquitto!.TcpPort),
            _ => _ports.Text(portName),
        };
        return $"port={port} tls={(tls ? 1 : 0)} root={_certificates.RootFile}";
    }

    private static string Port(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static bool Can(string kind, bool tls) => tls || kind != "sdk";

    private static void Progress(int round, string cell, string kind, string value) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}  {cell,-24} {kind,-11} {value}"));
}
