using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Transport;

/// <summary>Judges a server's certificate: the system's roots, plus the roots the user gave to this client, and always the name.</summary>
/// <remarks>
/// Nothing is written to a certificate store of the operating system. One object serves all connections of a client;
/// each handshake gets a <see cref="Handshake"/> of its own, which keeps the reason of a refusal for the error message.
/// Where the user gave roots they are asked first: who gives some mostly needs them, and each chain costs a good part of a handshake.
/// </remarks>
internal sealed class ServerTrust
{
    private static readonly Oid s_serverAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2Collection? _roots;
    private readonly bool _acceptAny;
    private readonly bool _checkRevocation;

    internal ServerTrust(X509Certificate2Collection? extraRoots, bool acceptAny, bool checkRevocation)
    {
        _roots = extraRoots is { Count: > 0 } ? new X509Certificate2Collection(extraRoots) : null;
        _acceptAny = acceptAny;
        _checkRevocation = checkRevocation;
    }

    internal X509RevocationMode RevocationMode => _checkRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;

    /// <summary>What the TLS layer itself checks a chain against: the user's roots, or null where the system's are all there is.</summary>
    internal X509ChainPolicy? CreateFirstPolicy()
    {
        if (_roots is null)
        {
            return null;
        }

        X509ChainPolicy policy = CreatePolicy();
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.DisableCertificateDownloads = true;
        policy.CustomTrustStore.AddRange(_roots);
        return policy;
    }

    /// <summary>One handshake's judgement.</summary>
    /// <param name="trust">The rules.</param>
    /// <param name="host">The name that the certificate must carry; for the message only, the TLS layer compares.</param>
    internal sealed class Handshake(ServerTrust trust, string host)
    {
        /// <summary>Why the certificate was refused; null when it was not.</summary>
        internal string? Refusal { get; private set; }

        internal bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (errors == SslPolicyErrors.None || trust._acceptAny)
            {
                return true;
            }

            if (certificate is null || (errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0)
            {
                Refusal = "the server sent no certificate";
                return false;
            }

            if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
            {
                Refusal = $"the server's certificate ({certificate.Subject}) is not issued for '{host}'; check the host name";
                return false;
            }

            if (trust._roots is not null && trust.ChainsToSystemRoot(certificate, chain))
            {
                return true;
            }

            Refusal = Describe(certificate, chain, trust._roots is not null);
            return false;
        }
    }

    private X509ChainPolicy CreatePolicy()
    {
        X509ChainPolicy policy = new() { RevocationMode = RevocationMode };
        policy.ApplicationPolicy.Add(s_serverAuthentication);
        return policy;
    }

    private bool ChainsToSystemRoot(X509Certificate certificate, X509Chain? ownChain)
    {
        using X509Chain chain = new();
        chain.ChainPolicy = CreatePolicy();
        if (ownChain is not null)
        {
            // What the server sent beside its leaf: without it a chain with intermediates does not close.
            chain.ChainPolicy.ExtraStore.AddRange(ownChain.ChainPolicy.ExtraStore);
        }

        X509Certificate2? copy = null;
        try
        {
            return chain.Build(certificate as X509Certificate2 ?? (copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData())));
        }
        finally
        {
            copy?.Dispose();
            foreach (X509ChainElement element in chain.ChainElements)
            {
                if (!ReferenceEquals(element.Certificate, certificate))
                {
                    element.Certificate.Dispose();
                }
            }
        }
    }

    private static string Describe(X509Certificate certificate, X509Chain? chain, bool hasOwnRoots)
    {
        string status = "no chain";
        string top = certificate.Issuer;
        if (chain is not null)
        {
            List<string> found = [];
            foreach (X509ChainStatus item in chain.ChainStatus)
            {
                found.Add(item.Status.ToString());
            }

            status = string.Join(", ", found);
            if (chain.ChainElements.Count > 0)
            {
                top = chain.ChainElements[^1].Certificate.Issuer;
            }
        }

        string tried = hasOwnRoots ? "neither the system's roots nor TrustedRoots" : "the system's roots do not";
        return hasOwnRoots
            ? $"{tried} accept the server's certificate ({certificate.Subject}, chain up to '{top}'): {status}"
            : $"{tried} accept the server's certificate ({certificate.Subject}, chain up to '{top}'): {status}; add its root to TrustedRoots if it is yours";
    }
}
