namespace DeviceClient.Emulator;

/// <summary>Kinds of lines in <see cref="HubLog"/>.</summary>
public enum HubLogEvent
{
    /// <summary>A listener started or stopped, or the hub itself has something to say.</summary>
    Host,

    /// <summary>A device was let in.</summary>
    Connected,

    /// <summary>A CONNECT was refused; the text says why.</summary>
    Refused,

    /// <summary>A connection ended; the code is 0 when the device asked for it.</summary>
    Closed,

    /// <summary>A device subscribed or unsubscribed.</summary>
    Subscribed,

    /// <summary>Something the device sent was refused or dropped while its connection stays.</summary>
    Rejected,

    /// <summary>A cloud-to-device message was queued, delivered, completed, expired or lost its lock.</summary>
    Message,

    /// <summary>A direct method was invoked, answered or timed out.</summary>
    Method,

    /// <summary>A twin was read or changed.</summary>
    Twin,

    /// <summary>An identity or enrollment was added, changed or removed.</summary>
    Registry,

    /// <summary>A device registered through the provisioning service.</summary>
    Provisioning,

    /// <summary>A fault of the script fired.</summary>
    Fault,
}
