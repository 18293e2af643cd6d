namespace DeviceClient.Emulator;

/// <summary>Parts of a twin.</summary>
public enum HubTwinSection
{
    /// <summary>Tags: services only.</summary>
    Tags,

    /// <summary>Desired properties: written by services.</summary>
    Desired,

    /// <summary>Reported properties: written by the device.</summary>
    Reported,
}
