using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Transport;

/// <summary>The client certificate with its issuers, in the form in which TLS sends it whole from memory.</summary>
/// <remarks>
/// The official SDKs write the intermediates into the operating system's store, because SslStream otherwise sends the
/// leaf alone; <see cref="SslStreamCertificateContext"/> makes that needless. Nothing is downloaded (offline).
/// </remarks>
internal static class ClientChain
{
    /// <summary>Makes the context for a certificate and its issuers.</summary>
    /// <param name="certificate">The leaf, with its private key or a handle to one.</param>
    /// <param name="issuers">The intermediates, in any order; a root may be among them.</param>
    /// <returns>The context; one may serve many connections.</returns>
    internal static SslStreamCertificateContext Create(X509Certificate2 certificate, X509Certificate2Collection? issuers) =>
        SslStreamCertificateContext.Create(certificate, issuers, offline: true);
}
