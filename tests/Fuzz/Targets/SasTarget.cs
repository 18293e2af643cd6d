using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>Shared access signatures. Promises: no exception, no signature in a text, and nothing passes that this key did not sign.</summary>
internal static class SasTarget
{
    private static readonly SymmetricKeySigner s_signer = new(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));

    public static void Run(byte[] input)
    {
        string token = Encoding.UTF8.GetString(input);
        if (!SasToken.TryParse(token, out SasTokenParts? parts))
        {
            BrokenPromiseException.Unless(parts == null, "A refused token has parts.");
            return;
        }

        BrokenPromiseException.Unless(parts != null, "An accepted token has no parts.");
        // A signature that repeats what is no secret is no secret either.
        string signature = Convert.ToBase64String(parts.Signature);
        bool isSecret = signature.Length >= 8 && !$"{parts.Resource} {parts.RawExpiry} {parts.KeyName}".Contains(signature, StringComparison.Ordinal);
        BrokenPromiseException.Unless(!isSecret || !parts.ToString().Contains(signature, StringComparison.Ordinal), "The text shows the signature.");
        foreach (long now in new[] { 0L, 1_700_000_000L, long.MaxValue / 2 })
        {
            SasVerification verdict = SasToken.Verify(parts, s_signer, "hub.example/devices/d", now, 300);
            BrokenPromiseException.Unless(verdict != SasVerification.Valid || IsOurs(parts), "A token passed that was not signed.");
        }
    }

    // Signs the token's own resource and expiry again: the only way to a right signature.
    private static bool IsOurs(SasTokenParts parts)
    {
        byte[] signed = Encoding.UTF8.GetBytes(parts.RawResource + "\n" + parts.RawExpiry);
        return s_signer.Sign(signed, 0, signed.Length).AsSpan().SequenceEqual(parts.Signature);
    }
}
