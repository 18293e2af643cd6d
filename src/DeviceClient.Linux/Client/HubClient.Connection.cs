using DeviceClient.Engine;
using DeviceClient.Protocol;
using DeviceClient.Threading;

namespace DeviceClient;

/// <content>Opening, closing, status.</content>
public abstract partial class HubClient
{
    /// <summary>Events that may wait for a handler that blocks; then they are dropped and logged.</summary>
    private const int EventCapacity = 1024;

    private readonly HandlerLane _events;

    /// <summary>Raised after every change of <see cref="Status"/>, in order, with the object that <see cref="Status"/> then had.</summary>
    /// <remarks>Runs on the thread pool. The last event always equals <see cref="Status"/> once things are quiet.</remarks>
    public event EventHandler<ConnectionStatusChangedEventArgs>? ConnectionStatusChanged;

    /// <summary>Raised ahead of the end of a credential that the client cannot renew: a fixed token or a certificate; and when renewing one fails.</summary>
    public event EventHandler<CredentialExpiringEventArgs>? CredentialExpiring;

    /// <summary>The connection's condition now. Never null; a new object with every change.</summary>
    public virtual ConnectionStatus Status => Engine.Status;

    /// <summary>Connects and, from then on, stays connected: after a loss the client comes back by itself until it is closed.</summary>
    /// <param name="cancellationToken">Ends the wait. The client goes on trying; call <see cref="CloseAsync"/> to end that.</param>
    /// <returns>A task that ends when every subscription is confirmed. At once when the client is connected already.</returns>
    /// <exception cref="HubClientException">
    /// The hub refused the identity or the credential (<see cref="HubErrorCode.Unauthorized"/>), TLS failed, or the connection did not
    /// stand within <see cref="HubDeviceClientOptions.OperationTimeout"/>; after a <see cref="HubErrorCode.Timeout"/> the client goes on trying.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual Task OpenAsync(CancellationToken cancellationToken = default) => Engine.OpenAsync(cancellationToken);

    /// <summary>Says goodbye to the hub and closes. Handlers stay registered; <see cref="OpenAsync"/> connects again.</summary>
    /// <param name="cancellationToken">Ends the wait; the closing goes on.</param>
    /// <returns>A task that ends within a second; every pending operation has ended with <see cref="HubErrorCode.Closed"/> by then.</returns>
    /// <remarks>May be called from inside a handler. Closing a closed or disposed client does nothing.</remarks>
    public virtual Task CloseAsync(CancellationToken cancellationToken = default) => Engine.CloseAsync(dispose: false).WaitAsync(cancellationToken);

    /// <summary>Raises <see cref="ConnectionStatusChanged"/>; for clients made for tests.</summary>
    /// <param name="status">The new status.</param>
    protected virtual void OnConnectionStatusChanged(ConnectionStatus status) => ConnectionStatusChanged?.Invoke(this, new ConnectionStatusChangedEventArgs(status));

    private void RaiseStatus(ConnectionStatus status)
    {
        HubLog.StatusChanged(_logger, Identity.DeviceId, status);
        Raise(() => OnConnectionStatusChanged(status), nameof(ConnectionStatusChanged));
    }

    private void RaiseExpiring(long expiresUnixSeconds, HubErrorCode error, string? detail)
    {
        DateTimeOffset? at = expiresUnixSeconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(expiresUnixSeconds) : null;
        HubLog.CredentialExpiring(_logger, Identity.DeviceId, at, error, detail ?? "");
        Raise(() => CredentialExpiring?.Invoke(this, new CredentialExpiringEventArgs(at, error, detail)), nameof(CredentialExpiring));
    }

    private void Raise(Action raise, string name)
    {
        bool posted = _events.TryPost(() =>
        {
            try
            {
                raise();
            }
#pragma warning disable CA1031 // Reason: an application's handler may throw anything; it must not end the session.
            catch (Exception error)
#pragma warning restore CA1031
            {
                HubLog.HandlerFailed(_logger, name, error);
            }

            return Task.CompletedTask;
        });
        if (!posted)
        {
            HubLog.EventDropped(_logger, name, EventCapacity);
        }
    }
}
