namespace DeviceClient.Protocol;

/// <summary>What became of a wish handed to <see cref="MqttConnection"/>.</summary>
public enum MqttSendStatus
{
    /// <summary>The packet is in the output, or its first part is and the rest follows by itself.</summary>
    Accepted = 0,

    /// <summary>No room now, and nothing was changed: take the output, then try again.</summary>
    WouldBlock = 1,

    /// <summary>The packet can never be sent: a topic is above 65 535 bytes or the packet above 268 435 455. Nothing was changed.</summary>
    /// <remarks>Source: MQTT 3.1.1, sections 1.5.3 and 2.2.3.</remarks>
    TooLarge = 2,

    /// <summary>As many packets wait for their acknowledgement as are allowed; try again after the next acknowledgement.</summary>
    WindowFull = 3,

    /// <summary>There is no accepted connection; nothing was changed.</summary>
    NotConnected = 4,
}
