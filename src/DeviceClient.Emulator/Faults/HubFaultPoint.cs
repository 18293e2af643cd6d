namespace DeviceClient.Emulator;

/// <summary>Where a fault strikes.</summary>
public enum HubFaultPoint
{
    /// <summary>A CONNECT was judged good, CONNACK has not left yet.</summary>
    Connect,

    /// <summary>Telemetry arrived and has not been taken yet.</summary>
    Telemetry,

    /// <summary>Telemetry was taken, its PUBACK has not left yet.</summary>
    PubAck,

    /// <summary>A subscription was made, its SUBACK has not left yet.</summary>
    SubAck,

    /// <summary>A ping arrived, its PINGRESP has not left yet.</summary>
    PingResponse,

    /// <summary>A twin read or reported patch arrived and has not been carried out yet.</summary>
    TwinRequest,

    /// <summary>A twin request was carried out, its answer has not left yet.</summary>
    TwinResponse,

    /// <summary>Desired properties changed, the notice has not left yet.</summary>
    DesiredChange,

    /// <summary>A direct method request has not left yet.</summary>
    MethodRequest,

    /// <summary>The answer to a direct method arrived and has not been handed on yet.</summary>
    MethodResponse,

    /// <summary>A cloud-to-device message has not left yet.</summary>
    CloudToDevice,

    /// <summary>The device acknowledged a cloud-to-device message, which is not completed yet.</summary>
    CloudToDeviceAck,

    /// <summary>A connection has ended, whoever ended it.</summary>
    Disconnected,

    /// <summary>Each <see cref="HubFaultRule.Interval"/>, for every open connection that the rule selects.</summary>
    Timer,
}
