namespace DeviceClient.Protocol;

/// <summary>Where a <see cref="HubSession"/> stands. <see cref="SessionTransitions"/> lists every move between these states.</summary>
public enum SessionState
{
    /// <summary>Not opened yet, or closed by the application. Handlers and wanted features are kept.</summary>
    Closed = 0,

    /// <summary>A credential is being made and a transport opened, up to the hub's acceptance.</summary>
    Connecting = 1,

    /// <summary>The hub accepted the connection; the wanted features are being subscribed.</summary>
    Subscribing = 2,

    /// <summary>All subscriptions are confirmed; the twin is read to find missed changes. Telemetry already flows.</summary>
    Synchronizing = 3,

    /// <summary>Everything the application asked for works.</summary>
    Online = 4,

    /// <summary>A planned reconnect with a fresh token is under way; sends are held and flushed afterwards.</summary>
    Renewing = 5,

    /// <summary>The connection is lost or refused; the next attempt waits for its time.</summary>
    BackingOff = 6,

    /// <summary>A token is needed and the wall clock is not trusted yet.</summary>
    WaitingForTime = 7,

    /// <summary>The hub refused for good before it ever accepted, or a fixed token ended. Only the application can go on.</summary>
    Stopped = 8,
}
