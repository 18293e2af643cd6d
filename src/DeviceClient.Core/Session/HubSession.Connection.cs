namespace DeviceClient.Protocol;

/// <content>Open, close, connect, subscribe, back off.</content>
public sealed partial class HubSession
{
    private int _attempt;
    private int _shortLived;
    private int _refusals;
    private bool _everAccepted;
    private bool _transportActive;
    private long _acceptedAt;
    private HubErrorCode _lastFailure;
    private string? _lastFailureDetail;
    private HubFeature _awaited;
    private HubFeature _refused;
    private int _epoch;

    /// <summary>What the application wants delivered; kept over lost connections and closing.</summary>
    public HubFeature Wanted { get; private set; }

    /// <summary>What the present connection has confirmed.</summary>
    public HubFeature Subscribed { get; private set; }

    /// <summary>Connections the hub accepted since the start.</summary>
    public int Connects { get; private set; }

    /// <summary>Starts connecting, or joins an attempt under way.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <param name="deadline">When the operation gives up, in monotonic milliseconds. The session itself goes on trying until <see cref="Close"/>.</param>
    /// <returns>The operation. It completes when the session is online, when the hub refuses for good, or at its deadline.</returns>
    public int Open(long now, long deadline)
    {
        SessionOperation operation = AddOperation(SessionOperationKind.Open, now, deadline);
        if (State == SessionState.Online)
        {
            CompleteOperation(operation, HubErrorCode.None, null);
        }
        else if (State == SessionState.Closed || State == SessionState.Stopped)
        {
            _attempt = 0;
            _shortLived = 0;
            _refusals = 0;
            _everAccepted = false;
            _lastFailure = HubErrorCode.None;
            _lastFailureDetail = null;
            StartAttempt(SessionInput.Open, now);
        }

        return operation.Id;
    }

    /// <summary>Ends the connection. Every operation and every queued message completes with <paramref name="reason"/>; wanted features stay.</summary>
    /// <param name="reason">Usually <see cref="HubErrorCode.Closed"/>.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void Close(HubErrorCode reason, long now)
    {
        LeaveTransport(true);
        for (int i = 0; i < _deadlines.Length; i++)
        {
            _deadlines[i] = long.MaxValue;
        }

        CompleteAllOperations(reason, "The client was closed.");
        ClearReported();
        _twinAttempt = 0;
        _reportAttempt = 0;
        _credentialRequested = false;
        Outbox.Clear(reason);
        Move(SessionInput.Close, HubErrorCode.None, null, now);
    }

    /// <summary>Says what the application wants delivered. Takes effect at once when connected, otherwise with the next connection.</summary>
    /// <param name="feature">One or more features.</param>
    /// <param name="wanted">Whether they are wanted from now on.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void SetFeature(HubFeature feature, bool wanted, long now)
    {
        if (wanted && (feature & HubFeature.DesiredProperties) != 0)
        {
            feature |= HubFeature.TwinResponses;
        }

        HubFeature changed = wanted ? feature & ~Wanted : feature & Wanted;
        Wanted = wanted ? Wanted | feature : Wanted & ~feature;
        bool accepted = State == SessionState.Subscribing || State == SessionState.Synchronizing || State == SessionState.Online;
        if (changed == HubFeature.None || !accepted)
        {
            return;
        }

        if (wanted)
        {
            RequestSubscriptions(changed & ~(Subscribed | _awaited));
        }
        else
        {
            RequestUnsubscriptions(changed & (Subscribed | _awaited));
            CheckSubscribed(now);
        }
    }

    /// <summary>The transport is open and the hub accepted the connection.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportOpened(long now)
    {
        if (!_transportActive || !Move(SessionInput.TransportOpened, HubErrorCode.None, null, now))
        {
            return;
        }

        Connects++;
        _everAccepted = true;
        _refusals = 0;
        _acceptedAt = now;
        _refused = HubFeature.None;
        ClearDeadline(SessionDeadline.Connect);
        SetDeadline(SessionDeadline.Subscribe, now + _options.SubscribeTimeoutMilliseconds);
        ScheduleRenewal(now);
        Outbox.HandleConnected();

        // Every connection subscribes anew, also when the hub kept the session: one round trip buys certainty (P07).
        RequestSubscriptions(Wanted);
        CheckSubscribed(now);
    }

