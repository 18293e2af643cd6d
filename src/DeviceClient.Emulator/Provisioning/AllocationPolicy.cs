namespace DeviceClient.Emulator;

/// <summary>How DPS chooses a hub for a device. The emulator has one hub, so all lead to it.</summary>
public enum AllocationPolicy
{
    /// <summary>Evenly over the linked hubs, by a hash of the registration id. The default.</summary>
    Hashed = 0,

    /// <summary>The hub with the lowest latency; the same as <see cref="Hashed"/> here.</summary>
    GeoLatency = 1,

    /// <summary>The hub that the enrollment names.</summary>
    Static = 2,
}
