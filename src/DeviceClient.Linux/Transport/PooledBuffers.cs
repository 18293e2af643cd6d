using System.Buffers;
using DeviceClient.Protocol;

namespace DeviceClient.Transport;

/// <summary>The core's buffers from the process-wide array pool.</summary>
internal sealed class PooledBuffers : BufferSource
{
    /// <summary>The one instance; it is thread-safe because the pool is.</summary>
    internal static PooledBuffers Shared { get; } = new();

    /// <inheritdoc />
    public override byte[] Rent(int minimumBytes) => ArrayPool<byte>.Shared.Rent(minimumBytes);

    /// <inheritdoc />
    public override void Return(byte[] buffer) => ArrayPool<byte>.Shared.Return(buffer);
}
