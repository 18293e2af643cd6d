namespace DeviceClient;

/// <summary>How a registration talks to the Device Provisioning Service.</summary>
public enum ProvisioningTransport
{
    /// <summary>MQTT over TLS over TCP, port 8883.</summary>
    MqttTcp = 0,

    /// <summary>MQTT over a WebSocket over TLS, port 443.</summary>
    MqttWebSocket = 1,

    /// <summary>HTTPS, port 443. Each step is a request of its own; no connection is held between them.</summary>
    Https = 2,
}
