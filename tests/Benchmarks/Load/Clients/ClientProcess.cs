using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>
/// A child that runs one kind of client and does what its parent writes to its input, one line at a time; it measures its own
/// CPU time and allocation, because only it can.
/// </summary>
internal static class ClientProcess
{
    public static async Task<int> RunAsync(string kind)
    {
        var session = new ClientSession(kind);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } text && text != "exit")
        {
            string answer;
            try
            {
                answer = await ExecuteAsync(session, new KeyValueLine(text)).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                await Console.Error.WriteLineAsync($"client {kind}, '{text}': {exception}").ConfigureAwait(false);
                answer = "error " + exception.GetType().Name;
            }

            Console.WriteLine(answer);
        }

        return 0;
    }

    private static async Task<string> ExecuteAsync(ClientSession session, KeyValueLine line)
    {
        switch (line.Verb)
        {
            case "telemetry":
                await session.StartTelemetryAsync(Endpoint(line), line.Int("window"), line.Int("bytes"));
                return "ok";
            case "methods":
                await session.StartMethodsAsync(Endpoint(line), line.Int("window"));
                return "ok";
            case "measure":
                return await session.MeasureAsync(TimeSpan.FromMilliseconds(line.Int("ms")));
            case "stop":
                await session.StopAsync();
                return "ok";
            case "connect":
                return await session.MeasureConnectAsync(Endpoint(line), line.Int("warmup"), line.Int("count"));
            case "idle":
                return await session.MeasureIdleAsync(Endpoint(line), line.Int("count"), TimeSpan.FromMilliseconds(line.Int("ms")));
            default:
                throw new ArgumentException($"No command '{line.Verb}'.");
        }
    }

    private static LoadEndpoint Endpoint(KeyValueLine line) =>
        new(line.Int("port"), line.Flag("tls"), X509CertificateLoader.LoadCertificateFromFile(line.Text("root")));
}
