using System.Security.Cryptography;
using System.Text;

namespace DeviceClient.Emulator;

/// <summary>The service's rules for enrollments, and the keys it makes. Source: docs/emulator.md, "Provisioning".</summary>
internal static class EnrollmentRules
{
    private const int MaximumIdLength = 128;
    private const int MinimumKeyBytes = 16;
    private const int MaximumKeyBytes = 64;

    internal static string CreateKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(MaximumKeyBytes));

    internal static string CreateETag() => "\"" + Guid.NewGuid().ToString("D") + "\"";

    internal static string DeriveKey(string groupKey, string registrationId) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(groupKey), Encoding.UTF8.GetBytes(registrationId)));

    internal static void CheckId(string id, string what)
    {
        if (id.Length is 0 or > MaximumIdLength)
        {
            throw ProvisioningErrors.InvalidEnrollment($"The {what} has {id.Length} characters; allowed are 1 to {MaximumIdLength}.");
        }

        foreach (char letter in id)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && !"-._:".Contains(letter, StringComparison.Ordinal))
            {
                throw ProvisioningErrors.InvalidEnrollment($"The {what} '{id}' contains '{letter}'; allowed are letters, digits and - . _ :");
            }
        }

        if (!char.IsAsciiLetterOrDigit(id[^1]) && id[^1] != '-')
        {
            throw ProvisioningErrors.InvalidEnrollment($"The {what} '{id}' ends in '{id[^1]}'; the last character must be a letter, a digit or '-'.");
        }
    }

    internal static string CheckKey(string? key, string what)
    {
        if (string.IsNullOrEmpty(key))
        {
            return CreateKey();
        }

        byte[] bytes = new byte[MaximumKeyBytes + 3];
        if (!Convert.TryFromBase64String(key, bytes, out int count) || count is < MinimumKeyBytes or > MaximumKeyBytes)
        {
            throw ProvisioningErrors.InvalidEnrollment($"The {what} must be base64 of {MinimumKeyBytes} to {MaximumKeyBytes} bytes.");
        }

        return key;
    }

    /// <summary>Compares an <c>If-Match</c> with an etag: with or without quotation marks, escaped ones too, or <c>*</c>.</summary>
    internal static bool Matches(string ifMatch, string etag)
    {
        string wanted = Bare(ifMatch);
        return wanted == "*" || wanted == Bare(etag);
    }

    private static string Bare(string etag) => etag.Replace("\\", "", StringComparison.Ordinal).Trim().Trim('"');
}
