using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Benchmarks.Load;

/// <summary>A root and a server certificate (RSA-2048, as IoT Hub's leaf) made for one run, in a private temporary folder.</summary>
internal sealed class TestCertificates : IDisposable
{
    public TestCertificates()
    {
        Folder = Directory.CreateTempSubdirectory("deviceclient-load-").FullName;
        using RSA rootKey = RSA.Create(2048);
        var rootRequest = new CertificateRequest("CN=Load benchmark root", rootKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        rootRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(rootRequest.PublicKey, false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 root = rootRequest.CreateSelfSigned(now.AddHours(-1), now.AddDays(2));

        using RSA leafKey = RSA.Create(2048);
        var leafRequest = new CertificateRequest("CN=localhost", leafKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        leafRequest.CertificateExtensions.Add(names.Build());
        leafRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leafRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 leaf = leafRequest.Create(root, now.AddHours(-1), now.AddDays(1), [1, 2, 3, 4, 5, 6, 7, 8]);
        using X509Certificate2 leafWithKey = leaf.CopyWithPrivateKey(leafKey);

        RootFile = Path.Combine(Folder, "root.pem");
        ServerFile = Path.Combine(Folder, "server.pfx");
        ServerCertificateFile = Path.Combine(Folder, "server.pem");
        ServerKeyFile = Path.Combine(Folder, "server.key");
        File.WriteAllText(RootFile, root.ExportCertificatePem());
        File.WriteAllText(ServerCertificateFile, leaf.ExportCertificatePem());
        File.WriteAllText(ServerKeyFile, leafKey.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(ServerFile, leafWithKey.Export(X509ContentType.Pkcs12));
    }

    public string Folder { get; }

    public string RootFile { get; }

    public string ServerFile { get; }

    public string ServerCertificateFile { get; }

    public string ServerKeyFile { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
