namespace DeviceClient.Emulator;

/// <summary>What DPS does when a device that is assigned already registers again.</summary>
public enum ReprovisionPolicy
{
    /// <summary>Allocate again and keep the device's twin. The service's default.</summary>
    MigrateData = 0,

    /// <summary>Allocate again and set the twin back to the enrollment's initial twin, reported properties emptied.</summary>
    ResetData = 1,

    /// <summary>Keep the first assignment for ever.</summary>
    Never = 2,
}
