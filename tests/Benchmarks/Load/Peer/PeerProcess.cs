using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Benchmarks.Load.Peer;

/// <summary>
/// The server of all measurements, in a process of its own: accepts on four loopback ports (plain or TLS, acknowledgements
/// coalesced or one by one) and serves each connection with one blocking thread that does nothing but acknowledge.
/// </summary>
internal static class PeerProcess
{
    // Small: a thousand idle connections are a thousand threads.
    private const int ThreadStackBytes = 192 * 1024;

    public static int Run(string certificateFile)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12FromFile(certificateFile, null);
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        var roundTrips = new RoundTripRecorder();
        int tcp = Listen(null, acknowledgeEach: false, roundTrips);
        int tcpEach = Listen(null, acknowledgeEach: true, roundTrips);
        int tls = Listen(context, acknowledgeEach: false, roundTrips);
        int tlsEach = Listen(context, acknowledgeEach: true, roundTrips);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ready tcp-burst={tcp} tcp-single={tcpEach} tls-burst={tls} tls-single={tlsEach}"));

        // End of input means that the parent is gone; so is the reason to live.
        while (Console.ReadLine() is { } line && line != "exit")
        {
            if (line == "rtt-begin")
            {
                roundTrips.Begin();
                Console.WriteLine("ok");
            }
            else if (line == "rtt-end")
            {
                Console.WriteLine(roundTrips.End());
            }
        }

        return 0;
    }

    private static int Listen(SslStreamCertificateContext? tls, bool acknowledgeEach, RoundTripRecorder roundTrips)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1024);
        var thread = new Thread(() => Accept(listener, tls, acknowledgeEach, roundTrips), ThreadStackBytes) { IsBackground = true };
        thread.Start();
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private static void Accept(Socket listener, SslStreamCertificateContext? tls, bool acknowledgeEach, RoundTripRecorder roundTrips)
    {
        while (true)
        {
            Socket socket = listener.Accept();
            var thread = new Thread(() => Serve(socket, tls, acknowledgeEach, roundTrips), ThreadStackBytes) { IsBackground = true };
            thread.Start();
        }
    }

    private static void Serve(Socket socket, SslStreamCertificateContext? tls, bool acknowledgeEach, RoundTripRecorder roundTrips)
    {
        try
        {
            socket.NoDelay = true;
            using var network = new NetworkStream(socket, ownsSocket: true);
            if (tls is null)
            {
                new PeerConnection(network, socket, acknowledgeEach, roundTrips).Run();
                return;
            }

            using var secure = new SslStream(network);
            secure.AuthenticateAsServer(new SslServerAuthenticationOptions { ServerCertificateContext = tls });
            new PeerConnection(secure, socket, acknowledgeEach, roundTrips).Run();
        }
        catch (Exception exception) when (exception is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // A client that leaves without a word is usual here; what it lost, it reports itself.
        }
    }
}
