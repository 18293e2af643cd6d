using System.Globalization;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator;

/// <summary>
/// A device or module connected over MQTT: the hub's side of one session. This part opens, watches and closes the connection; the
/// other parts hold a feature each. Packets arrive on one thread at a time, notices from the hub on any.
/// </summary>
internal sealed partial class MqttDeviceLink : DeviceLink, IMqttPeer
{
    /// <summary>Longest silence the hub accepts, whatever keep-alive the client asked for. Source: iot-mqtt-connect-to-iot-hub.md (29.45 min).</summary>
    private const int SilenceCapSeconds = 1767;

    private readonly HubState _hub;
    private readonly MqttWire _wire;
    private readonly MqttUserName _name;
    private readonly MqttConnectPacket _connect;
    private readonly DeviceAdmission _admission;
    private readonly HubTopics _topics;
    private readonly TelemetryOrigin _origin;
    private readonly DateTimeOffset _since;
    private readonly List<ITimer> _timers = [];
    private readonly TimeSpan _silenceLimit;
    private MqttSessionState _session = new();
    private HubFault? _connectFault;
    private ITimer? _silenceTimer;
    private long _lastInbound;
    private int _closed;

    internal MqttDeviceLink(
        HubState hub, MqttWire wire, MqttUserName name, MqttConnectPacket connect, DeviceAdmission admission, HubFault? connectFault)
        : base(admission.Identity!)
    {
        _hub = hub;
        _wire = wire;
        _name = name;
        _connect = connect;
        _admission = admission;
        _connectFault = connectFault;
        _since = hub.Time.GetUtcNow();
        _topics = new HubTopics(Identity);
        _origin = new TelemetryOrigin(Identity, admission.Scope, admission.Type, name.ModelId, hub.Behavior.AuthMethodNamesIpFilter);
        double asked = connect.KeepAlivePeriod * 1.5;
        bool endless = connect.KeepAlivePeriod == 0 && !hub.Behavior.KeepAliveZeroIsCapped;
        _silenceLimit = endless ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromSeconds(connect.KeepAlivePeriod == 0 ? SilenceCapSeconds : Math.Min(asked, SilenceCapSeconds));
        CheckWill();
    }

    internal override bool TakesMethods => _closed == 0 && _session.Qos(HubTopics.Methods) >= 0;

    internal override HubConnectionInfo Describe() => new()
    {
        DeviceId = Identity.DeviceId,
        ModuleId = Identity.ModuleId,
        Protocol = _wire.Transport.Protocol,
        RemoteEndPoint = _wire.Transport.RemoteEndPoint,
        Since = _since,
        AuthenticationType = _admission.Type,
        TokenExpiry = _admission.TokenExpiry,
        CleanSession = _connect.CleanSession,
        KeepAliveSeconds = _connect.KeepAlivePeriod,
        ApiVersion = _name.ApiVersion,
        ClientType = _name.ClientType,
        ModelId = _name.ModelId,
        Subscriptions = _session.Filters,
    };

    /// <summary>Sends CONNACK and starts delivering; false when the identity went away meanwhile.</summary>
    internal bool Open()
    {
        _lastInbound = _hub.Time.GetTimestamp();
        if (!_hub.Connections.Attach(this))
        {
            return false;
        }

        if (_name.ModelId.Length > 0)
        {
            _hub.Twins.SetModelId(Identity, _name.ModelId);
        }

        string credential = _admission.TokenExpiry is DateTimeOffset expiry
            ? string.Create(CultureInfo.InvariantCulture, $"{_admission.Type} until {expiry:yyyy-MM-dd HH:mm:ss}Z")
            : _admission.Type;
        _hub.Log.Write(HubLogEvent.Connected, 0, Identity.Id, $"{_wire.Transport.Protocol} from {_wire.Transport.RemoteEndPoint}, {credential}, clean session {(_connect.CleanSession ? 1 : 0)}, keep-alive {_connect.KeepAlivePeriod} s, api-version '{_name.ApiVersion}'.");
        _wire.Flush();
        StartTimers();
        if (!Identity.IsEnabled && _hub.Behavior.DropDisabledAtOnce)
        {
            // Disabled or removed between the check and the attachment, when there was no link to close yet.
            Close(403012, "The identity was disabled or removed while it connected.");
            return true;
        }

        if (_hub.Behavior.CleanSessionDiscardsMessages && _connect.CleanSession && Identity is HubDevice device)
        {
            device.Messages.Purge();
        }

        CloudToDeviceAvailable();
        return true;
    }

