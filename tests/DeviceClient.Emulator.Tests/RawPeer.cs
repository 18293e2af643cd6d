using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DeviceClient.Emulator.Tests;

/// <summary>A TLS connection that sends any bytes at all, for what no proper client would send.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly SslStream _stream;

    private RawPeer(TcpClient tcp, SslStream stream)
    {
        _tcp = tcp;
        _stream = stream;
    }

    internal static async Task<RawPeer> OpenAsync(HubEmulator hub, SslProtocols protocols = SslProtocols.None)
    {
        TcpClient tcp = new();
        await tcp.ConnectAsync("127.0.0.1", hub.MqttPort);
        SslStream stream = new(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { hub.RootCertificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return new RawPeer(tcp, stream);
    }

    /// <summary>Connects as the identity and swallows CONNACK.</summary>
    internal static async Task<RawPeer> ConnectAsync(HubEmulator hub, HubRegistryIdentity identity)
    {
        RawPeer peer = await OpenAsync(hub);
        await peer.SendAsync(Connect(identity, 4));
        CollectionAssert.AreEqual(new byte[] { 0x20, 2, 0, 0 }, await peer.ReadAsync(4));
        return peer;
    }

    internal static byte[] Connect(HubRegistryIdentity identity, byte level)
    {
        List<byte> body = [0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', level, 0xC2, 0, 60];
        foreach (string text in new[] { identity.Id, Peer.UserName(identity), Peer.Token(identity, TimeProvider.System.GetUtcNow().AddHours(1)) })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            body.AddRange([(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes]);
        }

        return Packet(0x10, body.ToArray());
    }

    internal static byte[] Packet(byte header, params byte[] body)
    {
        List<byte> packet = [header];
        int length = body.Length;
        do
        {
            packet.Add((byte)((length % 128) | (length >= 128 ? 0x80 : 0)));
            length /= 128;
        }
        while (length > 0);
        packet.AddRange(body);
        return packet.ToArray();
    }

    internal async Task SendAsync(params byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    internal async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, Expect.Soon);
        return bytes;
    }

    /// <summary>Completes when the hub has closed the connection, by whatever means.</summary>
    internal async Task ClosedAsync()
    {
        try
        {
            while (await _stream.ReadAsync(new byte[256], Expect.Soon) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }
}
