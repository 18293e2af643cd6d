namespace DeviceClient.Protocol;

/// <summary>What <see cref="MqttConnection.TryReadEvent"/> found. One instance is reused for every call.</summary>
/// <remarks>
/// Only the members named for its <see cref="Kind"/> mean something. Slices of <see cref="Buffer"/> hold until the next call of
/// <see cref="MqttConnection.TryReadEvent"/>, <see cref="MqttConnection.HandleReceived"/> or <see cref="MqttConnection.HandleClosed"/>:
/// copy what must live longer.
/// </remarks>
public sealed class MqttEvent
{
    private static readonly byte[] s_empty = new byte[0];

    /// <summary>What happened.</summary>
    public MqttEventKind Kind { get; internal set; }

    /// <summary>Connected: true when the server still has this client's subscriptions and undelivered messages.</summary>
    public bool SessionPresent { get; internal set; }

    /// <summary>Connected and Failed with <see cref="MqttFailure.Refused"/>: the return code of CONNACK, 0 to 5 (MQTT 3.1.1, 3.2.2.3).</summary>
    public int ReturnCode { get; internal set; }

    /// <summary>PublishReceived with QoS 1, PublishAcknowledged, SubscribeAcknowledged, UnsubscribeAcknowledged: the packet id.</summary>
    public int PacketId { get; internal set; }

    /// <summary>PublishAcknowledged and PublishSent: what the publisher put into <see cref="MqttPublish.Token"/>.</summary>
    public long Token { get; internal set; }

    /// <summary>PublishReceived: the bytes that the offsets below point into.</summary>
    public byte[] Buffer { get; internal set; } = s_empty;

    /// <summary>PublishReceived: where the topic starts in <see cref="Buffer"/>.</summary>
    public int TopicOffset { get; internal set; }

    /// <summary>PublishReceived: length of the topic in bytes, 1 to 65 535. It is valid UTF-8 without NUL.</summary>
    public int TopicCount { get; internal set; }

    /// <summary>PublishReceived: where the payload starts in <see cref="Buffer"/>.</summary>
    public int PayloadOffset { get; internal set; }

    /// <summary>PublishReceived: length of the payload in bytes, 0 or more.</summary>
    public int PayloadCount { get; internal set; }

    /// <summary>PublishReceived: 0 or 1.</summary>
    public int Qos { get; internal set; }

    /// <summary>PublishReceived: the server may have sent this message before.</summary>
    public bool Duplicate { get; internal set; }

    /// <summary>PublishReceived: the message was stored by the server as the last one of its topic. IoT Hub never sets it.</summary>
    public bool Retain { get; internal set; }

    /// <summary>SubscribeAcknowledged: the granted QoS, 0, 1 or 2, or 0x80 when the server refused the filter (MQTT 3.1.1, 3.9.3).</summary>
    public int GrantedQos { get; internal set; }

    /// <summary>Failed: the reason, the same as <see cref="MqttConnection.Failure"/>.</summary>
    public MqttFailure Failure { get; internal set; }
}
