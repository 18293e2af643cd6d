namespace DeviceClient;

/// <summary>What becomes of a received cloud-to-device message.</summary>
public enum MessageDisposition
{
    /// <summary>Handled; the hub removes it from the queue.</summary>
    Complete = 0,

    /// <summary>Not handled now; the hub delivers it again later. Over MQTT that is after the lock's minute or the next connection.</summary>
    Abandon = 1,

    /// <summary>Refused for good. MQTT cannot say so; there it is the application's error to ask for it.</summary>
    Reject = 2,
}
