namespace DeviceClient.Protocol;

/// <summary>What a registration waits for with a limit.</summary>
internal enum ProvisioningDeadline
{
    /// <summary>The whole registration.</summary>
    Overall = 0,

    /// <summary>The transport to open, or the answer to come.</summary>
    Step = 1,

    /// <summary>The next request or attempt to be due.</summary>
    Delay = 2,

    /// <summary>Number of deadlines.</summary>
    Count = 3,
}
