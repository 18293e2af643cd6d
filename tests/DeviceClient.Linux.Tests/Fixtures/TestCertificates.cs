using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Linux.Tests.Fixtures;

/// <summary>A root, an intermediate, and leaves for a server and for devices; made once for all tests, in memory.</summary>
internal static class TestCertificates
{
    internal static X509Certificate2 Root { get; } = CreateAuthority("Test root", null);

    internal static X509Certificate2 Intermediate { get; } = CreateAuthority("Test intermediate", Root);

    internal static X509Certificate2 OtherRoot { get; } = CreateAuthority("Other root", null);

    internal static X509Certificate2 Server { get; } = CreateLeaf("localhost", Root, isServer: true);

    internal static X509Certificate2 OtherName { get; } = CreateLeaf("elsewhere.example", Root, isServer: true);

    internal static X509Certificate2 ServerByIntermediate { get; } = CreateLeaf("localhost", Intermediate, isServer: true);

    internal static X509Certificate2 Device { get; } = CreateLeaf("dev1", Intermediate, isServer: false);

    internal static X509Certificate2 ExpiredDevice { get; } = CreateLeaf("dev1", Intermediate, isServer: false, days: -1);

    internal static X509Certificate2Collection RootOnly => [Public(Root)];

    internal static X509Certificate2 Public(X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawData);

    private static X509Certificate2 CreateAuthority(string name, X509Certificate2? issuer)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return issuer is null
            ? request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30))
            : Sign(request, issuer, key, 20);
    }

    private static X509Certificate2 CreateLeaf(string name, X509Certificate2 issuer, bool isServer, int days = 10)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        if (isServer)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName(name);
            if (name == "localhost")
            {
                names.AddIpAddress(IPAddress.Loopback);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        return Sign(request, issuer, key, days);
    }

    private static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, ECDsa key, int days)
    {
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        serial[0] &= 0x7F;
        using X509Certificate2 bare = request.Create(issuer, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(days), serial);
        return bare.CopyWithPrivateKey(key);
    }
}
