using DeviceClient.Protocol;

namespace DeviceClient.Engine;

/// <content>Open, close, twin, answers: everything of low rate.</content>
internal sealed partial class HubEngine
{
    private readonly Dictionary<int, PendingOperation> _operations = [];
    private bool _opened;

    /// <summary>Opens; the session goes on trying after a failed or cancelled call until it is closed.</summary>
    /// <param name="cancellationToken">Ends the call, not the trying.</param>
    /// <returns>A task that ends when everything works.</returns>
    internal Task OpenAsync(CancellationToken cancellationToken) => StartAsync(
        static (engine, now, deadline) =>
        {
            if (!engine._opened)
            {
                // From here on only: a client that was never opened, or is closed, hangs on nothing that outlives it.
                engine._opened = true;
                engine._settings.Clock.TrustChanged += engine.OnClockChanged;
            }

            engine.ReadClock(now);
            return engine._session.Open(now, deadline);
        },
        mustBeOpened: false,
        cancellationToken);

    /// <summary>Reads the twin.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The twin's bytes.</returns>
    internal Task<OperationResult> GetTwinAsync(CancellationToken cancellationToken) =>
        StartAsync(static (engine, now, deadline) => engine._session.GetTwin(now, deadline), mustBeOpened: true, cancellationToken);

    /// <summary>Reports properties.</summary>
    /// <param name="patch">Merge patch; copied before the call returns.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The accepted version.</returns>
    internal Task<OperationResult> ReportAsync(byte[] patch, CancellationToken cancellationToken) =>
        StartAsync(
            (engine, now, deadline) =>
            {
                HubErrorCode error = engine._session.ReportProperties(patch, 0, patch.Length, now, deadline, out int operation);
                return error switch
                {
                    HubErrorCode.None => operation,
                    HubErrorCode.MessageTooLarge => throw new HubClientException(error, $"The patch of {patch.Length} bytes, with the patches it is merged with, is larger than {engine._settings.Session.MaxPatchBytes} bytes. It was not sent; report less at once."),
                    _ => throw new ArgumentException($"The patch ({patch.Length} bytes) is not a JSON object in UTF-8; reported properties are patched with an object such as {{\"fan\":\"on\"}}.", nameof(patch)),
                };
            },
            mustBeOpened: true,
            cancellationToken);

    /// <summary>Gives an operation up.</summary>
    /// <param name="operationId">The session's number.</param>
    internal void CancelOperation(int operationId)
    {
        lock (_gate)
        {
            _session.CancelOperation(operationId, Now);
            Pump(Now);
        }

        Flush();
        _continuations.RunOnPool();
    }

    /// <summary>Says what the application wants delivered.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="wanted">Whether it is wanted.</param>
    internal void SetFeature(HubFeature feature, bool wanted)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(HubClient));
            _session.SetFeature(feature, wanted, Now);
            Pump(Now);
        }

        Flush();
    }

    /// <summary>Answers a direct method.</summary>
    /// <param name="token">The token of its notification.</param>
    /// <param name="status">The status.</param>
    /// <param name="payload">The body; must not change afterwards.</param>
    /// <param name="writeHere">True to write on this thread, which saves a hop; false to let answers that come together share a write.</param>
    /// <returns>False when the connection it came by is gone.</returns>
    internal bool RespondToMethod(long token, int status, byte[] payload, bool writeHere)
    {
        bool known;
        lock (_gate)
        {
            known = _session.RespondToMethod(token, status, payload, 0, payload.Length);
            Pump(Now);
        }

        if (writeHere)
        {
            FlushDeferred(here: true);
        }
        else
        {
            Flush();
        }

        return known;
    }

    /// <summary>Settles a received message.</summary>
    /// <param name="token">The token of its notification.</param>
    /// <param name="disposition">What becomes of it.</param>
    /// <returns>False when the connection it came by is gone: the hub delivers it again.</returns>
    internal bool SettleMessage(long token, MessageDisposition disposition)
    {
        bool known;
        lock (_gate)
        {
            known = _session.SettleMessage(token, disposition);
            Pump(Now);
        }

        Flush();
        return known;
    }

    /// <summary>Ends the connection and everything pending; at most a second. Opening again is possible unless disposed.</summary>
    /// <param name="dispose">True to end the engine for good.</param>
    /// <returns>A task that ends when no socket is left; it never fails.</returns>
    internal async Task CloseAsync(bool dispose)
    {
        Task ended;
        lock (_gate)
        {
            if (!_disposed)
            {
                if (_opened)
                {
                    _opened = false;
                    _settings.Clock.TrustChanged -= OnClockChanged;
                }

                _credentialWork?.Cancel();
                _credentialWork = null;
                _session.Close(HubErrorCode.Closed, Now);
                Pump(Now);
                if (dispose)
                {
                    _disposed = true;
                    _wheel.Cancel(this);
                    UpdateStatus(ConnectionState.Disposed, HubErrorCode.None, long.MaxValue, null);
                }
            }

            ended = _lastLinkEnded;
        }

        _continuations.RunOnPool();
        await Task.WhenAny(ended, Task.Delay(CloseMilliseconds)).ConfigureAwait(false);
    }

    /// <summary>Longest wait for the goodbye. Rule 1 of the architecture: a second for everything.</summary>
    private const int CloseMilliseconds = 900;

    private long Deadline(long now) => _settings.OperationMilliseconds == long.MaxValue ? long.MaxValue : now + _settings.OperationMilliseconds;

    private void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(HubClient));
        if (!_opened)
        {
            throw new InvalidOperationException("The client is closed: call OpenAsync first. Once opened, it keeps what is sent while the connection is down.");
        }

        if (_session.State == SessionState.Stopped)
        {
            // Nothing is tried any more, so nothing can be waited for.
            throw new HubClientException(_session.Reason, $"The client has stopped: {_session.Detail} Cure the cause and call OpenAsync again.");
        }
    }

    private Task<OperationResult> StartAsync(Func<HubEngine, long, long, int> start, bool mustBeOpened, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<OperationResult>(cancellationToken);
        }

        PendingOperation operation = new();
        int id;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(HubClient));
            if (mustBeOpened)
            {
                RequireUsable();
            }

            long now = Now;
            id = start(this, now, Deadline(now));
            _operations.Add(id, operation);
            Pump(now);
        }

        Flush();
        operation.Watch(this, id, cancellationToken);
        return operation.Task;
    }
}
