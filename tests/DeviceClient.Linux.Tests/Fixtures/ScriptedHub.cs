using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace DeviceClient.Linux.Tests.Fixtures;

/// <summary>A hub of a few lines on loopback, over TLS, that does what a test tells it, well or badly.</summary>
internal sealed class ScriptedHub : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly SslServerAuthenticationOptions _tls;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<HubPeer, bool> _peers = new();
    private readonly Task _accepting;

    internal ScriptedHub(X509Certificate2? certificate = null, X509Certificate2Collection? chain = null, bool asksForCertificate = false)
    {
        _tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate ?? TestCertificates.Server, chain, offline: true),
            ClientCertificateRequired = asksForCertificate,
            RemoteCertificateValidationCallback = (_, leaf, sent, _) =>
            {
                ClientChain = leaf is null ? [] : [leaf.Subject, .. sent!.ChainPolicy.ExtraStore.Select(c => c.Subject)];
                return true;
            },
        };
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Return code for a CONNECT; negative: no answer.</summary>
    internal Func<MqttPacket, int> OnConnect { get; set; } = _ => 0;

    /// <summary>Sees every packet first; true: it is dealt with.</summary>
    internal Func<HubPeer, MqttPacket, bool> Intercept { get; set; } = (_, _) => false;

    /// <summary>The twin's desired section, with its version.</summary>
    internal string Desired { get; set; } = "{\"$version\":1}";

    internal int ReportedVersion;

    internal Channel<MqttPacket> Connects { get; } = Channel.CreateUnbounded<MqttPacket>();

    internal Channel<MqttPacket> Telemetry { get; } = Channel.CreateUnbounded<MqttPacket>();

    internal Channel<MqttPacket> Reports { get; } = Channel.CreateUnbounded<MqttPacket>();

    internal Channel<MqttPacket> MethodAnswers { get; } = Channel.CreateUnbounded<MqttPacket>();

    internal Channel<MqttPacket> Acknowledged { get; } = Channel.CreateUnbounded<MqttPacket>();

    internal Channel<MqttPacket> Disconnects { get; } = Channel.CreateUnbounded<MqttPacket>();

    internal Channel<string> Subscribed { get; } = Channel.CreateUnbounded<string>();

    internal Channel<bool> Closed { get; } = Channel.CreateUnbounded<bool>();

    internal string[] ClientChain { get; private set; } = [];

    internal int Accepted { get; private set; }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal string HostName => $"localhost:{Port}";

    /// <summary>The connection made last.</summary>
    internal HubPeer? Peer { get; private set; }

    internal string ConnectionString => $"HostName={HostName};DeviceId=dev1;SharedAccessKey={Convert.ToBase64String(new byte[32])}";

    /// <summary>Breaks all connections at once, without a word.</summary>
    internal void DropAll()
    {
        foreach (HubPeer peer in _peers.Keys)
        {
            peer.Drop();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        DropAll();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptSocketAsync(_stopping.Token);
                Accepted++;
                _ = ServeAsync(socket);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using HubPeer peer = new(this, socket);
        _peers[peer] = true;
        try
        {
            await peer.Stream.AuthenticateAsServerAsync(_tls, _stopping.Token);
            Peer = peer;
            await peer.ServeAsync();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException)
        {
        }
        finally
        {
            _peers.TryRemove(peer, out _);
            Closed.Writer.TryWrite(true);
        }
    }
}
