namespace DeviceClient.Protocol;

/// <summary>What an <see cref="MqttEvent"/> reports.</summary>
public enum MqttEventKind
{
    /// <summary>Nothing; the event was never filled.</summary>
    None = 0,

    /// <summary>CONNACK with return code 0. See <see cref="MqttEvent.SessionPresent"/>.</summary>
    Connected = 1,

    /// <summary>A PUBLISH arrived. With QoS 1 it wants <see cref="MqttConnection.TryAcknowledge"/> when it is dealt with.</summary>
    PublishReceived = 2,

    /// <summary>PUBACK: the server has the message with this <see cref="MqttEvent.Token"/>; its packet id is free again.</summary>
    PublishAcknowledged = 3,

    /// <summary>
    /// The last piece of a publish larger than the output buffer was copied out; its buffers may be reused (QoS 0) or must only be
    /// kept for a resend (QoS 1). Publishes that fit are copied when they are accepted and have no such event.
    /// </summary>
    PublishSent = 4,

    /// <summary>SUBACK. See <see cref="MqttEvent.GrantedQos"/>.</summary>
    SubscribeAcknowledged = 5,

    /// <summary>UNSUBACK.</summary>
    UnsubscribeAcknowledged = 6,

    /// <summary>The connection failed; reported once. See <see cref="MqttEvent.Failure"/>.</summary>
    Failed = 7,
}
