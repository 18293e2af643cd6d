namespace DeviceClient.Protocol;

/// <summary>What can happen to an <see cref="MqttConnection"/>: the columns of the table in <see cref="MqttTransitions"/>.</summary>
internal enum MqttInput
{
    /// <summary>The application starts on a fresh transport.</summary>
    Connect = 0,

    /// <summary>The application publishes.</summary>
    Publish = 1,

    /// <summary>The application acknowledges a received publish.</summary>
    Acknowledge = 2,

    /// <summary>The application subscribes.</summary>
    Subscribe = 3,

    /// <summary>The application unsubscribes.</summary>
    Unsubscribe = 4,

    /// <summary>The application disconnects.</summary>
    Disconnect = 5,

    /// <summary>CONNACK with return code 0 arrived.</summary>
    ReceivedAcceptance = 6,

    /// <summary>CONNACK with another return code arrived.</summary>
    ReceivedRefusal = 7,

    /// <summary>PUBLISH arrived.</summary>
    ReceivedPublish = 8,

    /// <summary>PUBACK arrived.</summary>
    ReceivedPubAck = 9,

    /// <summary>SUBACK arrived.</summary>
    ReceivedSubAck = 10,

    /// <summary>UNSUBACK arrived.</summary>
    ReceivedUnsubAck = 11,

    /// <summary>PINGRESP arrived.</summary>
    ReceivedPingResp = 12,

    /// <summary>The server broke the protocol.</summary>
    Breach = 13,

    /// <summary>Nothing passed for a keep-alive interval: a ping is due.</summary>
    Idle = 14,

    /// <summary>An answer is overdue.</summary>
    AnswerOverdue = 15,

    /// <summary>The transport ended.</summary>
    TransportClosed = 16,
}
