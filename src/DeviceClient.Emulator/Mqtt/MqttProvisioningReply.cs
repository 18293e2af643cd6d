namespace DeviceClient.Emulator;

/// <summary>An answer of the provisioning service.</summary>
/// <param name="Topic">For example <c>$dps/registrations/res/202/?$rid=1&amp;retry-after=3</c>.</param>
/// <param name="Body">JSON text in UTF-8.</param>
internal sealed record MqttProvisioningReply(string Topic, byte[] Body);
