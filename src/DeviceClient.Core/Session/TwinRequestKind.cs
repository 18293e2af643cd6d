namespace DeviceClient.Protocol;

/// <summary>Why the twin is asked.</summary>
internal enum TwinRequestKind
{
    /// <summary>To compare the version of desired properties.</summary>
    Synchronize = 0,

    /// <summary>For the application.</summary>
    Get = 1,

    /// <summary>To report properties.</summary>
    Report = 2,
}
