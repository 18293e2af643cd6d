using System.Buffers;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>The core's buffers from the shared array pool.</summary>
internal sealed class RentedBuffers : BufferSource
{
    public override byte[] Rent(int minimumBytes) => ArrayPool<byte>.Shared.Rent(minimumBytes);

    public override void Return(byte[] buffer) => ArrayPool<byte>.Shared.Return(buffer);
}
