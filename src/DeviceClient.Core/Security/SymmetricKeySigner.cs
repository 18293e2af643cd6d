using System;
using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>Signs with a symmetric key held in memory, in managed code.</summary>
/// <remarks>Thread-safe. The key never appears in a message of this class.</remarks>
public sealed class SymmetricKeySigner : SasSigner
{
    private readonly byte[] _key;

    /// <summary>Makes a signer for a decoded key.</summary>
    /// <param name="key">The key bytes; it is copied. The hub issues keys of 16 to 64 bytes; any length from 1 works.</param>
    /// <exception cref="ArgumentNullException">The key is null.</exception>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public SymmetricKeySigner(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key, nameof(key));
        if (key.Length == 0)
        {
            throw new ArgumentException("The key is empty; give the decoded bytes of a device's primary or secondary key.", nameof(key));
        }

        _key = new byte[key.Length];
        Array.Copy(key, 0, _key, 0, key.Length);
    }

    /// <summary>Makes a signer from a key as the portal shows it.</summary>
    /// <param name="base64Key">The key in Base64; surrounding white space is ignored.</param>
    /// <param name="signer">The signer, or null.</param>
    /// <param name="error">What is wrong with the key (never the key itself), or null.</param>
    /// <returns>True when the key was good.</returns>
    public static bool TryCreate(string base64Key, out SymmetricKeySigner? signer, out string? error)
    {
        signer = null;
        error = null;
        string trimmed = base64Key == null ? "" : base64Key.Trim();
        if (trimmed.Length == 0)
        {
            error = "The key is empty; copy the device's primary or secondary key.";
            return false;
        }

        if (!Base64.TryDecode(trimmed, out byte[] key))
        {
            error = "The key of " + trimmed.Length.ToString() + " characters is not Base64; copy it whole, with its trailing '='.";
            return false;
        }

        signer = new SymmetricKeySigner(key);
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException">The data are null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the data.</exception>
    public override byte[] Sign(byte[] data, int offset, int count)
    {
        return HmacSha256.Hash(_key, data, offset, count);
    }
}
