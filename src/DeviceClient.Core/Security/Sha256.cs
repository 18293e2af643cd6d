using System;

namespace DeviceClient.Protocol;

/// <summary>SHA-256 of FIPS 180-4, in managed code for firmware without a native one.</summary>
/// <remarks>Append any number of pieces, then take the hash with <see cref="Finish"/>, which makes the instance ready for the next.
/// Not thread-safe. No allocation after construction.</remarks>
public sealed class Sha256
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int HashBytes = 32;

    internal const int BlockBytes = 64;

    // FIPS 180-4 section 4.2.2.
    private static readonly uint[] s_constants =
    {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };

    // FIPS 180-4 section 5.3.3.
    private static readonly uint[] s_initial =
    {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };

    private readonly uint[] _state = new uint[8];
    private readonly uint[] _schedule = new uint[64];
    private readonly byte[] _block = new byte[BlockBytes];
    private int _blockCount;
    private long _totalBytes;

    /// <summary>Makes an instance ready for the first piece.</summary>
    public Sha256()
    {
        Reset();
    }

    /// <summary>Hashes one slice.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The 32 bytes of the hash.</returns>
    /// <exception cref="ArgumentNullException">The data are null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the data.</exception>
    public static byte[] Hash(byte[] data, int offset, int count)
    {
        Sha256 sha = new Sha256();
        sha.Append(data, offset, count);
        byte[] hash = new byte[HashBytes];
        sha.Finish(hash, 0);
        return hash;
    }

    /// <summary>Forgets what was appended.</summary>
    public void Reset()
    {
        Array.Copy(s_initial, 0, _state, 0, 8);
        _blockCount = 0;
        _totalBytes = 0;
    }

    /// <summary>Appends a piece.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <exception cref="ArgumentNullException">The data are null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the data.</exception>
    public void Append(byte[] data, int offset, int count)
    {
        Slice.Check(data, offset, count);
        _totalBytes += count;
        int position = offset;
        int left = count;
        if (_blockCount > 0)
        {
            int taken = left < BlockBytes - _blockCount ? left : BlockBytes - _blockCount;
            Array.Copy(data, position, _block, _blockCount, taken);
            _blockCount += taken;
            position += taken;
            left -= taken;
            if (_blockCount < BlockBytes)
            {
                return;
            }

            Compress(_block, 0);
            _blockCount = 0;
        }

        for (; left >= BlockBytes; left -= BlockBytes)
        {
            Compress(data, position);
            position += BlockBytes;
        }

        Array.Copy(data, position, _block, 0, left);
        _blockCount = left;
    }

    /// <summary>Writes the hash of everything appended, and starts anew.</summary>
    /// <param name="hash">Where to write.</param>
    /// <param name="offset">First of the 32 bytes to write.</param>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for 32 bytes.</exception>
    public void Finish(byte[] hash, int offset)
    {
        Slice.Check(hash, offset, HashBytes);
        long bits = _totalBytes << 3;
        _block[_blockCount] = 0x80;
        _blockCount++;
        if (_blockCount > BlockBytes - 8)
        {
            Array.Clear(_block, _blockCount, BlockBytes - _blockCount);
            Compress(_block, 0);
            _blockCount = 0;
        }

        Array.Clear(_block, _blockCount, BlockBytes - 8 - _blockCount);
        for (int i = 0; i < 8; i++)
        {
            _block[BlockBytes - 1 - i] = (byte)(bits >> (8 * i));
        }

        Compress(_block, 0);
        for (int i = 0; i < HashBytes; i++)
        {
            hash[offset + i] = (byte)(_state[i >> 2] >> (24 - (8 * (i & 3))));
        }

        // The last block may hold key material.
        Array.Clear(_block, 0, BlockBytes);
        Reset();
    }

    // FIPS 180-4 section 6.2.2.
    private void Compress(byte[] data, int offset)
    {
        uint[] w = _schedule;
        for (int t = 0; t < 16; t++)
        {
            int at = offset + (4 * t);
            w[t] = ((uint)data[at] << 24) | ((uint)data[at + 1] << 16) | ((uint)data[at + 2] << 8) | data[at + 3];
        }

        for (int t = 16; t < 64; t++)
        {
            uint x = w[t - 15];
            uint y = w[t - 2];
            uint s0 = ((x >> 7) | (x << 25)) ^ ((x >> 18) | (x << 14)) ^ (x >> 3);
            uint s1 = ((y >> 17) | (y << 15)) ^ ((y >> 19) | (y << 13)) ^ (y >> 10);
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }

        uint a = _state[0];
        uint b = _state[1];
        uint c = _state[2];
        uint d = _state[3];
        uint e = _state[4];
        uint f = _state[5];
        uint g = _state[6];
        uint h = _state[7];
        for (int t = 0; t < 64; t++)
        {
            uint sum1 = ((e >> 6) | (e << 26)) ^ ((e >> 11) | (e << 21)) ^ ((e >> 25) | (e << 7));
            uint first = h + sum1 + ((e & f) ^ (~e & g)) + s_constants[t] + w[t];
            uint sum0 = ((a >> 2) | (a << 30)) ^ ((a >> 13) | (a << 19)) ^ ((a >> 22) | (a << 10));
            uint second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + first;
            d = c;
            c = b;
            b = a;
            a = first + second;
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
