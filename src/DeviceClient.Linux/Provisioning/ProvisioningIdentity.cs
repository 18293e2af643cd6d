using System.Security.Cryptography.X509Certificates;

namespace DeviceClient;

/// <summary>How a device proves itself to the Device Provisioning Service, and afterwards to its hub. Immutable.</summary>
public sealed class ProvisioningIdentity
{
    private ProvisioningIdentity(string registrationId, SasSigner? signer, X509Certificate2? certificate, X509Certificate2Collection? chain)
    {
        if (!DeviceIdRules.IsValidRegistrationId(registrationId, out string? error))
        {
            throw new ArgumentException(error, nameof(registrationId));
        }

        RegistrationId = registrationId;
        Signer = signer;
        Certificate = certificate;
        Chain = chain is null ? null : new X509Certificate2Collection(chain);
    }

    /// <summary>The registration id.</summary>
    public string RegistrationId { get; }

    internal SasSigner? Signer { get; }

    internal X509Certificate2? Certificate { get; }

    internal X509Certificate2Collection? Chain { get; }

    /// <summary>An identity with the device's own symmetric key: of an individual enrollment, or derived from a group's key at the factory.</summary>
    /// <param name="registrationId">The registration id.</param>
    /// <param name="base64Key">The key in Base64. A secret.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">The id or the key is malformed.</exception>
    public static ProvisioningIdentity FromSharedAccessKey(string registrationId, string base64Key)
    {
        ArgumentNullException.ThrowIfNull(registrationId);
        ArgumentNullException.ThrowIfNull(base64Key);
        return SymmetricKeySigner.TryCreate(base64Key, out SymmetricKeySigner? signer, out string? error)
            ? new ProvisioningIdentity(registrationId, signer, null, null)
            : throw new ArgumentException(error, nameof(base64Key));
    }

    /// <summary>An identity whose key is derived here from the key of its enrollment group. For benches and factories: a device in the field should hold its derived key only.</summary>
    /// <param name="registrationId">The registration id.</param>
    /// <param name="base64GroupKey">The group's key in Base64. A secret of the whole group.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">The id or the key is malformed.</exception>
    public static ProvisioningIdentity FromGroupKey(string registrationId, string base64GroupKey)
    {
        ArgumentNullException.ThrowIfNull(registrationId);
        ArgumentNullException.ThrowIfNull(base64GroupKey);
        return GroupKey.TryDeriveDeviceKey(base64GroupKey, registrationId, out string? key, out string? error)
            ? FromSharedAccessKey(registrationId, key!)
            : throw new ArgumentException(error, nameof(base64GroupKey));
    }

    /// <summary>An identity whose key is used through a signer, such as a secure element.</summary>
    /// <param name="registrationId">The registration id.</param>
    /// <param name="signer">Makes HMAC-SHA256.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">The id is malformed.</exception>
    public static ProvisioningIdentity FromSigner(string registrationId, SasSigner signer)
    {
        ArgumentNullException.ThrowIfNull(registrationId);
        ArgumentNullException.ThrowIfNull(signer);
        return new ProvisioningIdentity(registrationId, signer, null, null);
    }

    /// <summary>An identity with a client certificate; the registration id is its common name, as the service demands.</summary>
    /// <param name="certificate">The leaf with its private key, or a handle to one in hardware. The caller keeps owning it.</param>
    /// <param name="chain">The intermediates; sent whole. For an enrollment group they are needed up to the verified one.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">The certificate has no private key, or its common name is no registration id.</exception>
    public static ProvisioningIdentity FromCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
        {
            throw new ArgumentException($"The certificate '{certificate.Subject}' has no private key; load it together with its key.", nameof(certificate));
        }

        string name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (!DeviceIdRules.IsValidRegistrationId(name, out string? error))
        {
            throw new ArgumentException($"The common name of the certificate '{certificate.Subject}' must be the registration id: {error}", nameof(certificate));
        }

        return new ProvisioningIdentity(name, null, certificate, chain);
    }

    /// <summary>Makes the identity at the hub that a registration assigned: the same credential, the hub's name and the device id.</summary>
    /// <param name="result">An assigned result.</param>
    /// <returns>What <see cref="HubDeviceClient"/> takes.</returns>
    /// <exception cref="ArgumentException">The result is not assigned.</exception>
    public HubIdentity ToHubIdentity(ProvisioningResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (!result.IsAssigned || result.AssignedHub is null || result.DeviceId is null)
        {
            throw new ArgumentException($"The registration of '{RegistrationId}' is not assigned ({result.ErrorCode}); register again.", nameof(result));
        }

        return Certificate is null
            ? HubIdentity.FromSigner(result.AssignedHub, result.DeviceId, Signer!)
            : HubIdentity.FromCertificate(result.AssignedHub, result.DeviceId, Certificate, Chain);
    }

    /// <summary>Never shows a secret.</summary>
    /// <returns>Registration id and kind of credential.</returns>
    public override string ToString() => $"{RegistrationId} ({(Certificate is null ? "symmetric key" : "certificate")})";
}
