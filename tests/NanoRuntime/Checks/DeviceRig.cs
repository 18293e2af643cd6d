using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>A whole device without a network: session, mapping and MQTT machine joined to a <see cref="ScriptedHub"/> on a
/// virtual clock. Its loop is the one that a platform's client has.</summary>
internal sealed class DeviceRig
{
    private const long StartUnixSeconds = 1900000000;

    private readonly FixedBufferSource _buffers = new FixedBufferSource(1024, 3);
    private readonly HubWish _wish = new HubWish();
    private readonly HubNotification _told = new HubNotification();
    private readonly SasSigner _signer = new SymmetricKeySigner(Hex.Parse("000102030405060708090a0b0c0d0e0f"));
    private bool _isOpen;
    private bool _wishWaits;

    internal DeviceRig()
    {
        MqttConnectionOptions options = new MqttConnectionOptions(_buffers);
        options.OutputBufferBytes = 512;
        options.MaxInboundPacketBytes = 1024;
        options.MaxInFlight = 8;
        HubSessionOptions session = new HubSessionOptions();
        session.MaxInFlight = 8;
        session.Outbox.CapacityBytes = 4096;
        session.Outbox.MaxMessages = 32;
        Session = new HubSession(session, new XorShiftRandom(5));
        MqttHubMappingOptions mapping = new MqttHubMappingOptions();
        mapping.HostName = "h.net";
        mapping.DeviceId = "d";
        Mapping = new MqttHubMapping(mapping, Session, new MqttConnection(options));
    }

    internal ScriptedHub Hub { get; } = new ScriptedHub();

    internal HubSession Session { get; }

    internal MqttHubMapping Mapping { get; }

    internal long Now { get; private set; } = 1000;

    /// <summary>Seconds that a new token lives.</summary>
    internal int TokenLifeSeconds { get; set; } = 3600;

    /// <summary>True while no network is there: opening fails at once.</summary>
    internal bool IsCut { get; set; }

    /// <summary>States entered, by their numbers.</summary>
    internal string States { get; private set; } = "";

    /// <summary>What the session told besides its state.</summary>
    internal string Told { get; private set; } = "";

    /// <summary>Telemetry results as <c>token:error </c>.</summary>
    internal string Settled { get; private set; } = "";

    internal long LastToken { get; private set; }

    internal HubErrorCode LastError { get; private set; }

    internal void Open(HubFeature features)
    {
        Session.HandleClock((StartUnixSeconds * 1000) + Now, true, Now);
        if (features != HubFeature.None)
        {
            Session.SetFeature(features, true, Now);
        }

        Session.Open(Now, Now + 60000);
        Pump();
    }

    internal HubErrorCode Send(string payload)
    {
        HubErrorCode error = Session.SendTelemetry(new TelemetryMessage(Utf8Text.GetBytes(payload)), long.MaxValue, Now, out long _);
        Pump();
        return error;
    }

    internal int Report(string patch)
    {
        byte[] bytes = Utf8Text.GetBytes(patch);
        Session.ReportProperties(bytes, 0, bytes.Length, Now, Now + 30000, out int operation);
        Pump();
        return operation;
    }

    /// <summary>Delivers what the hub wrote by itself.</summary>
    internal void Deliver()
    {
        Pump();
    }

    /// <summary>The network goes away under an open connection.</summary>
    internal void Cut()
    {
        IsCut = true;
        CloseTransport();
        Session.HandleTransportClosed(HubErrorCode.NetworkUnavailable, "cut", Now);
        Pump();
    }

    /// <summary>Jumps from deadline to deadline until the time has passed.</summary>
    internal void Advance(long milliseconds)
    {
        long until = Now + milliseconds;
        for (int i = 0; i < 10000; i++)
        {
            long next = Session.NextDeadline;
            if (_isOpen && Mapping.NextDeadline < next)
            {
                next = Mapping.NextDeadline;
            }

            if (next > until)
            {
                next = until;
            }

            Now = next > Now ? next : Now;
            Session.HandleTimeout(Now);
            if (_isOpen)
            {
                Mapping.HandleTimeout(Now);
            }

            Pump();
            if (Now >= until && Session.NextDeadline > Now)
            {
                return;
            }
        }

        throw new System.InvalidOperationException("The deadlines do not move on.");
    }

