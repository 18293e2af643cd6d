using System;

namespace DeviceClient.Protocol;

/// <summary>
/// Decides what a device's connection does next: connect, subscribe, compare the twin, renew, back off, send again, report.
/// It has no socket, clock, thread or randomness of its own; the same code drives a board and a Linux process.
/// </summary>
/// <remarks>
/// <para>Four kinds of members. Getters tell the state. Plain verbs (<see cref="Open"/>, <see cref="SendTelemetry"/>,
/// <see cref="GetTwin"/> ...) are what the application wants. <c>Handle...</c> members are facts: the clock, the credential,
/// the transport, an answer. <c>TryTake...</c> members hand out what must be done or told next.</para>
/// <para>After every verb or fact the owner drains <see cref="TryTakeSettled"/>, <see cref="TryTakeNotification"/> and
/// <see cref="TryTakeWish"/> until they answer false, and calls <see cref="HandleTimeout"/> no later than <see cref="NextDeadline"/>.</para>
/// <para>Not thread-safe: one owner, or one lock. <c>now</c> is a monotonic time in milliseconds. Features, handlers and queued
/// telemetry survive lost connections and renewals; queued telemetry ends with <see cref="Close"/>.</para>
/// </remarks>
public sealed partial class HubSession
{
    private readonly HubSessionOptions _options;
    private readonly RandomSource _random;
    private readonly SessionQueue _queue = new SessionQueue();
    private readonly long[] _deadlines = new long[(int)SessionDeadline.Count];

    /// <summary>Makes a closed session.</summary>
    /// <param name="options">Settings; must not change afterwards.</param>
    /// <param name="random">Source of jitter and request ids.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its documented range.</exception>
    public HubSession(HubSessionOptions options, RandomSource random)
    {
        if (options == null)
        {
            throw new ArgumentNullException(nameof(options));
        }

        if (random == null)
        {
            throw new ArgumentNullException(nameof(random));
        }

        RequireAtLeast(options.ConnectTimeoutMilliseconds, 1, nameof(options.ConnectTimeoutMilliseconds));
        RequireAtLeast(options.SubscribeTimeoutMilliseconds, 1, nameof(options.SubscribeTimeoutMilliseconds));
        RequireAtLeast(options.RequestTimeoutMilliseconds, 1, nameof(options.RequestTimeoutMilliseconds));
        RequireAtLeast(options.RenewalDrainMilliseconds, 0, nameof(options.RenewalDrainMilliseconds));
        RequireAtLeast(options.TakeOverBackOffMilliseconds, 0, nameof(options.TakeOverBackOffMilliseconds));
        RequireAtLeast(options.MaxMessageBytes, 1, nameof(options.MaxMessageBytes));
        RequireAtLeast(options.MaxPatchBytes, 2, nameof(options.MaxPatchBytes));
        if (options.MaxInFlight < 1 || options.MaxInFlight > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "HubSessionOptions.MaxInFlight is " + options.MaxInFlight.ToString() + "; it must be 1 to 1,024.");
        }

