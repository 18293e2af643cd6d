using System.Security.Cryptography.X509Certificates;
using DeviceClient.Identity;
using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>Who a device or module is, where its hub is, and how it proves itself. Immutable; one identity may serve many clients, one after the other.</summary>
/// <remarks>
/// The hub keeps one connection for each identity: two programs on one device use two module identities.
/// Host names may end in <c>:port</c>, for benches; the port is dialled and goes nowhere else.
/// </remarks>
public sealed class HubIdentity
{
    private readonly SasSigner? _signer;
    private readonly string? _keyName;
    private readonly Func<SasTokenRequest, CancellationToken, ValueTask<string>>? _provider;
    private readonly HubCredential? _fixedToken;

    private HubIdentity(
        HubAddress address,
        SasSigner? signer = null,
        string? keyName = null,
        Func<SasTokenRequest, CancellationToken, ValueTask<string>>? provider = null,
        HubCredential? fixedToken = null,
        X509Certificate2? certificate = null,
        X509Certificate2Collection? chain = null)
    {
        Address = address;
        _signer = signer;
        _keyName = keyName;
        _provider = provider;
        _fixedToken = fixedToken;
        Certificate = certificate;
        Chain = chain is null ? null : new X509Certificate2Collection(chain);
    }

    /// <summary>Host name of the hub, without a port.</summary>
    public string HostName => Address.HostName;

    /// <summary>The device id.</summary>
    public string DeviceId => Address.DeviceId;

    /// <summary>The module id; null for a device.</summary>
    public string? ModuleId => Address.ModuleId;

    /// <summary>Host dialled instead of the hub; null when there is no gateway.</summary>
    public string? GatewayHostName => Address.GatewayHostName;

    internal HubAddress Address { get; }

    internal X509Certificate2? Certificate { get; }

    internal X509Certificate2Collection? Chain { get; }

    internal CredentialKind CredentialKind =>
        Certificate is not null ? CredentialKind.Certificate : _fixedToken is not null ? CredentialKind.FixedToken : CredentialKind.SasToken;

    /// <summary>An identity from the connection string of a device or module with its key.</summary>
    /// <param name="connectionString">As the portal or the emulator shows it.</param>
    /// <param name="allowFixedToken">Accepts a string with a ready-made <c>SharedAccessSignature</c>, which nobody renews: the client stops when it expires.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">The string is malformed, or holds a fixed token without permission, or wants a certificate; the message names the part, never a secret.</exception>
    public static HubIdentity FromConnectionString(string connectionString, bool allowFixedToken = false)
    {
        HubConnectionString parts = Parse(connectionString);
        HubAddress address = HubAddress.From(parts);
        if (parts.SharedAccessKey is not null)
        {
            return new HubIdentity(address, CreateSigner(parts.SharedAccessKey, nameof(connectionString)), parts.SharedAccessKeyName);
        }

        if (parts.SharedAccessSignature is null)
        {
            throw new ArgumentException($"The connection string of '{parts.DeviceId}' says x509=true; use the overload that takes the certificate.", nameof(connectionString));
        }

        if (!allowFixedToken)
        {
            throw new ArgumentException($"The connection string of '{parts.DeviceId}' holds a ready-made SharedAccessSignature. Nobody can renew it: the client would stop at its expiry. Use a key or FromSasProvider, or pass allowFixedToken: true if that is meant.", nameof(connectionString));
        }

        return new HubIdentity(address, fixedToken: HubCredential.Parse(parts.SharedAccessSignature, "The connection string"));
    }

    /// <summary>An identity from a connection string with <c>x509=true</c> and the certificate that belongs to it.</summary>
    /// <param name="connectionString">As the portal or the emulator shows it.</param>
    /// <param name="certificate">The leaf with its private key, or a handle to one in hardware. The caller keeps owning it.</param>
    /// <param name="chain">The intermediates; they are sent whole with each handshake and written to no store.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">The string is malformed or holds a key or token, or the certificate has no private key.</exception>
    public static HubIdentity FromConnectionString(string connectionString, X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        HubConnectionString parts = Parse(connectionString);
        if (!parts.UsesX509)
        {
            throw new ArgumentException($"The connection string of '{parts.DeviceId}' holds a key or a token and a certificate was given as well; choose one (x509=true for the certificate).", nameof(connectionString));
        }

        return new HubIdentity(HubAddress.From(parts), certificate: Check(certificate), chain: chain);
    }

    /// <summary>An identity with a symmetric key.</summary>
    /// <param name="hostName">Host name of the hub, with <c>:port</c> on a bench.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="base64Key">The key in Base64. A secret.</param>
    /// <param name="moduleId">The module id; null for a device.</param>
    /// <param name="gatewayHostName">Host to dial instead of the hub; null for none.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">A part is invalid; the message names it.</exception>
    public static HubIdentity FromSharedAccessKey(string hostName, string deviceId, string base64Key, string? moduleId = null, string? gatewayHostName = null)
    {
        ArgumentNullException.ThrowIfNull(base64Key);
        return new HubIdentity(HubAddress.From(hostName, deviceId, moduleId, gatewayHostName), CreateSigner(base64Key, nameof(base64Key)));
    }