    /// <summary>Does everything that can be done at this moment.</summary>
    internal void Pump()
    {
        bool busy = true;
        while (busy)
        {
            busy = Drain();
            while (_wishWaits || Session.TryTakeWish(_wish))
            {
                _wishWaits = !Carry();
                if (_wishWaits)
                {
                    break;
                }

                busy = true;
            }

            busy |= Exchange();
            if (_isOpen && Mapping.IsFailed)
            {
                HubErrorCode error = Mapping.FailureError;
                string detail = Mapping.FailureDetail;
                CloseTransport();
                Session.HandleTransportClosed(error, detail, Now);
                busy = true;
            }
        }
    }

    private bool Drain()
    {
        bool any = false;
        while (Session.TryTakeSettled(out long token, out HubErrorCode error))
        {
            Settled += token.ToString() + ":" + ((int)error).ToString() + " ";
            any = true;
        }

        while (Session.TryTakeNotification(_told))
        {
            any = true;
            if (_told.Kind == HubNotificationKind.StateChanged)
            {
                States += ((int)_told.State).ToString();
                continue;
            }

            LastToken = _told.Token;
            LastError = _told.Error;
            string body = _told.Body == null ? "" : Utf8Text.GetString(_told.Body, 0, _told.Body.Length);
            Told += Name(_told.Kind) + (_told.Name == null ? "" : " " + _told.Name) + (_told.Error == HubErrorCode.None ? "" : " error " + ((int)_told.Error).ToString())
                + (_told.Version < 0 ? "" : " v" + _told.Version.ToString()) + (_told.IsFullDocument ? " full" : "") + (body.Length == 0 ? "" : " " + body) + ";";
        }

        return any;
    }

    private static string Name(HubNotificationKind kind)
    {
        switch (kind)
        {
            case HubNotificationKind.OperationCompleted:
                return "done";
            case HubNotificationKind.DesiredPropertiesChanged:
                return "desired";
            case HubNotificationKind.MethodRequested:
                return "method";
            case HubNotificationKind.MessageReceived:
                return "message";
            default:
                return "kind " + ((int)kind).ToString();
        }
    }

    private bool Carry()
    {
        switch (_wish.Kind)
        {
            case HubWishKind.RequestCredential:
                long expiry = StartUnixSeconds + (Now / 1000) + TokenLifeSeconds;
                Session.HandleCredential(SasToken.Create("h.net/devices/d", null, expiry, _signer), expiry, Now);
                return true;
            case HubWishKind.OpenTransport:
                if (IsCut)
                {
                    Session.HandleTransportFailed(HubErrorCode.NetworkUnavailable, "cut", Now);
                    return true;
                }

                _isOpen = true;
                Hub.Reset();
                Mapping.HandleTransportReady(_wish.Credential, Now);
                return true;
            case HubWishKind.CloseTransport:
                if (_isOpen && _wish.Graceful)
                {
                    Mapping.TryDisconnect();
                    Exchange();
                }

                CloseTransport();
                return true;
            default:
                return !_isOpen || Mapping.TryCarry(_wish, Now);
        }
    }

    private void CloseTransport()
    {
        if (_isOpen)
        {
            _isOpen = false;
            Mapping.HandleTransportClosed();
        }
    }

    private bool Exchange()
    {
        bool any = false;
        byte[]? output = _isOpen ? Mapping.TakeOutput(out int count, Now) : Nothing(out count);
        while (output != null)
        {
            any = true;
            Hub.Receive(output, count);
            _buffers.Return(output);
            output = Mapping.TakeOutput(out count, Now);
        }

        byte[] answers = _isOpen ? Hub.TakeAnswers() : new byte[0];
        if (answers.Length > 0)
        {
            any = true;
            Mapping.HandleReceived(answers, 0, answers.Length, Now);
        }

        return any;
    }

    private static byte[]? Nothing(out int count)
    {
        count = 0;
        return null;
    }
}
