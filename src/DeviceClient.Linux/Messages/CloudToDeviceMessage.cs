using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>A cloud-to-device message.</summary>
public sealed class CloudToDeviceMessage : ReceivedMessage
{
    /// <summary>Creates a message; applications do so in tests only.</summary>
    /// <param name="payload">The body.</param>
    /// <param name="properties">System properties under their wire names (<c>$.mid</c>, ...) and application properties.</param>
    public CloudToDeviceMessage(ReadOnlyMemory<byte> payload, PropertyBag? properties = null)
        : base(payload, properties)
    {
    }

    /// <summary>What feedback the sender asked for: none, positive, negative or full; null when it did not say.</summary>
    public string? Acknowledgement => Get(SystemProperties.Ack);
}
