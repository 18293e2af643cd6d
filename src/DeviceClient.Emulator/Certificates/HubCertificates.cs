using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator;

/// <summary>The emulator's own root certificate and the server certificate below it.</summary>
/// <remarks>
/// Made on first use, kept in a directory or in memory only. Both are EC P-256. The server certificate names every host
/// name given, <c>localhost</c>, 127.0.0.1 and ::1, and is made anew 30 days before it ends or when the names change; the
/// root is made anew one year before it ends, and devices must then be given the new one. Safe for concurrent use.
/// </remarks>
public sealed class HubCertificates : IDisposable
{
    private static readonly TimeSpan s_serverMargin = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_rootMargin = TimeSpan.FromDays(365);

    private readonly Lock _gate = new();
    private readonly CertificateFiles? _files;
    private readonly TimeProvider _time;
    private readonly string[] _dnsNames;
    private readonly IPAddress[] _addresses;
    private readonly List<X509Certificate2> _replaced = [];
    private X509Certificate2 _root;
    private X509Certificate2 _server;

    /// <summary>Loads the certificates of a directory, or makes what is missing, ending soon or made for other names.</summary>
    /// <param name="directory">Where <c>root.pem</c>, <c>root.key</c>, <c>server.pem</c> and <c>server.key</c> are kept, the
    /// keys with file mode 0600; created when absent. Null keeps everything in memory.</param>
    /// <param name="hostNames">Names or IP addresses under which devices reach the emulator, beside the loopback ones.</param>
    /// <param name="time">Clock for the dates; null is the system's.</param>
    /// <exception cref="InvalidDataException">A file of the directory is damaged; the message names it.</exception>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public HubCertificates(string? directory, IEnumerable<string> hostNames, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(hostNames);
        _time = time ?? TimeProvider.System;
        _files = directory is null ? null : new CertificateFiles(Path.GetFullPath(directory));
        (_dnsNames, _addresses) = Split(hostNames);
        DateTimeOffset now = _time.GetUtcNow();
        X509Certificate2? root = _files?.LoadRoot();
        if (root is null || EndsWithin(root, s_rootMargin, now))
        {
            root?.Dispose();
            root = CertificateIssuer.CreateRoot(now);
            _files?.SaveRoot(root);
        }

        _root = root;
        X509Certificate2? server = _files?.LoadServer();
        if (server is null || EndsWithin(server, s_serverMargin, now) || !IsFor(server, root))
        {
            server?.Dispose();
            server = Issue(now);
        }

        _server = server;
    }

    /// <summary>The root certificate that devices must trust, without its private key.</summary>
    /// <value>A new instance for each call; the caller disposes it.</value>
    public X509Certificate2 GetRoot()
    {
        lock (_gate)
        {
            return X509CertificateLoader.LoadCertificate(_root.RawDataMemory.Span);
        }
    }

    /// <summary>The root certificate as PEM text.</summary>
    public string RootPem
    {
        get
        {
            lock (_gate)
            {
                return _root.ExportCertificatePem() + "\n";
            }
        }
    }

    /// <summary>Where the root certificate's PEM file is, or null when everything is in memory.</summary>
    public string? RootPath => _files?.RootPath;

    /// <summary>The server certificate with its private key, made anew first if it is about to end.</summary>
    /// <remarks>For <see cref="System.Net.Security.SslStream"/> and Kestrel's certificate selector: asking at each handshake
    /// lets a bench run for years. This object owns the result; do not dispose it.</remarks>
    public X509Certificate2 GetServer()
    {
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (EndsWithin(_server, s_serverMargin, now))
            {
                X509Certificate2 next = Issue(now);
                // Handshakes under way may still hold the old one.
                _replaced.Add(_server);
                _server = next;
            }

            return _server;
        }
    }

    /// <summary>Frees the certificates and their keys; the files stay.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _root.Dispose();
            _server.Dispose();
            _replaced.ForEach(certificate => certificate.Dispose());
            _replaced.Clear();
        }
    }

    private static (string[] DnsNames, IPAddress[] Addresses) Split(IEnumerable<string> hostNames)
    {
        var dnsNames = new List<string>();
        var addresses = new List<IPAddress>();
        foreach (string name in hostNames)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(hostNames));
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                addresses.Add(address);
            }
            else
            {
                dnsNames.Add(name.ToLowerInvariant());
            }
        }

        dnsNames.Add("localhost");
        addresses.Add(IPAddress.Loopback);
        addresses.Add(IPAddress.IPv6Loopback);
        return ([.. dnsNames.Distinct()], [.. addresses.Distinct()]);
    }

    private static bool EndsWithin(X509Certificate2 certificate, TimeSpan margin, DateTimeOffset now) =>
        new DateTimeOffset(certificate.NotAfter.ToUniversalTime()) - now < margin;

    private bool IsFor(X509Certificate2 server, X509Certificate2 root)
    {
        X509SubjectAlternativeNameExtension? names =
            server.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (names is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        return _dnsNames.Order().SequenceEqual(names.EnumerateDnsNames().Order())
            && _addresses.Select(a => a.ToString()).Order().SequenceEqual(names.EnumerateIPAddresses().Select(a => a.ToString()).Order())
            && chain.Build(server);
    }

    private X509Certificate2 Issue(DateTimeOffset now)
    {
        X509Certificate2 server = CertificateIssuer.CreateServer(_root, _dnsNames, _addresses, now);
        _files?.SaveServer(server);
        if (!OperatingSystem.IsWindows())
        {
            return server;
        }

        // Windows' TLS cannot use a key that lives in this process alone; a round through PKCS#12 gives it a home.
        using (server)
        {
            return X509CertificateLoader.LoadPkcs12(server.Export(X509ContentType.Pkcs12), null);
        }
    }
}
