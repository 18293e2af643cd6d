namespace DeviceClient.Emulator;

/// <summary>What a shared access policy allows.</summary>
[Flags]
public enum HubRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read identities.</summary>
    RegistryRead = 1,

    /// <summary>Create, change and delete identities.</summary>
    RegistryWrite = 2,

    /// <summary>Twins, methods, query, jobs, messages, telemetry.</summary>
    ServiceConnect = 4,

    /// <summary>Connect as any device.</summary>
    DeviceConnect = 8,
}
