namespace DeviceClient.Protocol;

/// <summary>What an application's operation waits for.</summary>
internal enum SessionOperationKind
{
    /// <summary>The session to be online.</summary>
    Open = 0,

    /// <summary>The twin.</summary>
    GetTwin = 1,

    /// <summary>The hub's acceptance of reported properties.</summary>
    Report = 2,
}
