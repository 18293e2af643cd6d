namespace DeviceClient.Protocol;

/// <summary>What an outbox does with a message that finds no room.</summary>
public enum OutboxOverflow
{
    /// <summary>The new message is refused with <see cref="HubErrorCode.OutboxFull"/>; everything accepted stays.</summary>
    Reject = 0,

    /// <summary>The oldest messages make room and settle as <see cref="HubErrorCode.Dropped"/>, even one whose acknowledgement is awaited.</summary>
    DropOldest = 1,
}
