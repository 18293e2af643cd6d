namespace DeviceClient.Protocol;

/// <summary>The argument of <see cref="MqttConnection.TryPublish"/>. One instance can be reused for every message.</summary>
/// <remarks>
/// The topic is the concatenation of two slices, so that a fixed prefix (<c>devices/ID/messages/events/</c>) is encoded once and the
/// property bag of each message follows it. Buffers stay the caller's: they are copied into the output when the publish is accepted,
/// or, when <see cref="IsPartial"/> is true afterwards, piece by piece until <see cref="MqttEventKind.PublishSent"/>.
/// </remarks>
public sealed class MqttPublish
{
    private static readonly byte[] s_empty = new byte[0];

    /// <summary>First part of the topic, UTF-8. The machine does not check its characters: wildcards and NUL are the caller's mistake.</summary>
    public byte[] Topic1 { get; set; } = s_empty;

    /// <summary>Where the first part starts in <see cref="Topic1"/>.</summary>
    public int Topic1Offset { get; set; }

    /// <summary>Length of the first part in bytes.</summary>
    public int Topic1Count { get; set; }

    /// <summary>Second part of the topic, or null.</summary>
    public byte[]? Topic2 { get; set; }

    /// <summary>Where the second part starts in <see cref="Topic2"/>.</summary>
    public int Topic2Offset { get; set; }

    /// <summary>Length of the second part in bytes; not used when <see cref="Topic2"/> is null. Both parts: 1 to 65 535 bytes.</summary>
    public int Topic2Count { get; set; }

    /// <summary>The payload, or null for an empty one.</summary>
    public byte[]? Payload { get; set; }

    /// <summary>Where the payload starts in <see cref="Payload"/>.</summary>
    public int PayloadOffset { get; set; }

    /// <summary>Length of the payload in bytes; not used when <see cref="Payload"/> is null.</summary>
    public int PayloadCount { get; set; }

    /// <summary>0 (at most once) or 1 (at least once).</summary>
    public int Qos { get; set; }

    /// <summary>The retain flag. IoT Hub keeps nothing and adds an application property <c>mqtt-retain</c> instead.</summary>
    public bool Retain { get; set; }

    /// <summary>Anything by which the caller knows the message again; comes back in the event.</summary>
    public long Token { get; set; }

    /// <summary>
    /// In: 0 for a new message; or, QoS 1 only, the id of an in-flight message that was not yet sent on this connection
    /// (<see cref="MqttConnection.NextResend"/>): it is sent again under its id with DUP set. Out, when accepted: the id used, 0 for QoS 0.
    /// </summary>
    public int PacketId { get; set; }

    /// <summary>Out, when accepted: true when the packet is larger than the output buffer and its rest is still to be copied.</summary>
    public bool IsPartial { get; internal set; }
}
