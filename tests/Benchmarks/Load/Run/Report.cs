using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>The markdown that a run prints: ratios first, because only they travel between machines.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    public Report(RunOptions options)
    {
        _text.AppendLine(CultureInfo.InvariantCulture, $"Section `{options.Section}`, {options.Rounds} interleaved round(s), windows of {options.MeasureMilliseconds} ms; median (minimum-maximum).");
        _text.AppendLine(CultureInfo.InvariantCulture, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors, load average at start {LoadAverage()}.");
    }

    public override string ToString() => _text.ToString();

    public void End() => _text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Load average at end (this run included): {LoadAverage()}.");

    public void AddTelemetry(Results results, string[] cells, string[] clients)
    {
        Heading("Telemetry: CPU of others divided by CPU of ours (bigger is better for us), and ours by raw (1 is the floor)");
        AddRatios(results, cells, clients, "cpu");
        Heading("Telemetry: our rate divided by others' rate");
        AddRateRatios(results, cells, clients);
        Heading("Telemetry: client CPU, microseconds a message");
        AddQuantity(results, cells, clients, "cpu", 1);
        Heading("Telemetry: thousand messages a second");
        AddQuantity(results, cells, clients, "rate", 0.001);
        Heading("Telemetry: bytes allocated a message");
        AddQuantity(results, cells, clients, "bytes", 1);
    }

    public void AddMethods(Results results, string[] cells, string[] clients)
    {
        Heading("Direct methods: CPU of others divided by CPU of ours, and ours by raw");
        AddRatios(results, cells, clients, "cpu");
        Heading("Direct methods: round trip seen by the peer, p50, microseconds");
        AddQuantity(results, cells, clients, "p50", 1);
        Heading("Direct methods: p99, microseconds");
        AddQuantity(results, cells, clients, "p99", 1);
        Heading("Direct methods: client CPU, microseconds a call");
        AddQuantity(results, cells, clients, "cpu", 1);
        Heading("Direct methods: bytes allocated a call");
        AddQuantity(results, cells, clients, "bytes", 1);
    }

    public void AddConnect(Results results, string[] cells, string[] clients)
    {
        Heading("Connect, handshake and subscribe: p50, milliseconds");
        AddQuantity(results, cells, clients, "p50", 1);
        Heading("Connect, handshake and subscribe: client CPU, milliseconds");
        AddQuantity(results, cells, clients, "cpu", 1);
        Heading("Connect, handshake and subscribe: bytes allocated");
        AddQuantity(results, cells, clients, "bytes", 1);
    }

    public void AddIdle(Results results, string[] cells, string[] clients)
    {
        Heading("Idle devices: resident memory, KB each");
        AddQuantity(results, cells, clients, "resident", 1 / 1024.0);
        Heading("Idle devices: managed memory after a full collection, KB each");
        AddQuantity(results, cells, clients, "managed", 1 / 1024.0);
        Heading("Idle devices: CPU of the whole process, percent of one core");
        AddQuantity(results, cells, clients, "cpu", 1);
    }

    private static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private void Heading(string text) => _text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {text}").AppendLine();

    private void AddRatios(Results results, string[] cells, string[] clients, string quantity)
    {
        (string Above, string Below)[] pairs =
        [
            ("mqttnet", "sdk"), ("mqttnet-nf", "sdk"), ("sdk", "raw"), ("mqttnet", "core"), ("mqttnet-nf", "core"), ("core", "raw"),
        ];
        pairs = [.. pairs.Where(p => clients.Contains(p.Above) && clients.Contains(p.Below))];
        Row(["", .. pairs.Select(p => $"{p.Above} / {p.Below}")], header: true);
        foreach (string cell in cells)
        {
            Row([cell, .. pairs.Select(p => results.Ratio(cell, quantity, p.Above, p.Below))]);
        }
    }

    private void AddRateRatios(Results results, string[] cells, string[] clients)
    {
        string[] others = [.. clients.Where(c => c is "mqttnet" or "mqttnet-nf" or "raw")];
        string[] ours = [.. clients.Where(c => c is "sdk" or "core")];
        (string Above, string Below)[] pairs = [.. ours.SelectMany(o => others.Select(t => (o, t)))];
        Row(["", .. pairs.Select(p => $"{p.Above} / {p.Below}")], header: true);
        foreach (string cell in cells)
        {
            Row([cell, .. pairs.Select(p => results.Ratio(cell, "rate", p.Above, p.Below))]);
        }
    }

    private void AddQuantity(Results results, string[] cells, string[] clients, string quantity, double scale)
    {
        Row(["", .. clients], header: true);
        foreach (string cell in cells)
        {
            Row([cell, .. clients.Select(client => results.Text(cell, client, quantity, scale))]);
        }
    }

    private void Row(string[] columns, bool header = false)
    {
        _text.Append("| ").AppendJoin(" | ", columns).AppendLine(" |");
        if (header)
        {
            _text.Append('|').Insert(_text.Length, " --- |", columns.Length).AppendLine();
        }
    }
}
