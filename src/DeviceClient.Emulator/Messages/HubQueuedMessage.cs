namespace DeviceClient.Emulator;

/// <summary>A cloud-to-device message in a device's queue.</summary>
public sealed class HubQueuedMessage
{
    internal HubQueuedMessage(long sequence, HubCloudToDeviceMessage message, DateTimeOffset enqueued, DateTimeOffset expiry)
    {
        Sequence = sequence;
        Message = message;
        EnqueuedTime = enqueued;
        ExpiryTime = expiry;
    }

    /// <summary>Sequence number, rising with each message of the hub.</summary>
    public long Sequence { get; }

    /// <summary>The message as it was sent; its <see cref="HubCloudToDeviceMessage.MessageId"/> is always set.</summary>
    public HubCloudToDeviceMessage Message { get; }

    /// <summary>When the hub took it.</summary>
    public DateTimeOffset EnqueuedTime { get; }

    /// <summary>When it expires.</summary>
    public DateTimeOffset ExpiryTime { get; }

    /// <summary>How often it was abandoned (or its lock expired, if the behavior counts that).</summary>
    public int DeliveryCount { get; internal set; }

    /// <summary>Token of the present lock, or null when nobody holds it.</summary>
    public string? LockToken { get; internal set; }

    /// <summary>MQTT packet id and session under which it was last sent: a redelivery in the same session repeats the id.</summary>
    internal (MqttSessionState? Session, ushort PacketId) LastSent { get; set; }

    /// <summary>When the present lock expires.</summary>
    public DateTimeOffset LockedUntil { get; internal set; }
}