    internal override void Attaching()
    {
        bool present = false;
        if (_connect.CleanSession)
        {
            Identity.MqttSession = null;
        }
        else
        {
            present = Identity.MqttSession is not null;
            _session = Identity.MqttSession ??= _session;
        }

        if (_connectFault?.Rule.Action != HubFaultAction.Swallow)
        {
            _wire.Send(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionAccepted, IsSessionPresent = present });
        }

        _connectFault = null;
    }

    public void Touch()
    {
        if (_silenceLimit != Timeout.InfiniteTimeSpan)
        {
            Volatile.Write(ref _lastInbound, _hub.Time.GetTimestamp());
        }
    }

    public bool Handle(MqttPacket packet)
    {
        if (_closed != 0)
        {
            // Cut by another thread or by a fault: what is left of the batch never arrived.
            return false;
        }

        switch (packet)
        {
            case MqttPublishPacket publish:
                HandlePublish(publish);
                return true;
            case MqttPubAckPacket acknowledge:
                HandleAcknowledge(acknowledge.PacketIdentifier);
                return true;
            case MqttSubscribePacket subscribe:
                HandleSubscribe(subscribe);
                return true;
            case MqttUnsubscribePacket unsubscribe:
                HandleUnsubscribe(unsubscribe);
                return true;
            case MqttPingReqPacket:
                Emit(HubFaultPoint.PingResponse, MqttPingRespPacket.Instance);
                return true;
            case MqttDisconnectPacket:
                return false;
            default:
                throw new MqttViolationException(400004, $"{packet.GetType().Name} is not a packet the hub takes: it knows QoS 0 and 1 only.");
        }
    }

    internal override void Close(int code, string reason)
    {
        if (TryCut())
        {
            Finish(code, reason);
        }
    }

    public void Closed(int code, string reason) => Close(code, reason);

    private bool TryCut()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return false;
        }

        _wire.Abort();
        return true;
    }

    private void Finish(int code, string reason)
    {
        _hub.Log.Write(HubLogEvent.Closed, code, Identity.Id, reason);
        lock (_timers)
        {
            _timers.ForEach(static timer => timer.Dispose());
            _timers.Clear();
        }

        _hub.Connections.Detach(this);
        ReleaseMessages();
        _hub.Methods.LinkClosed(this);
        if (code != 0)
        {
            SendWill();
        }

        if (_hub.Faults.Take(HubFaultPoint.Disconnected, Identity) is HubFault fault)
        {
            Suffer(fault.Rule);
        }
    }

    private void StartTimers()
    {
        if (_silenceLimit != Timeout.InfiniteTimeSpan)
        {
            _silenceTimer = StartTimer(CheckSilence, _silenceLimit);
        }

        if (_admission.TokenExpiry is DateTimeOffset expiry)
        {
            // Within the skew an expired token opens a connection; that one lives until the skew is used up.
            DateTimeOffset end = expiry > _since ? expiry : expiry + _hub.Behavior.TokenExpirySkew;
            TimeSpan life = end - _hub.Time.GetUtcNow();

            // The timer takes no more than 49 days; a longer token is looked at again then.
            TimeSpan step = TimeSpan.FromDays(40);
            StartTimer(() => CheckExpiry(end), life < TimeSpan.Zero ? TimeSpan.Zero : life < step ? life : step);
        }
    }

    private void CheckExpiry(DateTimeOffset end)
    {
        TimeSpan left = end - _hub.Time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            Close(401003, $"The token expired at {_admission.TokenExpiry:O}; MQTT cannot renew it on a live connection. Reconnect with a fresh token.");
            return;
        }

        StartTimer(() => CheckExpiry(end), left);
    }

    private void CheckSilence()
    {
        TimeSpan silent = _hub.Time.GetElapsedTime(Volatile.Read(ref _lastInbound));
        if (silent >= _silenceLimit && !_wire.IsStalled)
        {
            Close(404104, string.Create(CultureInfo.InvariantCulture, $"Nothing came from the device for {silent.TotalSeconds:0.#} s; keep-alive is {_connect.KeepAlivePeriod} s, the hub waits 1.5 times that, at most {SilenceCapSeconds} s."));
            return;
        }

        TimeSpan left = _silenceLimit - silent;
        _silenceTimer?.Change(left > TimeSpan.Zero ? left : _silenceLimit, Timeout.InfiniteTimeSpan);
    }

    private ITimer? StartTimer(Action action, TimeSpan due)
    {
        lock (_timers)
        {
            if (_closed != 0)
            {
                return null;
            }

            ITimer timer = _hub.Time.CreateTimer(static state => ((Action)state!)(), action, due, Timeout.InfiniteTimeSpan);
            _timers.Add(timer);
            return timer;
        }
    }
}