    /// <summary>The hub refused the connection.</summary>
    /// <param name="error">Why.</param>
    /// <param name="detail">A sentence for people.</param>
    /// <param name="retryAfterSeconds">The wait the service asked for; 0 for none.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportRefused(HubErrorCode error, string? detail, int retryAfterSeconds, long now)
    {
        if (_transportActive)
        {
            DropConnection(error, detail, retryAfterSeconds, now);
        }
    }

    /// <summary>The transport could not be opened: name, TCP, proxy or TLS.</summary>
    /// <param name="error">Why.</param>
    /// <param name="detail">A sentence for people.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportFailed(HubErrorCode error, string? detail, long now)
    {
        HandleTransportClosed(error, detail, now);
    }

    /// <summary>The transport is gone.</summary>
    /// <param name="error"><see cref="HubErrorCode.ConnectionLost"/> when the hub closed it, another code when the network or this side did.</param>
    /// <param name="detail">A sentence for people.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportClosed(HubErrorCode error, string? detail, long now)
    {
        if (!_transportActive)
        {
            return;
        }

        _transportActive = false;
        _queue.ClearWishes();
        ForgetConnection();
        if (State == SessionState.Renewing && _draining)
        {
            // The hub was quicker than the drain; the fresh token is at hand, so this is no failure.
            SwitchTransport(now);
            return;
        }

        FailAttempt(error, detail, 0, now);
    }

    /// <summary>The hub answered a subscription.</summary>
    /// <param name="feature">The one feature subscribed.</param>
    /// <param name="accepted">False when the hub refuses it.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleSubscribed(HubFeature feature, bool accepted, long now)
    {
        if ((_awaited & feature) == 0)
        {
            return;
        }

        _awaited &= ~feature;
        if (accepted)
        {
            Subscribed |= feature;
        }
        else
        {
            _refused |= feature;
            HubNotification told = _queue.AddNotification(HubNotificationKind.FeatureRefused);
            told.Feature = feature;
            told.Error = HubErrorCode.NotSupported;
            told.Detail = "The hub refuses the subscription; its tier or this kind of identity may not have the feature.";
            FailRefusedOperations();
        }

        if (State == SessionState.Subscribing)
        {
            CheckSubscribed(now);
            return;
        }

        if (feature == HubFeature.DesiredProperties && accepted)
        {
            _syncNeeded = true;
        }

        IssueTwinWork(now);
    }

    private void StartAttempt(SessionInput input, long now)
    {
        ClearDeadline(SessionDeadline.BackOff);
        if (_options.Credential == CredentialKind.SasToken && !_clockTrusted)
        {
            Move(SessionInput.TimeMissing, HubErrorCode.WaitingForTime, "A token cannot be made before the wall clock is set; waiting for time synchronization.", now);
            return;
        }

        if (!Move(input, HubErrorCode.None, null, now))
        {
            return;
        }

        SetDeadline(SessionDeadline.Connect, now + _options.ConnectTimeoutMilliseconds);
        if (IsFixedTokenExpired(now))
        {
            FailAttempt(HubErrorCode.CredentialExpired, "The fixed token has expired and nothing renews it; supply a new one or use a key or a token provider.", 0, now);
            return;
        }

        _credentialRequested = true;
        _queue.AddWish(HubWishKind.RequestCredential);
    }

    private void OpenTransport()
    {
        _transportActive = true;
        _epoch++;
        HubWish wish = _queue.AddWish(HubWishKind.OpenTransport);
        wish.Credential = _credential;

        // Every attempt asks for a fresh one; a token need not lie in memory for as long as the connection stands.
        _credential = null;
    }

    private void RequestSubscriptions(HubFeature features)
    {
        for (int bit = 1; bit <= (int)HubFeature.ModuleInputs; bit <<= 1)
        {
            if (((int)features & bit) != 0)
            {
                _awaited |= (HubFeature)bit;
                _queue.AddWish(HubWishKind.Subscribe).Feature = (HubFeature)bit;
            }
        }
    }

    private void RequestUnsubscriptions(HubFeature features)
    {
        for (int bit = 1; bit <= (int)HubFeature.ModuleInputs; bit <<= 1)
        {
            if (((int)features & bit) != 0)
            {
                _awaited &= ~(HubFeature)bit;
                Subscribed &= ~(HubFeature)bit;
                _queue.AddWish(HubWishKind.Unsubscribe).Feature = (HubFeature)bit;
            }
        }
    }

