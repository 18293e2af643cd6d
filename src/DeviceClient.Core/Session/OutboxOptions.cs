namespace DeviceClient.Protocol;

/// <summary>Bounds of the queue of telemetry. Both bounds hold at once.</summary>
public sealed class OutboxOptions
{
    /// <summary>Bytes of properties and payloads that may wait or be in flight.</summary>
    /// <value>256 to 1,073,741,824. Default 1,048,576. Memory is taken as it is needed, in doublings from 1,024.</value>
    public int CapacityBytes { get; set; } = 1024 * 1024;

    /// <summary>Messages that may wait or be in flight.</summary>
    /// <value>1 to 1,048,576. Default 10,000. Each takes about 35 bytes of bookkeeping.</value>
    public int MaxMessages { get; set; } = 10000;

    /// <summary>What happens to a message that finds no room.</summary>
    /// <value>Default <see cref="OutboxOverflow.Reject"/>.</value>
    public OutboxOverflow Overflow { get; set; } = OutboxOverflow.Reject;
}
