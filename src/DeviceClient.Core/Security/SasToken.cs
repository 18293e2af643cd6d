using System;

namespace DeviceClient.Protocol;

/// <summary>Shared access signatures: made, taken apart, checked.</summary>
/// <remarks>Text: <c>SharedAccessSignature sr={R}&amp;sig={S}&amp;se={E}[&amp;skn={P}]</c>; the signature is HMAC-SHA256 over the encoded R,
/// a line feed and E. Source: azure-docs, articles/iot-hub/iot-hub-dev-guide-sas.md. Free of state.</remarks>
public static class SasToken
{
    /// <summary>Clock skew that the service allows, in seconds. Source: MaxClockSkew in azure-iot-sdk-csharp.</summary>
    public const int DefaultSkewSeconds = 300;

    private const string Scheme = "SharedAccessSignature ";

    /// <summary>Makes a token.</summary>
    /// <param name="resource">The audience, not encoded: <c>host/devices/id</c>, <c>host/devices/id/modules/mid</c>,
    /// <c>idScope/registrations/id</c>. It is signed in the case given.</param>
    /// <param name="keyName">Name of the policy; <c>registration</c> for DPS; null for a device's or module's own key.</param>
    /// <param name="expiryUnixSeconds">Expiry in seconds since 1970-01-01 UTC; at least 0.</param>
    /// <param name="signer">The key.</param>
    /// <returns>The token, ready for an MQTT password or an Authorization header.</returns>
    /// <exception cref="ArgumentNullException">Resource or signer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The expiry is negative.</exception>
    public static string Create(string resource, string? keyName, long expiryUnixSeconds, SasSigner signer)
    {
        ArgumentNullException.ThrowIfNull(resource, nameof(resource));
        ArgumentNullException.ThrowIfNull(signer, nameof(signer));
        if (expiryUnixSeconds < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(expiryUnixSeconds), "The expiry " + expiryUnixSeconds.ToString() + " is before 1970; give seconds since 1970-01-01 UTC.");
        }

