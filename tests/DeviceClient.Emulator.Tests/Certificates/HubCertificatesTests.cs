using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator.Tests;

[TestClass]
public sealed class HubCertificatesTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "hub-certificates-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [TestMethod]
    [DataRow("localhost", SslProtocols.Tls12)]
    [DataRow("localhost", SslProtocols.Tls13)]
    [DataRow("127.0.0.1", SslProtocols.Tls13)]
    [DataRow("hub1.emulator.test", SslProtocols.Tls13)]
    public async Task Handshake_UnderEachName_IsTrustedThroughTheRoot(string name, SslProtocols protocol)
    {
        using var certificates = new HubCertificates(null, ["hub1.emulator.test"]);
        Assert.AreEqual(protocol, await HandshakeAsync(certificates, name, protocol));
    }

    [TestMethod]
    public async Task Handshake_UnderAnotherName_IsRefused()
    {
        using var certificates = new HubCertificates(null, ["hub1.emulator.test"]);
        AuthenticationException error = await Assert.ThrowsExactlyAsync<AuthenticationException>(
            () => HandshakeAsync(certificates, "hub2.emulator.test", SslProtocols.Tls13));
        StringAssert.Contains(error.Message, "RemoteCertificateNameMismatch");
    }

    [TestMethod]
    public void Root_IsAnAuthority_AndServerIsForServersOnly()
    {
        using var certificates = new HubCertificates(null, []);
        using X509Certificate2 root = certificates.GetRoot();
        Assert.IsFalse(root.HasPrivateKey);
        Assert.IsTrue(root.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.IsTrue(root.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign));
        X509Certificate2 server = certificates.GetServer();
        Assert.IsFalse(server.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.AreEqual(
            "1.3.6.1.5.5.7.3.1", server.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        X509SubjectAlternativeNameExtension names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        CollectionAssert.Contains(names.EnumerateIPAddresses().ToArray(), IPAddress.IPv6Loopback);
        StringAssert.StartsWith(certificates.RootPem, "-----BEGIN CERTIFICATE-----");
    }

    [TestMethod]
    public void Directory_KeepsBothCertificatesAndGuardsTheKeys()
    {
        string firstRoot, firstServer;
        using (var first = new HubCertificates(_directory, ["a.test"]))
        {
            firstRoot = first.RootPem;
            firstServer = first.GetServer().Thumbprint;
            Assert.AreEqual(firstRoot.Trim(), File.ReadAllText(first.RootPath!).Trim());
        }

        using var second = new HubCertificates(_directory, ["a.test"]);
        Assert.AreEqual(firstRoot, second.RootPem);
        Assert.AreEqual(firstServer, second.GetServer().Thumbprint);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string key in Directory.GetFiles(_directory, "*.key"))
            {
                Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key), key);
            }
        }
    }

    [TestMethod]
    public void NewName_MakesANewServerCertificateUnderTheSameRoot()
    {
        string root, server;
        using (var first = new HubCertificates(_directory, ["a.test"]))
        {
            root = first.RootPem;
            server = first.GetServer().Thumbprint;
        }

        using var second = new HubCertificates(_directory, ["b.test"]);
        Assert.AreEqual(root, second.RootPem);
        Assert.AreNotEqual(server, second.GetServer().Thumbprint);
    }

    [TestMethod]
    public void Server_IsRenewedBeforeItEnds_WhileTheHubRuns()
    {
        var time = new ManualTime();
        using var certificates = new HubCertificates(_directory, [], time);
        X509Certificate2 first = certificates.GetServer();
        time.Advance(TimeSpan.FromDays(330));
        Assert.AreEqual(first.Thumbprint, certificates.GetServer().Thumbprint);
        time.Advance(TimeSpan.FromDays(10));
        X509Certificate2 second = certificates.GetServer();
        Assert.AreNotEqual(first.Thumbprint, second.Thumbprint);
        Assert.IsTrue(second.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime.AddDays(300));
    }

    [TestMethod]
    public void Root_IsRenewedAYearBeforeItEnds()
    {
        var time = new ManualTime();
        string root;
        using (var first = new HubCertificates(_directory, [], time))
        {
            root = first.RootPem;
        }

        time.Advance(time.GetUtcNow().AddYears(9).AddDays(2) - time.GetUtcNow());
        using var second = new HubCertificates(_directory, [], time);
        Assert.AreNotEqual(root, second.RootPem);
    }

    [TestMethod]
    public void DamagedFile_IsNamedInTheError()
    {
        using (new HubCertificates(_directory, []))
        {
        }

        File.WriteAllText(Path.Combine(_directory, "root.key"), "damaged");
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => new HubCertificates(_directory, []));
        StringAssert.Contains(error.Message, "root.key");
        StringAssert.Contains(error.Message, "Delete both files");
    }

    private static async Task<SslProtocols> HandshakeAsync(HubCertificates certificates, string name, SslProtocols protocol)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        Task connect = client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        await connect;
        using var serverStream = new SslStream(accepted.GetStream());
        Task server = serverStream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificates.GetServer(),
            EnabledSslProtocols = protocol,
        });
        using X509Certificate2 root = certificates.GetRoot();
        using var clientStream = new SslStream(client.GetStream());
        await clientStream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = protocol,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { root },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        await server;
        return clientStream.SslProtocol;
    }
}
