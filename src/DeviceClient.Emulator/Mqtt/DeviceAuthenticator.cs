using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DeviceClient.Protocol;

namespace DeviceClient.Emulator;

/// <summary>
/// Judges who may connect: hub name, identity, and either a shared access signature (own key, or a policy with the right to connect
/// as any device) or a certificate known by its thumbprint. Both are enforced strictly. Safe to call from any thread.
/// </summary>
internal sealed class DeviceAuthenticator(HubState hub)
{
    internal DeviceAdmission Judge(MqttUserName name, string? password, X509Certificate2? certificate)
    {
        HubEmulatorBehavior behavior = hub.Behavior;
        if (!IsHubName(WithoutPort(name.HostName)))
        {
            return Refuse(401001, $"The user name addresses the hub '{name.HostName}', this one is '{hub.HostName}'.");
        }

        if (!hub.Devices.TryGetIdentity(name.DeviceId, name.ModuleId, out HubRegistryIdentity? identity))
        {
            return Refuse(
                name.ModuleId is null ? 404001 : 404010, $"'{(name.ModuleId is null ? name.DeviceId : name.DeviceId + "/" + name.ModuleId)}' is not registered.");
        }

        if (!identity.IsEnabled)
        {
            return Refuse(403012, $"'{identity.Id}' is disabled.");
        }

        return string.IsNullOrEmpty(password)
            ? JudgeCertificate(identity, certificate)
            : (identity.ModuleId is null ? behavior.AllowDeviceSas : behavior.AllowModuleSas)
                ? JudgeToken(identity, password)
                : Refuse(401003, $"The hub does not let {(identity.ModuleId is null ? "devices" : "modules")} use shared access signatures.");
    }

    private DeviceAdmission JudgeToken(HubRegistryIdentity identity, string password)
    {
        if (!SasToken.TryParse(password, out SasTokenParts? parts) || parts is null)
        {
            return Refuse(401003, "The password is not a shared access signature 'SharedAccessSignature sr=..&sig=..&se=..'.");
        }

        if (identity.Authentication.Type != HubAuthenticationType.Sas)
        {
            return Refuse(401003, $"The identity authenticates with {identity.Authentication.Type}, a token was sent.");
        }

        // The port never counts: the Node SDK carries it into sr when its connection string names one.
        int slash = parts.Resource.IndexOf('/', StringComparison.Ordinal);
        string tokenHost = slash < 0 ? parts.Resource : parts.Resource[..slash];
        if (!IsHubName(WithoutPort(tokenHost)))
        {
            return Refuse(401003, $"The token is for the hub '{tokenHost}', this one is '{hub.HostName}'.");
        }

        string path = $"{tokenHost}/devices/{identity.DeviceId}" + (identity.ModuleId is null ? "" : $"/modules/{identity.ModuleId}");
        return string.IsNullOrEmpty(parts.KeyName)
            ? JudgeOwnKeys(identity, parts, path)
            : JudgePolicy(identity, parts, path);
    }

    private DeviceAdmission JudgeOwnKeys(HubRegistryIdentity identity, SasTokenParts parts, string path)
    {
        HubAuthentication own = identity.Authentication;
        SasVerification outcome = Verify(parts, own.PrimaryKey, own.SecondaryKey, path);
        if (outcome == SasVerification.SignatureMismatch && identity is HubModule module && hub.Behavior.DeviceTokenCoversModules)
        {
            outcome = Verify(parts, module.Device.Authentication.PrimaryKey, module.Device.Authentication.SecondaryKey, path);
        }

        // A device's token is a prefix of its modules' paths; it must still not open them with the module's rights.
        if (outcome == SasVerification.Valid && identity.ModuleId is not null && !hub.Behavior.DeviceTokenCoversModules
            && !parts.Resource.Contains("/modules/", StringComparison.Ordinal))
        {
            outcome = SasVerification.ResourceMismatch;
        }

        return Conclude(identity, parts, path, outcome, identity.ModuleId is null ? "device" : "module", "its keys");
    }

