namespace DeviceClient;

/// <summary>Where a client stands with its hub.</summary>
public enum ConnectionState
{
    /// <summary>Not opened yet, or closed by the application.</summary>
    Closed = 0,

    /// <summary>Connecting for the first time after an open.</summary>
    Connecting = 1,

    /// <summary>Connected, every subscription confirmed, the twin compared: all features work.</summary>
    Connected = 2,

    /// <summary>Connecting anew on purpose to renew the credential. Planned; operations are held and then sent.</summary>
    Renewing = 3,

    /// <summary>The connection is lost; the client waits for, or makes, its next attempt. Operations are held up to their deadlines.</summary>
    Reconnecting = 4,

    /// <summary>The wall clock is not trusted yet, so that no token can be made. The client goes on as soon as it is.</summary>
    WaitingForTime = 5,

    /// <summary>The client gave up: retrying cannot help. The application must act and open again.</summary>
    Stopped = 6,

    /// <summary>Disposed by the application.</summary>
    Disposed = 7,
}
