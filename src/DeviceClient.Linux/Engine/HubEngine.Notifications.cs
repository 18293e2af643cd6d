using DeviceClient.Diagnostics;
using DeviceClient.Protocol;

namespace DeviceClient.Engine;

/// <content>What the session tells: states, ends of operations, everything else to the observer.</content>
internal sealed partial class HubEngine
{
    private ConnectionState _phase = ConnectionState.Connecting;
    private ConnectionStatus? _status;

    /// <summary>The present condition.</summary>
    internal ConnectionStatus Status => Volatile.Read(ref _status)!;

    private void HandleNotification(HubNotification told)
    {
        switch (told.Kind)
        {
            case HubNotificationKind.OperationCompleted:
                if (_operations.Remove(told.OperationId, out PendingOperation? operation))
                {
                    operation.Complete(told);
                }

                break;
            case HubNotificationKind.StateChanged:
                HandleState(told);
                break;
            default:
                _observer.HandleNotification(told);
                break;
        }
    }

    private void HandleState(HubNotification told)
    {
        ConnectionState state;
        switch (told.State)
        {
            case SessionState.Closed:
                state = ConnectionState.Closed;
                _phase = ConnectionState.Connecting;
                break;
            case SessionState.BackingOff:
                state = _phase = ConnectionState.Reconnecting;
                break;
            case SessionState.Renewing:
                state = _phase = ConnectionState.Renewing;
                break;
            case SessionState.Online:
                state = ConnectionState.Connected;
                if (_session.Connects > 1)
                {
                    HubMetrics.Reconnects.Add(1, new KeyValuePair<string, object?>("planned", _phase == ConnectionState.Renewing));
                }

                break;
            case SessionState.WaitingForTime:
                state = ConnectionState.WaitingForTime;
                break;
            case SessionState.Stopped:
                state = ConnectionState.Stopped;
                _phase = ConnectionState.Connecting;
                break;
            default:
                // Connecting, Subscribing and Synchronizing are steps of whatever began them.
                state = _phase;
                break;
        }

        // A new attempt after a failure keeps telling the failure: until it succeeds, that is the reader's news.
        bool isStep = state == _phase && state == ConnectionState.Reconnecting && told.Error == HubErrorCode.None;
        UpdateStatus(state, isStep ? _status!.Reason : told.Error, told.NextAttempt, isStep ? _status!.Detail : told.Detail);
    }

    private void UpdateStatus(ConnectionState state, HubErrorCode reason, long nextAttempt, string? detail)
    {
        DateTimeOffset now = _settings.Clock.UtcNow;
        ConnectionStatus? old = _status;
        DateTimeOffset? next = nextAttempt == long.MaxValue ? null : now.AddMilliseconds(nextAttempt - Now);
        if (old is not null && old.State == state && old.Reason == reason && old.NextAttempt == next)
        {
            return;
        }

        ConnectionStatus status = new(state, reason, old is not null && old.State == state ? old.Since : now, next, detail);
        Volatile.Write(ref _status, status);
        _observer.HandleStatus(status);
    }
}
