namespace DeviceClient.Protocol;

/// <summary>Why an <see cref="MqttConnection"/> failed. Section numbers are those of the MQTT 3.1.1 specification.</summary>
public enum MqttFailure
{
    /// <summary>It did not fail.</summary>
    None = 0,

    /// <summary>The remaining length takes more than 4 bytes (2.2.3).</summary>
    MalformedLength = 1,

    /// <summary>A reserved flag of the fixed header or of CONNACK is set wrongly (2.2.2, 3.2.2.1).</summary>
    ReservedFlags = 2,

    /// <summary>Packet type 0 or 15, which do not exist (2.2.1).</summary>
    ReservedPacketType = 3,

    /// <summary>A packet that only a client may send: CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT (2.2.1).</summary>
    ClientPacketReceived = 4,

    /// <summary>A PUBLISH with QoS 2, or PUBREC, PUBREL, PUBCOMP. This client never asks for QoS 2, and IoT Hub has none.</summary>
    QosTwoReceived = 5,

    /// <summary>A PUBLISH with both QoS bits set (3.3.1.2).</summary>
    InvalidQos = 6,

    /// <summary>A packet that is right in itself but not now: anything before CONNACK, a second CONNACK (3.2).</summary>
    UnexpectedPacket = 7,

    /// <summary>The packet is shorter or longer than its type and content require.</summary>
    InvalidPacketLength = 8,

    /// <summary>A packet id of 0 (2.3.1).</summary>
    InvalidPacketId = 9,

    /// <summary>SUBACK or UNSUBACK for an id that waits for no such packet.</summary>
    UnknownPacketId = 10,

    /// <summary>A CONNACK code above 5, a refusal with session present set, or a SUBACK code other than 0, 1, 2, 0x80 (3.2.2, 3.9.3).</summary>
    InvalidReturnCode = 11,

    /// <summary>The topic is not UTF-8, or contains U+0000 (1.5.3).</summary>
    InvalidUtf8 = 12,

    /// <summary>The topic of a PUBLISH is empty (4.7.3).</summary>
    /// <remarks>
    /// Wildcard characters in it are let pass, although 3.3.2.1 forbids them: the topic of a cloud-to-device message carries properties,
    /// and a hub that leaves a plus sign unescaped would otherwise break the connection each time it delivers that message again.
    /// </remarks>
    InvalidTopic = 13,

    /// <summary>The packet is larger than <see cref="MqttConnectionOptions.MaxInboundPacketBytes"/>.</summary>
    PacketTooLarge = 14,

    /// <summary>The server refused the connection; <see cref="MqttEvent.ReturnCode"/> has its code.</summary>
    Refused = 15,

    /// <summary>No CONNACK within <see cref="MqttConnectionOptions.ConnectTimeoutMilliseconds"/>.</summary>
    ConnectTimeout = 16,

    /// <summary>No sign of life within <see cref="MqttConnectionOptions.PingTimeoutMilliseconds"/> after a ping.</summary>
    PingTimeout = 17,

    /// <summary>No acknowledgement within <see cref="MqttConnectionOptions.AckTimeoutMilliseconds"/>.</summary>
    AckTimeout = 18,
}
