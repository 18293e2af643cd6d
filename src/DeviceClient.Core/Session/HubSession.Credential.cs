namespace DeviceClient.Protocol;

/// <content>Clock, tokens and their renewal.</content>
public sealed partial class HubSession
{
    private bool _clockTrusted;
    private long _clockOffsetMilliseconds;   // wall clock minus monotonic time
    private bool _credentialRequested;
    private bool _draining;
    private string? _credential;
    private long _issuedUnixSeconds;
    private long _expiresUnixSeconds;
    private int _renewalAttempt;
    private int _renewalJitterPermille;

    /// <summary>When the present credential ends, in seconds since 1970; 0 when it does not or nobody knows.</summary>
    public long CredentialExpiresUnixSeconds
    {
        get { return _expiresUnixSeconds; }
    }

    /// <summary>Tells the wall clock. Call it at the start and whenever the clock was set.</summary>
    /// <param name="unixMilliseconds">Milliseconds since 1970.</param>
    /// <param name="trusted">False while the clock may be wrong, for example before time synchronization.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleClock(long unixMilliseconds, bool trusted, long now)
    {
        _clockTrusted = trusted;
        _clockOffsetMilliseconds = unixMilliseconds - now;
        if (!trusted)
        {
            return;
        }

        if (State == SessionState.WaitingForTime)
        {
            StartAttempt(SessionInput.TimeTrusted, now);
        }
        else if (_deadlines[(int)SessionDeadline.Renewal] != long.MaxValue)
        {
            ScheduleRenewal(now);
        }
    }

    /// <summary>The credential that <see cref="HubWishKind.RequestCredential"/> asked for.</summary>
    /// <param name="token">The shared access signature; null for a client certificate.</param>
    /// <param name="expiresUnixSeconds">Its end in seconds since 1970; 0 when it has none.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleCredential(string? token, long expiresUnixSeconds, long now)
    {
        if (!_credentialRequested)
        {
            return;
        }

        _credentialRequested = false;
        if (State != SessionState.Connecting && State != SessionState.Online)
        {
            return;
        }

        _credential = token;
        _expiresUnixSeconds = expiresUnixSeconds;
        _issuedUnixSeconds = UnixSeconds(now);
        _renewalAttempt = 0;
        _renewalJitterPermille = _random.Next(51);
        if (State == SessionState.Connecting)
        {
            OpenTransport();
            return;
        }

        Move(SessionInput.RenewalDue, HubErrorCode.None, "Planned reconnect with a fresh token.", now);
        ClearDeadline(SessionDeadline.Healthy);
        _draining = true;
        SetDeadline(SessionDeadline.RenewalDrain, now + _options.RenewalDrainMilliseconds);
        CheckDrained(now);
    }

    /// <summary>The credential could not be made.</summary>
    /// <param name="error">Why.</param>
    /// <param name="detail">A sentence for people, without secrets.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleCredentialFailed(HubErrorCode error, string? detail, long now)
    {
        if (!_credentialRequested)
        {
            return;
        }

        _credentialRequested = false;
        if (State == SessionState.Connecting)
        {
            FailAttempt(error, detail, 0, now);
        }
        else if (State == SessionState.Online)
        {
            // The old token still holds: try again well before it ends, and let the application know.
            _renewalAttempt++;
            SetDeadline(SessionDeadline.Renewal, now + _options.Retry.GetDelay(_renewalAttempt, 0, _random));
            AddExpiring(error, detail);
        }
    }

    private long UnixSeconds(long now)
    {
        return (now + _clockOffsetMilliseconds) / 1000;
    }

    private bool IsFixedTokenExpired(long now)
    {
        return _options.Credential == CredentialKind.FixedToken && _clockTrusted
            && _expiresUnixSeconds > 0 && UnixSeconds(now) >= _expiresUnixSeconds;
    }

    private void ScheduleRenewal(long now)
    {
        if (_expiresUnixSeconds <= 0 || !_clockTrusted)
        {
            ClearDeadline(SessionDeadline.Renewal);
            return;
        }

        long due = SasToken.RenewalTime(_issuedUnixSeconds, _expiresUnixSeconds, _renewalJitterPermille);
        long wait = (due * 1000) - (now + _clockOffsetMilliseconds);

        // At least a second, so that a token that is past its time already cannot spin.
        SetDeadline(SessionDeadline.Renewal, now + (wait < 1000 ? 1000 : wait));
    }

    private void HandleRenewalDue(long now)
    {
        if (_options.Credential != CredentialKind.SasToken)
        {
            AddExpiring(HubErrorCode.None, _options.Credential == CredentialKind.FixedToken
                ? "The fixed token nears its end and nothing renews it."
                : "The client certificate nears its end.");
            return;
        }

        if (State == SessionState.Online && !_credentialRequested)
        {
            _credentialRequested = true;
            _queue.AddWish(HubWishKind.RequestCredential);
        }
        else
        {
            SetDeadline(SessionDeadline.Renewal, now + 1000);
        }
    }

    private void AddExpiring(HubErrorCode error, string? detail)
    {
        HubNotification told = _queue.AddNotification(HubNotificationKind.CredentialExpiring);
        told.Error = error;
        told.Detail = detail;
        told.Version = _expiresUnixSeconds;
    }

    // Renewing waits for what is in flight, so that a planned reconnect fails nothing and sends nothing twice.
    private void CheckDrained(long now)
    {
        if (_draining && Outbox.InFlight == 0 && _requestCount == 0)
        {
            SwitchTransport(now);
        }
    }

    private void SwitchTransport(long now)
    {
        _draining = false;
        ClearDeadline(SessionDeadline.RenewalDrain);
        ClearDeadline(SessionDeadline.Renewal);
        LeaveTransport(true);
        SetDeadline(SessionDeadline.Connect, now + _options.ConnectTimeoutMilliseconds);
        OpenTransport();
    }
}
