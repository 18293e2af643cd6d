namespace DeviceClient.Protocol;

/// <summary>Where the core gets its randomness: jitter and request ids. The platform supplies it.</summary>
/// <remarks>Used for spreading load, never for secrets. The core calls it from one thread at a time.</remarks>
public abstract class RandomSource
{
    /// <summary>Draws a number.</summary>
    /// <param name="exclusiveUpperBound">Upper bound, at least 1.</param>
    /// <returns>A number from 0 to the bound less one, evenly spread.</returns>
    public abstract int Next(int exclusiveUpperBound);
}
