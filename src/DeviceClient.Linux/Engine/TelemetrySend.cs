using System.Threading.Tasks.Sources;
using DeviceClient.Threading;

namespace DeviceClient.Engine;

/// <summary>One telemetry message on its way and the value task that its sender awaits; used again and again.</summary>
internal sealed class TelemetrySend : PooledCompletion, IValueTaskSource
{
    private readonly HubEngine _engine;

    // Continuations run inline: the pump that calls Complete is the place that was made for them.
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationToken _cancellationToken;
    private CancellationTokenRegistration _registration;
    private bool _mayRecycle = true;

    internal TelemetrySend(HubEngine engine) => _engine = engine;

    /// <summary>Number of the message in the outbox.</summary>
    internal long Token { get; set; }

    /// <summary>How the message ended.</summary>
    internal HubErrorCode Error { get; set; }

    /// <summary>A sentence on the end, made while the engine's state was at hand; null for success.</summary>
    internal string? Detail { get; set; }

    /// <summary>When it was handed over, in ticks of the stopwatch; 0 when nobody measures.</summary>
    internal long Started { get; set; }

    /// <summary>The next free one in the engine's list.</summary>
    internal TelemetrySend? NextFree { get; set; }

    /// <summary>The task of this use of the object.</summary>
    internal ValueTask Task => new(this, _core.Version);

    /// <summary>Makes a cancellation of the token give the message up.</summary>
    /// <param name="cancellationToken">The caller's token.</param>
    internal void Watch(CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(
            static state =>
            {
                TelemetrySend send = (TelemetrySend)state!;
                send._engine.CancelTelemetry(send, send.Token);
            },
            this);
    }

    /// <inheritdoc />
    internal override void Complete()
    {
        if (_cancellationToken.CanBeCanceled && !_registration.Unregister())
        {
            // The callback runs or has run and may still look at this object: it must not become another message.
            _mayRecycle = false;
        }

        if (Error == HubErrorCode.None)
        {
            _core.SetResult(true);
        }
        else
        {
            _core.SetException(Error == HubErrorCode.Cancelled
                ? new OperationCanceledException(_cancellationToken)
                : new HubClientException(Error, Detail ?? "The message was not delivered."));
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            if (_mayRecycle)
            {
                _core.Reset();
                _cancellationToken = default;
                _registration = default;
                Detail = null;
                _engine.Recycle(this);
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
