namespace DeviceClient.Protocol;

/// <summary>The fields of a shared access signature, as they came.</summary>
/// <remarks>Immutable. <see cref="ToString"/> shows no signature.</remarks>
public sealed class SasTokenParts
{
    internal SasTokenParts(string rawResource, string resource, byte[] signature, string rawExpiry, long expiryUnixSeconds, string? keyName)
    {
        RawResource = rawResource;
        Resource = resource;
        Signature = signature;
        RawExpiry = rawExpiry;
        ExpiryUnixSeconds = expiryUnixSeconds;
        KeyName = keyName;
    }

    /// <summary>Field <c>sr</c> exactly as it came, still encoded: the signature covers this text.</summary>
    public string RawResource { get; }

    /// <summary>Field <c>sr</c> decoded, for example <c>host/devices/id</c>.</summary>
    public string Resource { get; }

    /// <summary>Field <c>sig</c> decoded to bytes.</summary>
    public byte[] Signature { get; }

    /// <summary>Field <c>se</c> exactly as it came: the signature covers this text.</summary>
    public string RawExpiry { get; }

    /// <summary>Field <c>se</c>: expiry in seconds since 1970-01-01 UTC.</summary>
    public long ExpiryUnixSeconds { get; }

    /// <summary>Field <c>skn</c> decoded: name of the policy that signed, <c>registration</c> for DPS, null for a device key.</summary>
    public string? KeyName { get; }

    /// <summary>Resource, expiry and key name, for logs.</summary>
    /// <returns>One line without the signature.</returns>
    public override string ToString()
    {
        return "sr=" + Resource + " se=" + RawExpiry + (KeyName == null ? "" : " skn=" + KeyName);
    }
}
