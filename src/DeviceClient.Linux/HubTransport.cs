namespace DeviceClient;

/// <summary>How the bytes travel to the hub.</summary>
public enum HubTransport
{
    /// <summary>MQTT 3.1.1 over TLS over TCP, port 8883. Smallest; needs that port to be open.</summary>
    MqttTcp = 0,

    /// <summary>MQTT 3.1.1 over a WebSocket over TLS, port 443, path <c>/$iothub/websocket</c>. Passes firewalls and HTTP proxies.</summary>
    MqttWebSocket = 1,
}