        string encoded = PercentEncoding.Encode(resource);
        string expiry = expiryUnixSeconds.ToString();
        byte[] signature = SignFields(encoded, expiry, signer);
        string token = Scheme + "sr=" + encoded + "&sig=" + PercentEncoding.Encode(Base64.Encode(signature, 0, signature.Length)) + "&se=" + expiry;
        return keyName == null ? token : token + "&skn=" + PercentEncoding.Encode(keyName);
    }

    /// <summary>Takes a token apart. Never throws on bad input.</summary>
    /// <param name="token">The text. Fields may come in any order; unknown ones are ignored, a repeated one is refused.</param>
    /// <param name="parts">The fields, or null.</param>
    /// <returns>False when the scheme word, <c>sr</c>, <c>sig</c> or <c>se</c> is missing or malformed.</returns>
    public static bool TryParse(string? token, out SasTokenParts? parts)
    {
        parts = null;
        if (token == null || token.Length <= Scheme.Length || token.Substring(0, Scheme.Length) != Scheme)
        {
            return false;
        }

        // Order of the array: sr, sig, se, skn.
        string?[] fields = new string?[4];
        string[] pairs = token.Substring(Scheme.Length).Split('&');
        for (int i = 0; i < pairs.Length; i++)
        {
            if (!TryStoreField(pairs[i], fields))
            {
                return false;
            }
        }

        return TryDecodeFields(fields, out parts);
    }

    /// <summary>Checks a token against a key, an endpoint and the time.</summary>
    /// <param name="parts">The token.</param>
    /// <param name="key">The key that should have signed it.</param>
    /// <param name="endpointPath">The endpoint, not encoded, for example <c>host/devices/id</c>. The token's resource must be a prefix of it
    /// by whole segments. The host part is compared without regard to case; a later segment may also be given in lower case.</param>
    /// <param name="nowUnixSeconds">Wall clock in seconds since 1970-01-01 UTC.</param>
    /// <param name="skewSeconds">How long past its expiry a token still counts, see <see cref="DefaultSkewSeconds"/>.</param>
    /// <returns>The first thing found wrong, in the order resource, signature, expiry.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static SasVerification Verify(SasTokenParts parts, SasSigner key, string endpointPath, long nowUnixSeconds, int skewSeconds)
    {
        ArgumentNullException.ThrowIfNull(parts, nameof(parts));
        ArgumentNullException.ThrowIfNull(key, nameof(key));
        ArgumentNullException.ThrowIfNull(endpointPath, nameof(endpointPath));
        if (!Covers(parts.Resource, endpointPath))
        {
            return SasVerification.ResourceMismatch;
        }

        // Over the text as it came: re-encoding it would change hex case and the choice of escapes, and so the signature.
        if (!FixedTime.FixedTimeEquals(SignFields(parts.RawResource, parts.RawExpiry, key), parts.Signature))
        {
            return SasVerification.SignatureMismatch;
        }

        // Subtraction on the side of the clock cannot overflow: both are seconds since 1970, not negative.
        return nowUnixSeconds - skewSeconds > parts.ExpiryUnixSeconds ? SasVerification.Expired : SasVerification.Valid;
    }

    /// <summary>When to renew a token: at 85 % of its life, moved by a jitter so that a fleet does not renew in one wave.</summary>
    /// <param name="issuedUnixSeconds">When it was made, in seconds since 1970-01-01 UTC.</param>
    /// <param name="expiryUnixSeconds">Its expiry, in the same unit.</param>
    /// <param name="jitterPermille">-100 to 100: thousandths of the life to move by; more counts as the bound.</param>
    /// <returns>Seconds since 1970-01-01 UTC, between 75 % and 95 % of the life; the time of issue when there is no life left.</returns>
    /// <remarks>85 % is what the C# SDK does (buffer of 15 %); the jitter is our choice.</remarks>
    public static long RenewalTime(long issuedUnixSeconds, long expiryUnixSeconds, int jitterPermille)
    {
        long life = expiryUnixSeconds - issuedUnixSeconds;
        if (life <= 0)
        {
            return issuedUnixSeconds;
        }

        int jitter = jitterPermille < -100 ? -100 : jitterPermille > 100 ? 100 : jitterPermille;
        int share = 850 + jitter;

        // Divided first where the product would overflow; a life that long does not need the lost second.
        return issuedUnixSeconds + (life > long.MaxValue / 1000 ? life / 1000 * share : life * share / 1000);
    }

    private static byte[] SignFields(string encodedResource, string expiry, SasSigner signer)
    {
        byte[] text = Utf8Text.GetBytes(encodedResource + "\n" + expiry);
        return signer.Sign(text, 0, text.Length);
    }

    private static bool TryStoreField(string pair, string?[] fields)
    {
        // At the first '=' only: a signature may come with its padding not encoded.
        int equals = pair.IndexOf('=');
        if (equals < 0)
        {
            return false;
        }

        string name = pair.Substring(0, equals);
        int index = name == "sr" ? 0 : name == "sig" ? 1 : name == "se" ? 2 : name == "skn" ? 3 : -1;
        if (index >= 0)
        {
            if (fields[index] != null)
            {
                return false;
            }

            fields[index] = pair.Substring(equals + 1);
        }

        return true;
    }

    private static bool TryDecodeFields(string?[] fields, out SasTokenParts? parts)
    {
        parts = null;
        string? rawResource = fields[0];
        string? rawExpiry = fields[2];
        if (string.IsNullOrEmpty(rawResource) || string.IsNullOrEmpty(fields[1]) || string.IsNullOrEmpty(rawExpiry))
        {
            return false;
        }

        byte[] digits = Utf8Text.GetBytes(rawExpiry!);
        string? keyName = null;
        if (!PercentEncoding.TryDecode(rawResource!, out string resource)
            || !PercentEncoding.TryDecode(fields[1]!, out string signatureText)
            || !Base64.TryDecode(signatureText, out byte[] signature)
            || !Utf8Text.TryParseInt64(digits, 0, digits.Length, out long expiry) || expiry < 0
            || (fields[3] != null && !PercentEncoding.TryDecode(fields[3]!, out keyName)))
        {
            return false;
        }

        parts = new SasTokenParts(rawResource!, resource, signature, rawExpiry!, expiry, keyName);
        return true;
    }

    private static bool Covers(string resource, string endpointPath)
    {
        string[] granted = resource.Split('/');
        string[] asked = endpointPath.Split('/');
        if (granted.Length > asked.Length)
        {
            return false;
        }

        for (int i = 0; i < granted.Length; i++)
        {
            string lower = DeviceIdRules.ToLowerAscii(asked[i]);
            string segment = i == 0 ? DeviceIdRules.ToLowerAscii(granted[i]) : granted[i];

            // The docs ask for a lower-case resource, real clients send the id in its own case: both must verify.
            if (segment.Length == 0 || (segment != lower && segment != asked[i]))
            {
                return false;
            }
        }

        return true;
    }
}
