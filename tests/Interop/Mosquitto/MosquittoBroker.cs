using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DeviceClient.Interop.Tests.Mosquitto;

/// <summary>A mosquitto broker on a free loopback port.</summary>
internal sealed class MosquittoBroker : IDisposable
{
    private const string SubscriberId = "watcher";

    private readonly string _configuration;
    private MosquittoProcess? _process;

    private MosquittoBroker(int port)
    {
        Port = port;
        _configuration = Path.GetTempFileName();
        File.WriteAllText(
            _configuration,
            $"""
            listener {port.ToString(CultureInfo.InvariantCulture)} 127.0.0.1
            allow_anonymous true
            persistence false
            log_dest stderr
            log_type all
            user {Environment.UserName}

            """);
    }

    public int Port { get; }

    public string PortText => Port.ToString(CultureInfo.InvariantCulture);

    public static async Task<MosquittoBroker> StartAsync(CancellationToken cancellationToken)
    {
        var broker = new MosquittoBroker(GetFreePort());
        try
        {
            await broker.StartProcessAsync(cancellationToken);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    /// <summary>Starts again on the same port, knowing nothing of before.</summary>
    public async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        _process = MosquittoProcess.Start("mosquitto", "-c", _configuration);
        await _process.WaitForLineAsync("mosquitto version .* running", cancellationToken);
    }

    public Task<string> WaitForLogAsync(string pattern, CancellationToken cancellationToken) => _process!.WaitForLineAsync(pattern, cancellationToken);

    public Task FreezeAsync(CancellationToken cancellationToken) => _process!.FreezeAsync(cancellationToken);

    public void Kill() => _process?.Kill();

    /// <summary>A subscriber that is known to be subscribed; it ends after the given number of messages.</summary>
    public async Task<MosquittoProcess> SubscribeAsync(string filter, int qos, int messages, CancellationToken cancellationToken)
    {
        MosquittoProcess subscriber = MosquittoProcess.Start(
            "mosquitto_sub", "-h", "127.0.0.1", "-p", PortText, "-t", filter, "-q", qos.ToString(CultureInfo.InvariantCulture),
            "-C", messages.ToString(CultureInfo.InvariantCulture), "-i", SubscriberId, "-F", "MESSAGE %t q%q r%r %l %x");

        // Its own output is held back until it ends; the broker knows earlier.
        await WaitForLogAsync("Sending SUBACK to " + SubscriberId, cancellationToken);
        return subscriber;
    }

    public async Task PublishAsync(string topic, string message, int qos, bool retain, CancellationToken cancellationToken)
    {
        var arguments = new List<string> { "-h", "127.0.0.1", "-p", PortText, "-t", topic, "-q", qos.ToString(CultureInfo.InvariantCulture), "-m", message };
        if (retain)
        {
            arguments.Add("-r");
        }

        using MosquittoProcess publisher = MosquittoProcess.Start("mosquitto_pub", [.. arguments]);
        await publisher.WaitForExitAsync(cancellationToken);
    }

    public async Task PublishFileAsync(string topic, string path, CancellationToken cancellationToken)
    {
        using MosquittoProcess publisher = MosquittoProcess.Start("mosquitto_pub", "-h", "127.0.0.1", "-p", PortText, "-t", topic, "-q", "1", "-f", path);
        await publisher.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _process?.Dispose();
        File.Delete(_configuration);
    }

    private static int GetFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