    private void CheckSubscribed(long now)
    {
        if (State != SessionState.Subscribing || _awaited != HubFeature.None)
        {
            return;
        }

        ClearDeadline(SessionDeadline.Subscribe);
        HubFeature needed = HubFeature.DesiredProperties | HubFeature.TwinResponses;
        if ((Subscribed & needed) == needed)
        {
            _syncNeeded = true;
            Move(SessionInput.SubscribedNeedsTwin, HubErrorCode.None, null, now);
            IssueTwinWork(now);
        }
        else
        {
            Move(SessionInput.SubscribedAll, HubErrorCode.None, null, now);
            EnterOnline(now);
        }
    }

    private void EnterOnline(long now)
    {
        SetDeadline(SessionDeadline.Healthy, now + _options.Retry.HealthyMilliseconds);
        CompleteOperations(SessionOperationKind.Open, HubErrorCode.None, null);
        IssueTwinWork(now);
    }

    // The session gives the connection up by itself; the driver closes what is left of it.
    private void DropConnection(HubErrorCode error, string? detail, int retryAfterSeconds, long now)
    {
        _queue.ClearWishes();
        LeaveTransport(false);
        FailAttempt(error, detail, retryAfterSeconds, now);
    }

    private void LeaveTransport(bool graceful)
    {
        if (!_transportActive)
        {
            return;
        }

        _transportActive = false;
        _queue.AddWish(HubWishKind.CloseTransport).Graceful = graceful;
        ForgetConnection();
    }

    private void ForgetConnection()
    {
        _awaited = HubFeature.None;
        Subscribed = HubFeature.None;
        Outbox.HandleDisconnected();
        ForgetRequests();
        ForgetMethods();
        ClearDeadline(SessionDeadline.Subscribe);
        ClearDeadline(SessionDeadline.Healthy);
    }

    private void FailAttempt(HubErrorCode error, string? detail, int retryAfterSeconds, long now)
    {
        _lastFailure = error;
        _lastFailureDetail = detail;
        _credentialRequested = false;
        _draining = false;
        ClearDeadline(SessionDeadline.Connect);
        ClearDeadline(SessionDeadline.Renewal);
        ClearDeadline(SessionDeadline.RenewalDrain);

        if (IsFatal(error) && Move(SessionInput.Refused, error, detail, now))
        {
            CompleteAllOperations(error, detail);
            ClearReported();
            return;
        }

        int atLeast = 0;
        if (CountTakeOver(error, now))
        {
            error = HubErrorCode.IdentityInUseElsewhere;
            detail = "The hub closed two connections in a row soon after accepting them: the same identity is probably connected elsewhere.";
            atLeast = _options.TakeOverBackOffMilliseconds;
        }
        else if (error == HubErrorCode.Unauthorized || error == HubErrorCode.CredentialExpired)
        {
            _refusals++;
            atLeast = _refusals > 1 ? _options.RefusedBackOffMilliseconds : 0;
        }

        _attempt++;
        int delay = _options.Retry.GetDelay(_attempt, retryAfterSeconds, _random);
        SetDeadline(SessionDeadline.BackOff, now + (delay < atLeast ? atLeast + _random.Next(1 + (atLeast / 4)) : delay));
        Move(SessionInput.Lost, error, detail, now);
    }

    // Before the first success a refusal is the installer's to cure; afterwards the device tries for ever, slowly.
    private bool IsFatal(HubErrorCode error)
    {
        if (error == HubErrorCode.CredentialExpired && _options.Credential == CredentialKind.FixedToken)
        {
            return true;
        }

        return !_everAccepted && (error == HubErrorCode.Unauthorized || error == HubErrorCode.CredentialExpired
            || error == HubErrorCode.TlsFailed || error == HubErrorCode.NotSupported);
    }

    private bool CountTakeOver(HubErrorCode error, long now)
    {
        bool accepted = State == SessionState.Subscribing || State == SessionState.Synchronizing || State == SessionState.Online;
        if (!accepted)
        {
            return false;
        }

        bool suspicious = error == HubErrorCode.ConnectionLost && now - _acceptedAt < _options.ShortLivedMilliseconds;
        _shortLived = suspicious ? _shortLived + 1 : 0;
        return _shortLived >= 2;
    }
}
