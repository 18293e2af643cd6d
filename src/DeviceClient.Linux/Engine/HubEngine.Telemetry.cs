using System.Diagnostics;
using DeviceClient.Diagnostics;
using DeviceClient.Protocol;

namespace DeviceClient.Engine;

/// <content>Telemetry: hand over, give up, end.</content>
internal sealed partial class HubEngine
{
    private const int SmallestSends = 8;

    /// <summary>Messages on their way, by the low bits of their number; numbers are consecutive, so collisions mean it is too small.</summary>
    private TelemetrySend?[] _sends = new TelemetrySend?[4];

    private TelemetrySend? _freeSends;

    /// <summary>Hands a message over. Its bytes are copied before the call returns.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A task that ends with the hub's acknowledgement.</returns>
    internal ValueTask SendTelemetryAsync(TelemetryMessage message, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        ValueTask task;
        lock (_gate)
        {
            RequireUsable();
            long now = Now;
            HubErrorCode error = _session.SendTelemetry(message, Deadline(now), now, out long token);
            if (error != HubErrorCode.None)
            {
                return ValueTask.FromException(DescribeRefusal(error, message));
            }

            TelemetrySend send = Rent();
            send.Token = token;
            send.Started = HubMetrics.Latency.Enabled ? Stopwatch.GetTimestamp() : 0;
            Track(send);
            task = send.Task;
            if (cancellationToken.CanBeCanceled)
            {
                // Before the message can end: else a registration would outlive it and cancel the object's next message.
                send.Watch(cancellationToken);
            }

            Pump(now);
        }

        HubMetrics.InFlight.Add(1);
        Flush();
        return task;
    }

    /// <summary>Gives a message up; it ends as cancelled unless it ended already.</summary>
    /// <param name="send">The message's object.</param>
    /// <param name="token">The number it had when the token was cancelled.</param>
    internal void CancelTelemetry(TelemetrySend send, long token)
    {
        lock (_gate)
        {
            if (_sends[token & (_sends.Length - 1)] != send || send.Token != token)
            {
                return;
            }

            _session.CancelTelemetry(token, Now);
            Pump(Now);
        }

        _continuations.RunOnPool();
    }

    /// <summary>Takes a finished object back.</summary>
    /// <param name="send">Reset, not in use.</param>
    internal void Recycle(TelemetrySend send)
    {
        lock (_gate)
        {
            send.NextFree = _freeSends;
            _freeSends = send;
        }
    }

    /// <summary>Gives memory back that a burst took. The gate is held, nothing is on its way.</summary>
    private void TrimSends()
    {
        _session.Outbox.TrimIdle();
        _freeSends = null;
        if (_sends.Length > SmallestSends)
        {
            _sends = new TelemetrySend?[SmallestSends];
        }
    }

    private TelemetrySend Rent()
    {
        TelemetrySend? send = _freeSends;
        if (send is null)
        {
            return new TelemetrySend(this);
        }

        _freeSends = send.NextFree;
        send.NextFree = null;
        return send;
    }

    private void Track(TelemetrySend send)
    {
        while (_sends[send.Token & (_sends.Length - 1)] is not null)
        {
            GrowSends();
        }

        _sends[send.Token & (_sends.Length - 1)] = send;
    }

    private void GrowSends()
    {
        TelemetrySend?[] grown = new TelemetrySend?[_sends.Length * 2];
        foreach (TelemetrySend? send in _sends)
        {
            if (send is not null)
            {
                grown[send.Token & (grown.Length - 1)] = send;
            }
        }

        _sends = grown;
    }

    /// <summary>Hands the ends of messages to the pump. The gate is held.</summary>
    private void TakeSettled()
    {
        while (_session.TryTakeSettled(out long token, out HubErrorCode error))
        {
            ref TelemetrySend? slot = ref _sends[token & (_sends.Length - 1)];
            TelemetrySend? send = slot;
            if (send is null || send.Token != token)
            {
                continue;
            }

            slot = null;
            send.Error = error;
            if (error is not (HubErrorCode.None or HubErrorCode.Cancelled))
            {
                DescribeEnd(send);
            }

            CountEnd(send, error);
            _continuations.Add(send);
        }
    }

    private void CountEnd(TelemetrySend send, HubErrorCode error)
    {
        HubMetrics.InFlight.Add(-1);
        if (HubMetrics.Messages.Enabled)
        {
            HubMetrics.Messages.Add(1, _settings.SentTag, new KeyValuePair<string, object?>("outcome", error == HubErrorCode.None ? "acknowledged" : error.ToString()));
        }

        if (send.Started != 0 && error == HubErrorCode.None)
        {
            HubMetrics.Latency.Record(Stopwatch.GetElapsedTime(send.Started).TotalSeconds);
        }
    }

    /// <summary>Says in the error what the connection looked like: only then does a reader know what to do.</summary>
    private void DescribeEnd(TelemetrySend send)
    {
        // The status, not the session: it keeps the last failure through the attempts that follow it.
        HubErrorCode reason = _status!.Reason;
        switch (send.Error)
        {
            case HubErrorCode.Closed:
                send.Detail = "The client was closed before the hub acknowledged the message.";
                break;
            case HubErrorCode.Dropped:
                send.Detail = "The outbox was full and its policy is DropOldest: this message was dropped to make room. Send slower, or raise OutboxMessages and OutboxBytes.";
                break;
            case HubErrorCode.Expired:
                string last = reason == HubErrorCode.None ? "" : $" The connection: {reason}: {_status.Detail}";
                send.Error = reason is HubErrorCode.CredentialExpired or HubErrorCode.Unauthorized or HubErrorCode.WaitingForTime or HubErrorCode.IdentityInUseElsewhere ? reason : HubErrorCode.Timeout;
                send.Detail = $"The hub did not acknowledge the message within OperationTimeout ({_settings.OperationMilliseconds} ms); state {_status.State}.{last}";
                break;
            default:
                send.Detail = $"The message was not delivered: {send.Error}.";
                break;
        }
    }

    private HubClientException DescribeRefusal(HubErrorCode error, TelemetryMessage message) => new(error, error switch
    {
        HubErrorCode.MessageTooLarge => $"The message has {TelemetryEncoder.GetHubSize(message)} bytes with its properties; the hub takes {_settings.Session.MaxMessageBytes} at most and drops the connection above that. It was not sent; split it or upload a file.",
        HubErrorCode.OutboxFull => $"The outbox is full: {_session.Outbox.Count} messages of {_settings.Session.Outbox.MaxMessages}, {_session.Outbox.Bytes} bytes of {_settings.Session.Outbox.CapacityBytes}; state {_session.State}. Send slower, or raise OutboxMessages and OutboxBytes, or choose DropOldest.",
        _ => $"The message was refused: {error}.",
    });
}
