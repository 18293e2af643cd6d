using System;

namespace DeviceClient.Protocol;

/// <summary>HMAC-SHA256 of RFC 2104, in managed code for firmware without a native one.</summary>
/// <remarks>Append any number of pieces, then take the code with <see cref="Finish"/>, which makes the instance ready for the next.
/// The instance keeps a form of the key in memory. Not thread-safe. No allocation after construction.</remarks>
public sealed class HmacSha256
{
    private readonly Sha256 _sha = new Sha256();
    private readonly byte[] _innerPad = new byte[Sha256.BlockBytes];
    private readonly byte[] _outerPad = new byte[Sha256.BlockBytes];
    private readonly byte[] _inner = new byte[Sha256.HashBytes];

    /// <summary>Makes an instance for a key.</summary>
    /// <param name="key">The key, any length; it is copied. Longer than 64 bytes it is hashed first, as the RFC demands.</param>
    /// <exception cref="ArgumentNullException">The key is null.</exception>
    public HmacSha256(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key, nameof(key));
        byte[] shortKey = key.Length > Sha256.BlockBytes ? Sha256.Hash(key, 0, key.Length) : key;
        for (int i = 0; i < Sha256.BlockBytes; i++)
        {
            int value = i < shortKey.Length ? shortKey[i] : 0;
            _innerPad[i] = (byte)(value ^ 0x36);
            _outerPad[i] = (byte)(value ^ 0x5C);
        }

        Reset();
    }

    /// <summary>Computes the code of one slice.</summary>
    /// <param name="key">The key, any length.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The 32 bytes of the code.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the data.</exception>
    public static byte[] Hash(byte[] key, byte[] data, int offset, int count)
    {
        HmacSha256 hmac = new HmacSha256(key);
        hmac.Append(data, offset, count);
        byte[] code = new byte[Sha256.HashBytes];
        hmac.Finish(code, 0);
        return code;
    }

    /// <summary>Forgets what was appended; keeps the key.</summary>
    public void Reset()
    {
        _sha.Reset();
        _sha.Append(_innerPad, 0, _innerPad.Length);
    }

    /// <summary>Appends a piece.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <exception cref="ArgumentNullException">The data are null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the data.</exception>
    public void Append(byte[] data, int offset, int count)
    {
        _sha.Append(data, offset, count);
    }

    /// <summary>Writes the code of everything appended, and starts anew with the same key.</summary>
    /// <param name="code">Where to write.</param>
    /// <param name="offset">First of the 32 bytes to write.</param>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for 32 bytes.</exception>
    public void Finish(byte[] code, int offset)
    {
        Slice.Check(code, offset, Sha256.HashBytes);
        _sha.Finish(_inner, 0);
        _sha.Append(_outerPad, 0, _outerPad.Length);
        _sha.Append(_inner, 0, _inner.Length);
        _sha.Finish(code, offset);
        Reset();
    }
}
