using System;

namespace DeviceClient.Protocol;

/// <summary>A small reproducible generator for tests and for boards without a better one.</summary>
/// <remarks>Marsaglia's xorshift with 32 bits of state ("Xorshift RNGs", Journal of Statistical Software 8, 2003, triple 13, 17, 5).
/// The same seed gives the same numbers on every platform. Not for secrets; not thread-safe.</remarks>
public sealed class XorShiftRandom : RandomSource
{
    private uint _state;

    /// <summary>Starts a sequence.</summary>
    /// <param name="seed">Any number; 0, which the method cannot use, is replaced by a fixed other one.</param>
    public XorShiftRandom(uint seed)
    {
        _state = seed == 0 ? 0x9E3779B9u : seed;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The bound is less than 1.</exception>
    public override int Next(int exclusiveUpperBound)
    {
        if (exclusiveUpperBound < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(exclusiveUpperBound), "The bound " + exclusiveUpperBound.ToString() + " must be at least 1.");
        }

        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return (int)(_state >> 1) % exclusiveUpperBound;
    }
}
