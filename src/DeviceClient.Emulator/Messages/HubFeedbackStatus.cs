namespace DeviceClient.Emulator;

/// <summary>Outcome of a cloud-to-device message. Source: iot-hub-devguide-messages-c2d.md.</summary>
public enum HubFeedbackStatus
{
    /// <summary>The device completed it.</summary>
    Success,

    /// <summary>Its time to live ended first.</summary>
    Expired,

    /// <summary>It was handed out as often as the hub allows.</summary>
    DeliveryCountExceeded,

    /// <summary>The device rejected it.</summary>
    Rejected,

    /// <summary>A service emptied the queue.</summary>
    Purged,
}
