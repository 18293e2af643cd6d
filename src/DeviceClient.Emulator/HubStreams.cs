using System.Threading.Channels;

namespace DeviceClient.Emulator;

/// <summary>The channel behind each stream of the hub: writers never wait, a reader that falls too far behind loses the oldest items.</summary>
internal static class HubStreams
{
    /// <summary>Items a reader may be behind.</summary>
    internal const int Capacity = 65536;

    internal static Channel<T> Create<T>() => Channel.CreateBounded<T>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
}
