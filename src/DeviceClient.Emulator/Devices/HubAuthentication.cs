using System.Security.Cryptography;

namespace DeviceClient.Emulator;

/// <summary>How an identity proves itself to the hub. Immutable.</summary>
public sealed record HubAuthentication
{
    /// <summary>Kind of credential.</summary>
    public HubAuthenticationType Type { get; init; } = HubAuthenticationType.Sas;

    /// <summary>First symmetric key, base64 of 16 to 64 bytes. Null unless <see cref="Type"/> is <see cref="HubAuthenticationType.Sas"/>.</summary>
    public string? PrimaryKey { get; init; }

    /// <summary>Second symmetric key, base64 of 16 to 64 bytes; tried after the first.</summary>
    public string? SecondaryKey { get; init; }

    /// <summary>SHA-1 (40 hex digits) or SHA-256 (64) thumbprint of the first accepted certificate.</summary>
    public string? PrimaryThumbprint { get; init; }

    /// <summary>Thumbprint of the second accepted certificate.</summary>
    public string? SecondaryThumbprint { get; init; }

    /// <summary>Two new random keys of 32 bytes.</summary>
    public static HubAuthentication NewSymmetricKeys() => FromKeys(NewKey(), NewKey());

    /// <summary>Given keys.</summary>
    /// <param name="primaryKey">Base64 of 16 to 64 bytes.</param>
    /// <param name="secondaryKey">The same; null makes a random one.</param>
    /// <exception cref="ArgumentException">A key is not base64 or has a wrong length.</exception>
    public static HubAuthentication FromKeys(string primaryKey, string? secondaryKey = null)
    {
        RequireKey(primaryKey, nameof(primaryKey));
        if (secondaryKey is not null)
        {
            RequireKey(secondaryKey, nameof(secondaryKey));
        }

        return new HubAuthentication { PrimaryKey = primaryKey, SecondaryKey = secondaryKey ?? NewKey() };
    }

    /// <summary>Self-signed certificates, known by their thumbprints.</summary>
    /// <param name="primaryThumbprint">40 or 64 hex digits, any letter case.</param>
    /// <param name="secondaryThumbprint">The same, or null.</param>
    /// <exception cref="ArgumentException">A thumbprint is not 40 or 64 hex digits.</exception>
    public static HubAuthentication FromThumbprints(string primaryThumbprint, string? secondaryThumbprint = null)
    {
        RequireThumbprint(primaryThumbprint, nameof(primaryThumbprint));
        if (secondaryThumbprint is not null)
        {
            RequireThumbprint(secondaryThumbprint, nameof(secondaryThumbprint));
        }

        return new HubAuthentication
        {
            Type = HubAuthenticationType.SelfSigned,
            PrimaryThumbprint = primaryThumbprint,
            SecondaryThumbprint = secondaryThumbprint,
        };
    }

    /// <summary>A new random key: base64 of 32 bytes, what the hub generates.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Type and thumbprints, without the keys.</summary>
    public override string ToString() => $"{Type} {PrimaryThumbprint} {SecondaryThumbprint}".TrimEnd();

    /// <summary>Refuses what the registry would refuse, and fills in keys that are missing.</summary>
    internal HubAuthentication Complete()
    {
        switch (Type)
        {
            case HubAuthenticationType.Sas:
                string primary = string.IsNullOrEmpty(PrimaryKey) ? NewKey() : PrimaryKey;
                string secondary = string.IsNullOrEmpty(SecondaryKey) ? NewKey() : SecondaryKey;
                Refuse(() => RequireKey(primary, nameof(PrimaryKey)));
                Refuse(() => RequireKey(secondary, nameof(SecondaryKey)));
                return this with { PrimaryKey = primary, SecondaryKey = secondary };
            case HubAuthenticationType.SelfSigned:
                if (string.IsNullOrEmpty(PrimaryThumbprint) && string.IsNullOrEmpty(SecondaryThumbprint))
                {
                    throw HubErrors.ArgumentInvalid("Authentication of type selfSigned needs a primary or secondary thumbprint.");
                }

                foreach (string? thumbprint in new[] { PrimaryThumbprint, SecondaryThumbprint })
                {
                    if (!string.IsNullOrEmpty(thumbprint))
                    {
                        Refuse(() => RequireThumbprint(thumbprint, "thumbprint"));
                    }
                }

                return this with { PrimaryKey = null, SecondaryKey = null };
            default:
                return this with { PrimaryKey = null, SecondaryKey = null, PrimaryThumbprint = null, SecondaryThumbprint = null };
        }
    }

    internal static void RequireKey(string key, string name)
    {
        ArgumentNullException.ThrowIfNull(key, name);
        Span<byte> bytes = stackalloc byte[96];
        if (!Convert.TryFromBase64String(key, bytes, out int count) || count < 16 || count > 64)
        {
            throw new ArgumentException($"{name} must be base64 of 16 to 64 bytes; {key.Length} characters were given.", name);
        }
    }

    internal static void RequireThumbprint(string thumbprint, string name)
    {
        ArgumentNullException.ThrowIfNull(thumbprint, name);
        if (thumbprint.Length is not (40 or 64) || !thumbprint.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException($"{name} '{thumbprint}' must be 40 (SHA-1) or 64 (SHA-256) hex digits.", name);
        }
    }

    private static void Refuse(Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentException error)
        {
            throw HubErrors.ArgumentInvalid(error.Message);
        }
    }
}
