using DeviceClient.Protocol;

namespace DeviceClient.Identity;

/// <summary>A credential made for one connection: a token with its expiry, or nothing for a certificate.</summary>
/// <param name="Token">The token; null for a certificate. A secret.</param>
/// <param name="ExpiryUnixSeconds">When it ends, in seconds since 1970; <see cref="long.MaxValue"/> when it does not.</param>
internal readonly record struct HubCredential(string? Token, long ExpiryUnixSeconds)
{
    /// <summary>Never shows the token.</summary>
    /// <returns>The expiry only.</returns>
    public override string ToString() => Token is null ? "certificate" : $"token until {ExpiryUnixSeconds}";

    /// <summary>Reads the expiry of a token.</summary>
    /// <param name="token">The token text.</param>
    /// <param name="source">Who gave it, for the message.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentException">The text is not a shared access signature.</exception>
    internal static HubCredential Parse(string? token, string source)
    {
        if (!SasToken.TryParse(token, out SasTokenParts? parts))
        {
            throw new ArgumentException($"{source} gave a text of {token?.Length ?? 0} characters that is not a shared access signature; it must read 'SharedAccessSignature sr=...&sig=...&se=...'.", nameof(token));
        }

        return new HubCredential(token, parts!.ExpiryUnixSeconds);
    }
}
