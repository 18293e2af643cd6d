using DeviceClient.Diagnostics;
using DeviceClient.Protocol;
using DeviceClient.Threading;
using DeviceClient.Transport;
using Microsoft.Extensions.Logging;

namespace DeviceClient.Engine;

/// <summary>Drives the core's session, mapping and MQTT machine: bytes, time and wishes in, bytes and notifications out.</summary>
/// <remarks>
/// One gate guards the machines. User code never runs under it and never on the thread that reads, see
/// <see cref="CompletionPump"/> and <see cref="HandlerLane"/>. After every fact <see cref="Pump"/> carries what the session
/// wants next; the last statement of whoever held the gate is <see cref="Flush"/>.
/// </remarks>
internal sealed partial class HubEngine : TimerEntry
{
    /// <summary>How often an untrusted clock is looked at. Our choice: nobody tells when the system's clock is set.</summary>
    private const int ClockPollMilliseconds = 1000;

    private readonly Lock _gate = new();
    private readonly EngineSettings _settings;
    private readonly ILogger _logger;
    private readonly IEngineObserver _observer;
    private readonly HubSession _session;
    private readonly MqttConnection _mqtt;
    private readonly MqttHubMapping _mapping;
    private readonly HubWish _wish = new();
    private readonly HubNotification _told = new();
    private readonly CompletionPump _continuations;
    private readonly TimerWheel _wheel = TimerWheel.Shared;
    private bool _holdsWish;
    private long _armed = long.MaxValue;
    private long _clockOffset;
    private bool _clockTrusted;
    private bool _disposed;

    internal HubEngine(EngineSettings settings, IEngineObserver observer)
    {
        _settings = settings;
        _observer = observer;
        _logger = settings.Logger;
        _session = new HubSession(settings.Session, CryptographicRandomSource.Shared);
        _mqtt = new MqttConnection(settings.Mqtt);
        _mapping = new MqttHubMapping(settings.Mapping, _session, _mqtt);
        _continuations = new CompletionPump(FlushDeferred, _wheel);
        _status = new ConnectionStatus(ConnectionState.Closed, HubErrorCode.None, settings.Clock.UtcNow);
    }

    private static long Now => Environment.TickCount64;

    /// <summary>True when the hub owes an answer, so that a read buffer will be needed at once.</summary>
    internal bool ExpectsBytes => _mqtt.InFlight > 0 || _session.State != SessionState.Online;

    /// <summary>True when neither a socket nor an armed deadline is left; the pump's watch ends by itself with the continuations it watches.</summary>
    internal bool HasNothingLeft => _link is null && _lastLinkEnded.IsCompleted && Slot < 0;

    /// <summary>Runs continuations that wait, on this thread, then the write they put off. No lock may be held.</summary>
    internal void RunContinuations() => _continuations.Run();

    /// <summary>Has the pool run continuations that wait.</summary>
    internal void RunContinuationsElsewhere() => _continuations.RunAllOnPool();

    /// <inheritdoc />
    protected internal override void OnDue()
    {
        lock (_gate)
        {
            _armed = long.MaxValue;
            if (_disposed)
            {
                return;
            }

            long now = Now;
            ReadClock(now);
            _session.HandleTimeout(now);
            if (_link is not null && _mapping.NextDeadline <= now)
            {
                _mapping.HandleTimeout(now);
            }

            Pump(now);
            if (_session.Outbox.Count == 0)
            {
                TrimSends();
            }
        }

        Flush();
        _continuations.RunOnPool();
    }

    /// <summary>Carries what the session wants and hands on what it tells. The gate is held.</summary>
    private void Pump(long now)
    {
        CheckMachine(now);
        CarryWishes(now);
        TakeSettled();
        while (_session.TryTakeNotification(_told))
        {
            HandleNotification(_told);
        }

        ArmTimer();
    }

    private void CheckMachine(long now)
    {
        if (_link is not null && _mapping.IsFailed)
        {
            LoseLink(_mapping.FailureError, _mapping.FailureDetail, now);
        }
    }

    private void CarryWishes(long now)
    {
        while (_holdsWish || _session.TryTakeWish(_wish))
        {
            _holdsWish = false;
            switch (_wish.Kind)
            {
                case HubWishKind.RequestCredential:
                    StartCredential();
                    break;
                case HubWishKind.OpenTransport:
                    StartLink(_wish.Credential);
                    break;
                case HubWishKind.CloseTransport:
                    CloseLink(_wish.Graceful);
                    break;
                default:
                    if (_link is { IsOpen: true } && !_mapping.TryCarry(_wish, now))
                    {
                        _holdsWish = true;
                        return;
                    }

                    break;
            }
        }
    }

    private void ArmTimer()
    {
        long due = Math.Min(_session.NextDeadline, _link is null ? long.MaxValue : _mapping.NextDeadline);
        if (_session.State == SessionState.WaitingForTime)
        {
            due = Math.Min(due, Now + ClockPollMilliseconds);
        }

        // A deadline that moved away is left to fire early once: moving it with every message would cost more.
        if (due < _armed)
        {
            _armed = due;
            _wheel.Arm(this, due);
        }
    }

    /// <summary>Tells the session the wall clock when it was set or became trusted. The gate is held.</summary>
    private void ReadClock(long now)
    {
        DeviceClock clock = _settings.Clock;
        long unix = clock.UtcNow.ToUnixTimeMilliseconds();
        bool trusted = clock.IsTrusted;
        // Half a second covers the two clocks' drift between looks and their resolution.
        if (trusted != _clockTrusted || Math.Abs(unix - now - _clockOffset) > 500)
        {
            _clockTrusted = trusted;
            _clockOffset = unix - now;
            _session.HandleClock(unix, trusted, now);
        }
    }

    private void OnClockChanged(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            ReadClock(Now);
            Pump(Now);
        }

        Flush();
        _continuations.RunOnPool();
    }
}
