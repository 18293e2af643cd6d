namespace DeviceClient.Emulator;

/// <summary>One accepted MQTT connection to the provisioning service. Called by one thread at a time.</summary>
internal interface IMqttProvisioningSession
{
    /// <summary>When the peer's token expires, or null with a certificate; the connection is dropped then.</summary>
    DateTimeOffset? TokenExpiry { get; }

    /// <summary>Answers a publish to <c>$dps/registrations/..</c>.</summary>
    /// <param name="topic">Whole topic.</param>
    /// <param name="body">Payload; may be empty.</param>
    /// <returns>What to publish on <c>$dps/registrations/res/..</c>; null when the topic is not one of the service's: the connection is closed.</returns>
    MqttProvisioningReply? Answer(string topic, ReadOnlyMemory<byte> body);
}
