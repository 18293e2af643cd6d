namespace DeviceClient.Emulator;

/// <summary>What became of one cloud-to-device message.</summary>
/// <param name="OriginalMessageId">Id of the message.</param>
/// <param name="EnqueuedTime">When the outcome was known.</param>
/// <param name="Status">The outcome.</param>
/// <param name="DeviceId">The device it was for.</param>
/// <param name="DeviceGenerationId">Generation of that device.</param>
public sealed record HubFeedbackRecord(
    string OriginalMessageId, DateTimeOffset EnqueuedTime, HubFeedbackStatus Status, string DeviceId, string DeviceGenerationId)
{
    /// <summary>Text for people, as the service sends it.</summary>
    public string Description => Status switch
    {
        HubFeedbackStatus.Success => "Success",
        HubFeedbackStatus.Expired => "Message Expired",
        HubFeedbackStatus.DeliveryCountExceeded => "Delivery Count Exceeded",
        HubFeedbackStatus.Rejected => "Message Rejected",
        _ => "Message Purged",
    };
}
