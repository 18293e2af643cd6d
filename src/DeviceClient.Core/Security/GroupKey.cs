using System;
using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>Derives a device's key from the key of its DPS enrollment group.</summary>
/// <remarks>The group key itself never authenticates and should not be on a device in production: derive at the factory.
/// Source: azure-docs, articles/iot-dps/concepts-symmetric-key-attestation.md.</remarks>
public static class GroupKey
{
    /// <summary>Derives the key of one registration: HMAC-SHA256 of the registration id with the decoded group key.</summary>
    /// <param name="groupKey">The group's primary or secondary key in Base64; it gives the device's primary or secondary key.</param>
    /// <param name="registrationId">The registration id. It is brought to lower case first: the service treats ids without regard
    /// to case, but the derivation is over bytes.</param>
    /// <param name="deviceKey">The device's key in Base64, 44 characters, or null.</param>
    /// <param name="error">What is wrong (never the key itself), or null.</param>
    /// <returns>True when both arguments were good.</returns>
    public static bool TryDeriveDeviceKey(string groupKey, string registrationId, out string? deviceKey, out string? error)
    {
        deviceKey = null;
        if (!DeviceIdRules.IsValidRegistrationId(registrationId, out error)
            || !SymmetricKeySigner.TryCreate(groupKey, out SymmetricKeySigner? signer, out error))
        {
            return false;
        }

        byte[] id = Utf8Text.GetBytes(DeviceIdRules.ToLowerAscii(registrationId));
        byte[] key = signer!.Sign(id, 0, id.Length);
        deviceKey = Base64.Encode(key, 0, key.Length);
        return true;
    }
}
