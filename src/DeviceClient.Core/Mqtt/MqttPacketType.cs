namespace DeviceClient.Protocol;

/// <summary>The packet types of MQTT 3.1.1, section 2.2.1: the upper four bits of the first byte.</summary>
internal enum MqttPacketType
{
    /// <summary>Does not exist.</summary>
    Reserved0 = 0,

    /// <summary>Client to server.</summary>
    Connect = 1,

    /// <summary>Server to client.</summary>
    ConnAck = 2,

    /// <summary>Both ways.</summary>
    Publish = 3,

    /// <summary>Both ways, answers QoS 1.</summary>
    PubAck = 4,

    /// <summary>QoS 2 only.</summary>
    PubRec = 5,

    /// <summary>QoS 2 only.</summary>
    PubRel = 6,

    /// <summary>QoS 2 only.</summary>
    PubComp = 7,

    /// <summary>Client to server.</summary>
    Subscribe = 8,

    /// <summary>Server to client.</summary>
    SubAck = 9,

    /// <summary>Client to server.</summary>
    Unsubscribe = 10,

    /// <summary>Server to client.</summary>
    UnsubAck = 11,

    /// <summary>Client to server.</summary>
    PingReq = 12,

    /// <summary>Server to client.</summary>
    PingResp = 13,

    /// <summary>Client to server.</summary>
    Disconnect = 14,

    /// <summary>Does not exist.</summary>
    Reserved15 = 15,
}