        _options = options;
        _random = random;
        _lastDesiredVersion = options.LastDesiredVersion;
        _requestIdPrefix = CreateRequestIdPrefix(random);
        _messageIdPrefix = CreateMessageIdPrefix(options.MessageIdPrefix);
        Outbox = new Outbox(options.Outbox);
        for (int i = 0; i < _deadlines.Length; i++)
        {
            _deadlines[i] = long.MaxValue;
        }
    }

    /// <summary>Where the session stands.</summary>
    public SessionState State { get; private set; }

    /// <summary>Why the session is where it is; <see cref="HubErrorCode.None"/> while all is well.</summary>
    public HubErrorCode Reason { get; private set; }

    /// <summary>The reason as a sentence for people, or null.</summary>
    public string? Detail { get; private set; }

    /// <summary>When the present state began, in monotonic milliseconds.</summary>
    public long StateSince { get; private set; }

    /// <summary>When the next attempt to connect starts, in monotonic milliseconds; <see cref="long.MaxValue"/> when none is planned.</summary>
    public long NextAttempt
    {
        get { return State == SessionState.BackingOff ? _deadlines[(int)SessionDeadline.BackOff] : long.MaxValue; }
    }

    /// <summary>When <see cref="HandleTimeout"/> must be called at the latest, in monotonic milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline
    {
        get
        {
            _deadlines[(int)SessionDeadline.Outbox] = Outbox.EarliestExpiry;
            long earliest = long.MaxValue;
            for (int i = 0; i < _deadlines.Length; i++)
            {
                if (_deadlines[i] < earliest)
                {
                    earliest = _deadlines[i];
                }
            }

            return earliest;
        }
    }

    /// <summary>The telemetry on its way, with its counters.</summary>
    public Outbox Outbox { get; }

    /// <summary>Does what is due.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTimeout(long now)
    {
        Outbox.HandleTimeout(now);
        for (int i = 0; i < (int)SessionDeadline.Outbox; i++)
        {
            if (_deadlines[i] <= now)
            {
                _deadlines[i] = long.MaxValue;
                HandleDeadline((SessionDeadline)i, now);
            }
        }
    }

    /// <summary>Takes the next thing the session wants done. Telemetry comes last and only while the connection is ready for it.</summary>
    /// <param name="wish">Overwritten with the wish.</param>
    /// <returns>False when there is nothing to do now.</returns>
    public bool TryTakeWish(HubWish wish)
    {
        if (_queue.TryTakeWish(wish))
        {
            return true;
        }

        bool ready = State == SessionState.Online || State == SessionState.Synchronizing;
        return ready && Outbox.InFlight < _options.MaxInFlight && Outbox.TryTakeNext(wish);
    }

    /// <summary>Takes the next thing the session tells.</summary>
    /// <param name="notification">Overwritten.</param>
    /// <returns>False when there is nothing to tell now.</returns>
    public bool TryTakeNotification(HubNotification notification)
    {
        return _queue.TryTakeNotification(notification);
    }

    /// <summary>Takes the result of one telemetry message. Each accepted message has exactly one.</summary>
    /// <param name="token">The message.</param>
    /// <param name="error"><see cref="HubErrorCode.None"/> when the hub acknowledged it.</param>
    /// <returns>False when no result is left.</returns>
    public bool TryTakeSettled(out long token, out HubErrorCode error)
    {
        return Outbox.TryTakeSettled(out token, out error);
    }

    private static void RequireAtLeast(int value, int minimum, string name)
    {
        if (value < minimum)
        {
            throw new ArgumentOutOfRangeException(nameof(value), "HubSessionOptions." + name + " is " + value.ToString() + "; it must be at least " + minimum.ToString() + ".");
        }
    }

    private void HandleDeadline(SessionDeadline deadline, long now)
    {
        switch (deadline)
        {
            case SessionDeadline.Connect:
                DropConnection(HubErrorCode.Timeout, "The hub did not accept the connection within " + _options.ConnectTimeoutMilliseconds.ToString() + " ms.", 0, now);
                break;
            case SessionDeadline.Subscribe:
                DropConnection(HubErrorCode.Timeout, "The hub did not confirm the subscriptions within " + _options.SubscribeTimeoutMilliseconds.ToString() + " ms.", 0, now);
                break;
            case SessionDeadline.BackOff:
                StartAttempt(SessionInput.BackOffElapsed, now);
                break;
            case SessionDeadline.Renewal:
                HandleRenewalDue(now);
                break;
            case SessionDeadline.RenewalDrain:
                SwitchTransport(now);
                break;
            case SessionDeadline.Healthy:
                _attempt = 0;
                _shortLived = 0;
                break;
            case SessionDeadline.ReportedRetry:
            case SessionDeadline.TwinRetry:
                IssueTwinWork(now);
                break;
            case SessionDeadline.Requests:
                ExpireRequests(now);
                break;
            default:
                ExpireOperations(now);
                break;
        }
    }

    private bool Move(SessionInput input, HubErrorCode reason, string? detail, long now)
    {
        SessionState to;
        SessionState from = State;
        if (!SessionTransitions.TryMove(from, input, out to))
        {
            return false;
        }

        State = to;
        StateSince = now;
        Reason = reason;
        Detail = detail;
        HubNotification told = _queue.AddNotification(HubNotificationKind.StateChanged);
        told.State = to;
        told.PreviousState = from;
        told.Error = reason;
        told.Detail = detail;
        told.NextAttempt = NextAttempt;
        return true;
    }

    private void SetDeadline(SessionDeadline deadline, long at)
    {
        _deadlines[(int)deadline] = at;
    }

    private void ClearDeadline(SessionDeadline deadline)
    {
        _deadlines[(int)deadline] = long.MaxValue;
    }
}
