using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>Where the peer listens, and the root that every TLS client must verify it against.</summary>
internal sealed record LoadEndpoint(int Port, bool Tls, X509Certificate2 Root)
{
    // An address, so that no client pays for a resolver or for an attempt on another address family.
    public const string HostName = "127.0.0.1";

    /// <summary>A connected stream for the clients that bring no transport of their own.</summary>
    public Stream Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, Port));
        var network = new NetworkStream(socket, ownsSocket: true);
        if (!Tls)
        {
            return network;
        }

        var secure = new SslStream(network);
        secure.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = HostName,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { Root },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return secure;
    }
}
