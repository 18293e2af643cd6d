using System.Text;

namespace DeviceClient.Emulator;

/// <summary>Checks the service tokens of REST requests, as strictly as the services do.</summary>
internal sealed class RestAuthorization(HubState hub, HubPolicy provisioningPolicy)
{
    /// <summary>What our own API asks for: the rights that only the owner's policy has together.</summary>
    internal const HubRights Control = HubRights.RegistryWrite | HubRights.ServiceConnect | HubRights.DeviceConnect;

    /// <summary>Lets the request pass, or refuses it.</summary>
    /// <exception cref="HubServiceException">401003 the token is no good; 401002 its policy lacks the right.</exception>
    internal HubPolicy Demand(RestRequest request, HubRights right)
    {
        string? header = request.Authorization;
        if (string.IsNullOrEmpty(header))
        {
            throw HubErrors.Unauthorized("The request has no Authorization header; send a shared access signature.");
        }

        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            throw HubErrors.Unauthorized("Bearer tokens are not accepted by the emulator; sign with a shared access policy.");
        }

        if (!SharedAccessToken.TryParse(header, out SharedAccessToken? token))
        {
            throw HubErrors.Unauthorized("The shared access signature is malformed: it needs sr, sig and se, each once.");
        }

        HubPolicy policy = Check(token!, request.Path);
        return RequireRight(policy, right);
    }

    /// <summary>The same for the provisioning service, which has a policy of its own.</summary>
    /// <exception cref="HubServiceException">401003 the token is no good; 401002 it is signed with a policy of the hub.</exception>
    internal void DemandProvisioning(RestRequest request)
    {
        HubPolicy policy = Demand(request, HubRights.None);
        if (policy != provisioningPolicy)
        {
            throw HubErrors.UnauthorizedAccess(
                $"The policy '{policy.Name}' belongs to the hub; the provisioning service's is '{provisioningPolicy.Name}'.");
        }
    }

    /// <summary>For our own API and pages: a service token with the right, or HTTP basic authentication with a policy's name
    /// and key, which a browser and curl can send.</summary>
    /// <exception cref="HubServiceException">401003 or 401002.</exception>
    internal HubPolicy DemandControl(RestRequest request)
    {
        string? header = request.Authorization;
        if (header is null || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return Demand(request, Control);
        }

        byte[] bytes = new byte[1024];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out int count))
        {
            throw HubErrors.Unauthorized("The basic credentials are not base64.");
        }

        string text = Encoding.UTF8.GetString(bytes, 0, count);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        HubPolicy? policy = colon < 0 ? null : Find(text[..colon]);
        return policy is not null && IsKey(policy, text[(colon + 1)..])
            ? RequireRight(policy, Control)
            : throw HubErrors.Unauthorized("The basic credentials are not the name and a key of a shared access policy.");
    }

    private HubPolicy? Find(string name) => hub.Policies.Append(provisioningPolicy)
        .FirstOrDefault(policy => string.Equals(policy.Name, name, StringComparison.OrdinalIgnoreCase));

    private static bool IsKey(HubPolicy policy, string key)
    {
        byte[] given = Encoding.UTF8.GetBytes(key);
        return System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(policy.PrimaryKey))
            | System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(policy.SecondaryKey));
    }

    private static HubPolicy RequireRight(HubPolicy policy, HubRights right) =>
        (policy.Rights & right) == right
            ? policy
            : throw HubErrors.UnauthorizedAccess($"The policy '{policy.Name}' does not have the right {right}.");

    // The port that a client dials never counts, on neither side.
    private static string WithoutPort(string resource)
    {
        int slash = resource.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? resource : resource[..slash];
        int colon = host.LastIndexOf(':');
        bool isPort = colon > 0 && colon < host.Length - 1 && host[(colon + 1)..].All(char.IsAsciiDigit);
        return isPort ? string.Concat(host[..colon], slash < 0 ? "" : resource[slash..]) : resource;
    }

    private HubPolicy Check(SharedAccessToken token, string path)
    {
        if (token.KeyName is null)
        {
            throw HubErrors.Unauthorized("The token names no policy (skn); service requests are signed with a shared access policy.");
        }

        HubPolicy policy = Find(token.KeyName)
            ?? throw HubErrors.Unauthorized($"There is no shared access policy '{token.KeyName}'.");
        if (!token.IsSignedBy(policy.PrimaryKey) && !token.IsSignedBy(policy.SecondaryKey))
        {
            throw HubErrors.Unauthorized($"The token's signature was made by neither key of the policy '{policy.Name}'.");
        }

        if (token.IsExpired(hub.Time.GetUtcNow()))
        {
            throw HubErrors.Unauthorized($"The token expired at {token.ExpiryUnixSeconds} (seconds since 1970); make a new one.");
        }

        return hub.Options.AlternateHostNames.Prepend(hub.HostName).Any(name => token.Covers($"{name}/{path}", WithoutPort))
            ? policy
            : throw HubErrors.Unauthorized($"The token is for '{token.Resource}', not for '{hub.HostName}/{path}'.");
    }
}