    private DeviceAdmission JudgePolicy(HubRegistryIdentity identity, SasTokenParts parts, string path)
    {
        HubPolicy? policy = hub.Policies.FirstOrDefault(p => p.Name == parts.KeyName);
        if (policy is null)
        {
            return Refuse(401003, $"The token names the policy '{parts.KeyName}', which does not exist.");
        }

        if (!policy.Rights.HasFlag(HubRights.DeviceConnect))
        {
            return Refuse(401002, $"The policy '{policy.Name}' has the rights {policy.Rights}, but not DeviceConnect.");
        }

        return Conclude(identity, parts, path, Verify(parts, policy.PrimaryKey, policy.SecondaryKey, path), "hub", $"the policy '{policy.Name}'");
    }

    private SasVerification Verify(SasTokenParts parts, string? primary, string? secondary, string path)
    {
        long now = hub.Time.GetUtcNow().ToUnixTimeSeconds();
        int skew = (int)hub.Behavior.TokenExpirySkew.TotalSeconds;
        SasVerification outcome = SasVerification.SignatureMismatch;
        foreach (string? key in new[] { primary, secondary })
        {
            if (outcome == SasVerification.SignatureMismatch && SymmetricKeySigner.TryCreate(key ?? "", out SymmetricKeySigner? signer, out _))
            {
                outcome = SasToken.Verify(parts, signer!, path, now, skew);
            }
        }

        return outcome;
    }

    private DeviceAdmission Conclude(
        HubRegistryIdentity identity, SasTokenParts parts, string path, SasVerification outcome, string scope, string keys)
    {
        DateTimeOffset expiry = ToTime(parts.ExpiryUnixSeconds);
        return outcome switch
        {
            SasVerification.Valid => DeviceAdmission.Accept(identity, scope, "sas", expiry),
            SasVerification.ResourceMismatch => Refuse(401003, $"The token covers '{parts.Resource}', not '{path}'."),
            SasVerification.Expired => Refuse(401003, $"The token expired at {expiry:O}, now is {hub.Time.GetUtcNow():O}. Check the device's clock."),
            _ => Refuse(401003, $"The token's signature was made with neither of {keys}, or over another text."),
        };
    }

    private DeviceAdmission JudgeCertificate(HubRegistryIdentity identity, X509Certificate2? certificate)
    {
        HubAuthentication own = identity.Authentication;
        if (certificate is null)
        {
            return Refuse(401003, "CONNECT has no password and the TLS handshake showed no client certificate.");
        }

        if (own.Type != HubAuthenticationType.SelfSigned)
        {
            return Refuse(401003, $"The identity authenticates with {own.Type}, a certificate and no token was sent.");
        }

        string sha1 = certificate.GetCertHashString(HashAlgorithmName.SHA1);
        string sha256 = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        if (!new[] { own.PrimaryThumbprint, own.SecondaryThumbprint }.Any(known => Same(known, sha1) || Same(known, sha256)))
        {
            return Refuse(401003, $"The certificate's thumbprint {sha1} (SHA-256 {sha256}) is not registered for '{identity.Id}'.");
        }

        DateTime now = hub.Time.GetUtcNow().UtcDateTime;
        return hub.Behavior.CheckCertificateDates && (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime())
            ? Refuse(401003, $"The certificate is valid from {certificate.NotBefore.ToUniversalTime():O} to {certificate.NotAfter.ToUniversalTime():O}, now is {now:O}.")
            : DeviceAdmission.Accept(identity, identity.ModuleId is null ? "device" : "module", "x509", null);
    }

    private static bool Same(string? known, string actual) => string.Equals(known, actual, StringComparison.OrdinalIgnoreCase);

    private static DateTimeOffset ToTime(long unixSeconds) =>
        unixSeconds > 253402300799 ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeSeconds(unixSeconds);

    private static string WithoutPort(string host)
    {
        int colon = host.LastIndexOf(':');
        return colon > 0 ? host[..colon] : host;
    }

    private bool IsHubName(string host) =>
        host.Equals(hub.HostName, StringComparison.OrdinalIgnoreCase)
        || hub.Options.AlternateHostNames.Contains(host, StringComparer.OrdinalIgnoreCase);

    private DeviceAdmission Refuse(int code, string reason) => DeviceAdmission.Refuse(hub.Behavior.UnauthorizedReturnCode, code, reason);
}
