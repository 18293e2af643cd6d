using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>A message that arrived at an input of this module.</summary>
public sealed class ModuleInputMessage : ReceivedMessage
{
    /// <summary>Creates a message; applications do so in tests only.</summary>
    /// <param name="inputName">Name of the input.</param>
    /// <param name="payload">The body.</param>
    /// <param name="properties">System properties under their wire names (<c>$.mid</c>, ...) and application properties.</param>
    public ModuleInputMessage(string inputName, ReadOnlyMemory<byte> payload, PropertyBag? properties = null)
        : base(payload, properties)
    {
        ArgumentException.ThrowIfNullOrEmpty(inputName);
        InputName = inputName;
    }

    /// <summary>Name of the input.</summary>
    public string InputName { get; }

    /// <summary>Id of the device that sent it; null when the gateway left it out.</summary>
    public string? ConnectionDeviceId => Get(SystemProperties.ConnectionDeviceId);

    /// <summary>Id of the module that sent it; null when it was a device or the gateway left it out.</summary>
    public string? ConnectionModuleId => Get(SystemProperties.ConnectionModuleId);
}
