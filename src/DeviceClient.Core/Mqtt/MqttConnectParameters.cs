namespace DeviceClient.Protocol;

/// <summary>What CONNECT says about this client: identity, credential, session and will.</summary>
/// <remarks>Values for IoT Hub: docs/protocol.md, "CONNECT". The password is never part of an error text.</remarks>
public sealed class MqttConnectParameters
{
    /// <summary>Names the client to the server.</summary>
    /// <param name="clientId">Client id: the device id, or <c>deviceId/moduleId</c>; at most 65 535 UTF-8 bytes. Empty only with a clean session.</param>
    public MqttConnectParameters(string clientId)
    {
        ClientId = clientId;
    }

    /// <summary>The client id.</summary>
    public string ClientId { get; }

    /// <summary>The user name, or null for none; at most 65 535 UTF-8 bytes.</summary>
    public string? UserName { get; set; }

    /// <summary>The password (a SAS token in UTF-8), or null for none; at most 65 535 bytes. MQTT allows it only with a user name.</summary>
    public byte[]? Password { get; set; }

    /// <summary>True: the server forgets what it kept for this client id. Default false: subscriptions and queued messages survive.</summary>
    public bool CleanSession { get; set; }

    /// <summary>Topic of the will, UTF-8, or null for no will. The server publishes it when the connection ends without DISCONNECT.</summary>
    public byte[]? WillTopic { get; set; }

    /// <summary>Payload of the will, or null for an empty one; at most 65 535 bytes.</summary>
    public byte[]? WillPayload { get; set; }

    /// <summary>QoS of the will: 0 (default) or 1.</summary>
    public int WillQos { get; set; }

    /// <summary>Retain flag of the will. IoT Hub wants false.</summary>
    public bool WillRetain { get; set; }
}
