namespace DeviceClient.Protocol;

/// <summary>What an application's operation waits for.</summary>
internal enum SessionOperationKind
{
    /// <summary>The session to be online.</summary>
    Open = 0,

    /// <summary>The twin.</summary>
    GetTwin = 1,

    /// <summary>The hub's acceptance of a reported patch that still waits to be sent.</summary>
    ReportWaiting = 2,

    /// <summary>The hub's acceptance of the reported patch that is on its way.</summary>
    ReportSent = 3,
}
