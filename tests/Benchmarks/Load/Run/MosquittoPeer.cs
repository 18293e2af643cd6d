using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>
/// A second peer, which nobody here wrote: the mosquitto broker, where it is installed. It acknowledges each message by itself and
/// is often the bottleneck, so its figures are reported beside the others and promise nothing.
/// </summary>
internal sealed class MosquittoPeer : IAsyncDisposable
{
    private readonly Process _process;

    private MosquittoPeer(Process process, int tcpPort, int tlsPort)
    {
        _process = process;
        TcpPort = tcpPort;
        TlsPort = tlsPort;
    }

    public int TcpPort { get; }

    public int TlsPort { get; }

    /// <summary>Starts the broker; null when there is none on this machine.</summary>
    public static async Task<MosquittoPeer?> StartAsync(TestCertificates certificates)
    {
        string? program = Find();
        if (program is null)
        {
            return null;
        }

        int tcpPort = FreePort();
        int tlsPort = FreePort();
        string file = Path.Combine(certificates.Folder, "mosquitto.conf");
        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"""
            user {Environment.UserName}
            allow_anonymous true
            set_tcp_nodelay true
            max_inflight_messages 0
            max_queued_messages 0
            log_type none
            listener {tcpPort} 127.0.0.1
            listener {tlsPort} 127.0.0.1
            certfile {certificates.ServerCertificateFile}
            keyfile {certificates.ServerKeyFile}

            """));
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(file);
        var peer = new MosquittoPeer(Process.Start(start) ?? throw new InvalidOperationException("mosquitto did not start."), tcpPort, tlsPort);
        await peer.WaitUntilListeningAsync();
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string? Find()
    {
        string folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty) + Path.PathSeparator + "/usr/sbin";
        return folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "mosquitto"))
            .FirstOrDefault(File.Exists);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task WaitUntilListeningAsync()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, TlsPort);
                return;
            }
            catch (SocketException) when (attempt < 100 && !_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }
}
