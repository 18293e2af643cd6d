using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DeviceClient.Emulator;

/// <summary>A shared access signature as it arrived, with the service's checks.</summary>
/// <remarks>Written apart from the client's token code on purpose: the emulator judges the client's tokens, and a mistake that
/// both shared would pass unseen. Source: docs/emulator.md, "Tokens".</remarks>
internal sealed class SharedAccessToken
{
    /// <summary>How far a client's clock may be behind, in seconds; the service's own tolerance is five minutes.</summary>
    internal const int ClockSkewSeconds = 300;

    private const string Scheme = "SharedAccessSignature ";

    private readonly string _rawResource;
    private readonly string _rawExpiry;
    private readonly byte[] _signature;

    private SharedAccessToken(string rawResource, string rawExpiry, long expiry, byte[] signature, string? keyName)
    {
        _rawResource = rawResource;
        _rawExpiry = rawExpiry;
        _signature = signature;
        ExpiryUnixSeconds = expiry;
        KeyName = keyName;
        Resource = Uri.UnescapeDataString(rawResource.Replace('+', ' '));
    }

    /// <summary>What the token is for, decoded.</summary>
    internal string Resource { get; }

    internal long ExpiryUnixSeconds { get; }

    /// <summary>The expiry as a time; a number beyond the calendar's end is the calendar's end.</summary>
    internal DateTimeOffset Expiry =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Min(ExpiryUnixSeconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    /// <summary>The policy's name, or null: absent and empty mean the same (the C SDK sends <c>skn=</c>).</summary>
    internal string? KeyName { get; }

    internal static bool TryParse(string? text, out SharedAccessToken? token)
    {
        token = null;
        if (text is null || !text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string field in text[Scheme.Length..].Trim().Split('&'))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !fields.TryAdd(field[..equals], field[(equals + 1)..]))
            {
                return false;
            }
        }

        if (!fields.TryGetValue("sr", out string? resource) || resource.Length == 0
            || !fields.TryGetValue("se", out string? rawExpiry)
            || !long.TryParse(rawExpiry, NumberStyles.None, CultureInfo.InvariantCulture, out long expiry)
            || !fields.TryGetValue("sig", out string? rawSignature))
        {
            return false;
        }

        byte[] signature = new byte[32];
        // A plus sign that a client left bare belongs to base64 here; it never means a space.
        if (!Convert.TryFromBase64String(Uri.UnescapeDataString(rawSignature), signature, out int count) || count != 32)
        {
            return false;
        }

        string? keyName = fields.TryGetValue("skn", out string? name) && name.Length > 0 ? Uri.UnescapeDataString(name) : null;
        token = new SharedAccessToken(resource, rawExpiry, expiry, signature, keyName);
        return true;
    }

    internal bool IsExpired(DateTimeOffset now) => ExpiryUnixSeconds < now.ToUnixTimeSeconds() - ClockSkewSeconds;

    /// <summary>Whether this base64 key made the signature, over the resource exactly as it arrived.</summary>
    internal bool IsSignedBy(string base64Key)
    {
        byte[] expected = HMACSHA256.HashData(
            Convert.FromBase64String(base64Key), Encoding.UTF8.GetBytes(_rawResource + "\n" + _rawExpiry));
        return CryptographicOperations.FixedTimeEquals(expected, _signature);
    }

    /// <summary>Whether the resource is a prefix of this path by whole segments, letter case aside.</summary>
    /// <param name="path">Host and path that are asked for.</param>
    /// <param name="normalize">Applied to the resource first, or null.</param>
    internal bool Covers(string path, Func<string, string>? normalize = null)
    {
        string resource = (normalize?.Invoke(Resource) ?? Resource).TrimEnd('/');
        return path.StartsWith(resource, StringComparison.OrdinalIgnoreCase)
            && (path.Length == resource.Length || path[resource.Length] == '/');
    }
}
