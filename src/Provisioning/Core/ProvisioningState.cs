namespace DeviceClient.Protocol;

/// <summary>Where a registration stands.</summary>
public enum ProvisioningState
{
    /// <summary>Nothing was asked for yet.</summary>
    Idle = 0,

    /// <summary>The transport is being opened.</summary>
    Connecting = 1,

    /// <summary>The register request waits for its answer.</summary>
    Registering = 2,

    /// <summary>The service asked to wait before the register request is repeated; the transport stays open.</summary>
    WaitingToRegister = 3,

    /// <summary>The service is at work; the next poll comes after a wait.</summary>
    WaitingToPoll = 4,

    /// <summary>The poll waits for its answer.</summary>
    Polling = 5,

    /// <summary>The transport was lost; the next attempt comes after a wait.</summary>
    BackingOff = 6,

    /// <summary>The registration has its result. Another one may be started.</summary>
    Completed = 7,
}
