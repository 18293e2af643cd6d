using System.Security.Cryptography;
using DeviceClient.Protocol;

namespace DeviceClient.Threading;

/// <summary>The core's randomness from the operating system's generator: jitter that ten thousand devices started together do not share.</summary>
internal sealed class CryptographicRandomSource : RandomSource
{
    /// <summary>The one instance; it is thread-safe.</summary>
    internal static CryptographicRandomSource Shared { get; } = new();

    /// <inheritdoc />
    public override int Next(int exclusiveUpperBound) => RandomNumberGenerator.GetInt32(exclusiveUpperBound);
}
