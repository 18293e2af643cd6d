using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator;

/// <summary>Makes the two kinds of certificate the emulator needs: its own root and server certificates below it.</summary>
internal static class CertificateIssuer
{
    // Ten years: a bench keeps the root in its devices' firmware. One year for the server: below the 398 days that
    // TLS clients of today accept at most.
    internal const int RootYears = 10;
    internal const int ServerDays = 365;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    // Boards start with clocks that are late by hours; a certificate made a moment ago must be valid for them too.
    private static readonly TimeSpan s_backdated = TimeSpan.FromDays(2);

    internal static X509Certificate2 CreateRoot(DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The random part keeps the roots of two emulators apart in a trust store, where the subject is the look-up key.
        string subject = "CN=DeviceClient emulator root " + RandomNumberGenerator.GetHexString(8, lowercase: true);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var identifier = new X509SubjectKeyIdentifierExtension(request.PublicKey, false);
        request.CertificateExtensions.Add(identifier);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
        return request.CreateSelfSigned(now - s_backdated, now.AddYears(RootYears));
    }

    internal static X509Certificate2 CreateServer(
        X509Certificate2 root, IReadOnlyCollection<string> dnsNames, IReadOnlyCollection<IPAddress> addresses, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(dnsNames.First());
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));

        var names = new SubjectAlternativeNameBuilder();
        foreach (string dnsName in dnsNames)
        {
            names.AddDnsName(dnsName);
        }

        foreach (IPAddress address in addresses)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());

        DateTimeOffset end = now.AddDays(ServerDays);
        if (end > root.NotAfter)
        {
            end = root.NotAfter;
        }

        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        using X509Certificate2 certificate = request.Create(root, now - s_backdated, end, serial);
        return certificate.CopyWithPrivateKey(key);
    }
}