    /// <summary>An identity whose key is used through a signer, such as a TPM; the key itself never comes here.</summary>
    /// <param name="hostName">Host name of the hub, with <c>:port</c> on a bench.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="signer">Makes HMAC-SHA256; called on a pool thread, one call at a time for each client.</param>
    /// <param name="moduleId">The module id; null for a device.</param>
    /// <param name="gatewayHostName">Host to dial instead of the hub; null for none.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">A part is invalid; the message names it.</exception>
    public static HubIdentity FromSigner(string hostName, string deviceId, SasSigner signer, string? moduleId = null, string? gatewayHostName = null)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new HubIdentity(HubAddress.From(hostName, deviceId, moduleId, gatewayHostName), signer);
    }

    /// <summary>An identity whose tokens come from the application, asked anew before each expiry.</summary>
    /// <param name="hostName">Host name of the hub, with <c>:port</c> on a bench.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="provider">Gives a token for a request; called on a pool thread. Its failure counts as a failed connection attempt.</param>
    /// <param name="moduleId">The module id; null for a device.</param>
    /// <param name="gatewayHostName">Host to dial instead of the hub; null for none.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">A part is invalid; the message names it.</exception>
    public static HubIdentity FromSasProvider(
        string hostName,
        string deviceId,
        Func<SasTokenRequest, CancellationToken, ValueTask<string>> provider,
        string? moduleId = null,
        string? gatewayHostName = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new HubIdentity(HubAddress.From(hostName, deviceId, moduleId, gatewayHostName), provider: provider);
    }

    /// <summary>An identity with a ready-made token that nobody renews. Choosing this method is the consent to stop at its expiry.</summary>
    /// <param name="hostName">Host name of the hub, with <c>:port</c> on a bench.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="token">The whole text, from <c>SharedAccessSignature</c> on. A secret.</param>
    /// <param name="moduleId">The module id; null for a device.</param>
    /// <param name="gatewayHostName">Host to dial instead of the hub; null for none.</param>
    /// <returns>The identity. The client raises <c>CredentialExpiring</c> ahead of the end.</returns>
    /// <exception cref="ArgumentException">A part is invalid; the message names it.</exception>
    public static HubIdentity FromFixedToken(string hostName, string deviceId, string token, string? moduleId = null, string? gatewayHostName = null)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new HubIdentity(HubAddress.From(hostName, deviceId, moduleId, gatewayHostName), fixedToken: HubCredential.Parse(token, "The caller"));
    }

    /// <summary>An identity with a client certificate.</summary>
    /// <param name="hostName">Host name of the hub, with <c>:port</c> on a bench.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="certificate">The leaf with its private key, or a handle to one in hardware. The caller keeps owning it and must not dispose it before the client.</param>
    /// <param name="chain">The intermediates; they are sent whole with each handshake and written to no store.</param>
    /// <param name="moduleId">The module id; null for a device.</param>
    /// <param name="gatewayHostName">Host to dial instead of the hub; null for none.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">A part is invalid, or the certificate has no private key.</exception>
    public static HubIdentity FromCertificate(
        string hostName,
        string deviceId,
        X509Certificate2 certificate,
        X509Certificate2Collection? chain = null,
        string? moduleId = null,
        string? gatewayHostName = null) =>
        new(HubAddress.From(hostName, deviceId, moduleId, gatewayHostName), certificate: Check(certificate), chain: chain);

    /// <summary>Never shows a secret.</summary>
    /// <returns>Host, ids and kind of credential.</returns>
    public override string ToString() => $"{HostName}/{DeviceId}{(ModuleId is null ? "" : "/" + ModuleId)} ({CredentialKind})";

    /// <summary>Makes a credential for a new connection.</summary>
    /// <param name="now">The wall clock, trusted.</param>
    /// <param name="lifetime">Life of a token.</param>
    /// <param name="cancellationToken">Ends a provider's work.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="HubClientException">The credential is past its end.</exception>
    internal async ValueTask<HubCredential> CreateCredentialAsync(DateTimeOffset now, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (Certificate is not null)
        {
            return Certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime
                ? throw new HubClientException(HubErrorCode.CredentialExpired, $"The client certificate of '{DeviceId}' expired at {Certificate.NotAfter.ToUniversalTime():u}; renew it.")
                : new HubCredential(null, long.MaxValue);
        }

        HubCredential credential = _fixedToken ?? default;
        if (_signer is not null)
        {
            long expiry = (now + lifetime).ToUnixTimeSeconds();
            return new HubCredential(SasToken.Create(Address.Audience, _keyName, expiry, _signer), expiry);
        }

        if (_provider is not null)
        {
            credential = HubCredential.Parse(await _provider(new SasTokenRequest(Address.Audience, now + lifetime), cancellationToken).ConfigureAwait(false), "The token provider");
        }

        return credential.ExpiryUnixSeconds <= now.ToUnixTimeSeconds()
            ? throw new HubClientException(HubErrorCode.CredentialExpired, $"The token of '{DeviceId}' expired at {DateTimeOffset.FromUnixTimeSeconds(credential.ExpiryUnixSeconds):u}; it is {now:u} now. Give a new one, or check the clock.")
            : credential;
    }

    private static HubConnectionString Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return HubConnectionString.TryParse(connectionString, out HubConnectionString? parts, out string? error)
            ? parts!
            : throw new ArgumentException(error, nameof(connectionString));
    }

    private static SymmetricKeySigner CreateSigner(string key, string parameter) =>
        SymmetricKeySigner.TryCreate(key, out SymmetricKeySigner? signer, out string? error) ? signer! : throw new ArgumentException(error, parameter);

    private static X509Certificate2 Check(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.HasPrivateKey
            ? certificate
            : throw new ArgumentException($"The certificate '{certificate.Subject}' has no private key; load it together with its key (for PEM: X509Certificate2.CreateFromPemFile).", nameof(certificate));
    }
}
