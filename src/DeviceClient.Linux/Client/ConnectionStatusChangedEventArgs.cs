namespace DeviceClient;

/// <summary>Carries a client's new status.</summary>
public sealed class ConnectionStatusChangedEventArgs : EventArgs
{
    /// <summary>Creates the arguments.</summary>
    /// <param name="status">The new status.</param>
    public ConnectionStatusChangedEventArgs(ConnectionStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        Status = status;
    }

    /// <summary>The status the client had from this change on.</summary>
    public ConnectionStatus Status { get; }
}
