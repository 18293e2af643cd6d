using System;

namespace DeviceClient.Protocol;

/// <summary>Decides what a registration with DPS does next: connect, register, poll, wait, try again, end.</summary>
/// <remarks>
/// <para>Without I/O, clock, thread or randomness of its own, and without knowing whether MQTT or HTTPS carries it. Getters tell the state.
/// <see cref="Register(long)"/> and <see cref="Cancel"/> are what the application wants. <c>Handle...</c> members are facts.
/// After each of them the owner drains <see cref="TryTakeWish"/> and <see cref="TryTakeResult"/>, and it calls <see cref="HandleTimeout"/> no later
/// than <see cref="NextDeadline"/>.</para>
/// <para>Every registration ends in exactly one result, at the latest at its overall deadline; then another may be started on the same
/// object, whatever the result was. Not thread-safe: one owner, or one lock. <c>now</c> is a monotonic time in milliseconds.</para>
/// </remarks>
public sealed class ProvisioningSession
{
    private readonly ProvisioningOptions _options;
    private readonly RandomSource _random;
    private readonly long[] _deadlines = new long[(int)ProvisioningDeadline.Count];
    private readonly ByteWriter _body = new ByteWriter(0, ProvisioningOptions.MaxBodyBytes);
    private readonly string _requestPrefix;
    private int _requestCount;
    private string _requestId = "";
    private string _operationId = "";
    private int _failures;
    private bool _transportOpen;
    private bool _closeWanted;
    private ProvisioningWishKind _wanted;
    private ProvisioningAnswer? _lastAnswer;
    private string _lastTrouble = "";
    private ProvisioningResult? _result;

    /// <summary>Makes an idle session.</summary>
    /// <param name="options">Settings; must not change afterwards.</param>
    /// <param name="random">Source of jitter and request ids.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public ProvisioningSession(ProvisioningOptions options, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(options, nameof(options));
        ArgumentNullException.ThrowIfNull(random, nameof(random));
        _options = options;
        _random = random;

        // Answers to an earlier session over the same connection must not be taken for this one's.
        _requestPrefix = random.Next(1000000000).ToString() + "-";
        ClearDeadlines();
    }

    /// <summary>Where the registration stands.</summary>
    public ProvisioningState State { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must be called at the latest, in monotonic milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline
    {
        get
        {
            long earliest = long.MaxValue;
            for (int i = 0; i < _deadlines.Length; i++)
            {
                earliest = _deadlines[i] < earliest ? _deadlines[i] : earliest;
            }

            return earliest;
        }
    }

    /// <summary>Starts a registration without a custom payload.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <exception cref="InvalidOperationException">One is under way.</exception>
    public void Register(long now)
    {
        Register(null, 0, 0, now);
    }

    /// <summary>Starts a registration.</summary>
    /// <param name="payload">Holds JSON for custom allocation, for example <c>{"modelId":"dtmi:..."}</c>; null for none. It is copied.</param>
    /// <param name="offset">First byte of the JSON.</param>
    /// <param name="count">Number of bytes of the JSON.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <exception cref="InvalidOperationException">One is under way.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the payload.</exception>
    /// <exception cref="ArgumentException">The payload is not JSON, or too large for <see cref="ProvisioningOptions.MaxBodyBytes"/>.</exception>
    public void Register(byte[]? payload, int offset, int count, long now)
    {
        if (!ProvisioningTransitions.TryMove(State, ProvisioningInput.Register, out ProvisioningState _))
        {
            throw new InvalidOperationException("A registration of '" + _options.RegistrationId + "' is under way (state " + ((int)State).ToString() + "); wait for its result or cancel it.");
        }

        WriteBody(payload, offset, count);
        _operationId = "";
        _failures = 0;
        _lastAnswer = null;
        _lastTrouble = "";
        _result = null;
        _deadlines[(int)ProvisioningDeadline.Overall] = now + _options.TimeoutMilliseconds;
        Move(ProvisioningInput.Register, 0, now);
    }

    /// <summary>Ends a registration with <see cref="HubErrorCode.Cancelled"/>. Does nothing when none is under way.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void Cancel(long now)
    {
        End(new ProvisioningResult(HubErrorCode.Cancelled, "The registration was cancelled."), _lastAnswer, now);
    }

    /// <summary>Takes the next thing to be done.</summary>
    /// <param name="wish">Overwritten with the wish.</param>
    /// <returns>False when there is nothing to do now.</returns>
    /// <exception cref="ArgumentNullException">The wish is null.</exception>
    public bool TryTakeWish(ProvisioningWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish, nameof(wish));
        wish.Kind = _closeWanted ? ProvisioningWishKind.CloseTransport : _wanted;
        bool sends = wish.Kind == ProvisioningWishKind.SendRegister || wish.Kind == ProvisioningWishKind.SendPoll;
        wish.RequestId = sends ? _requestId : "";
        wish.OperationId = wish.Kind == ProvisioningWishKind.SendPoll ? _operationId : "";
        wish.Body = _body.Buffer;
        wish.BodyCount = wish.Kind == ProvisioningWishKind.SendRegister ? _body.Count : 0;
        if (_closeWanted)
        {
            _closeWanted = false;
        }
        else
        {
            _wanted = ProvisioningWishKind.None;
        }

        return wish.Kind != ProvisioningWishKind.None;
    }

    /// <summary>Takes the result, once for each registration.</summary>
    /// <param name="result">The result, or null.</param>
    /// <returns>True when there was one.</returns>
    public bool TryTakeResult(out ProvisioningResult? result)
    {
        result = _result;
        _result = null;
        return result != null;
    }

    /// <summary>The transport is open and answers can come: over MQTT after the subscription was confirmed.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportOpened(long now)
    {
        if (State == ProvisioningState.Connecting)
        {
            // The operation goes on at the service while the link is down, and each register request is billed: poll on.
            Move(_operationId.Length == 0 ? ProvisioningInput.Opened : ProvisioningInput.Resumed, 0, now);
        }
    }

    /// <summary>The transport could not be opened, or it is gone without having been asked to. Leads to another attempt.</summary>
    /// <param name="detail">Why, for people; null when nobody knows.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportClosed(string? detail, long now)
    {
        _transportOpen = false;
        Lose(detail ?? "The connection to the provisioning service was lost.", 0, now);
    }

    /// <summary>The service refused the connection itself (CONNACK). Ends the registration unless the reason is transient.</summary>
    /// <param name="error">Throttled and ServiceUnavailable lead to another attempt; everything else is final.</param>
    /// <param name="detail">Why, for people.</param>
    /// <param name="retryAfterSeconds">What the service asked for; 0 when it did not.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportRefused(HubErrorCode error, string detail, int retryAfterSeconds, long now)
    {
        if (error == HubErrorCode.Throttled || error == HubErrorCode.ServiceUnavailable)
        {
            Lose(detail, retryAfterSeconds, now);
        }
        else
        {
            End(new ProvisioningResult(error, detail), null, now);
        }
    }

    /// <summary>An answer came. One to an earlier request is ignored.</summary>
    /// <param name="requestId">Id of the request it answers.</param>
    /// <param name="status">HTTP-like status.</param>
    /// <param name="retryAfterSeconds">The wait that the service asks for; 0 when it does not.</param>
    /// <param name="body">Holds the body; it is copied where it is needed later.</param>
    /// <param name="offset">First byte of the body.</param>
    /// <param name="count">Number of bytes of the body.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <returns>False when the answer was not waited for.</returns>
    /// <exception cref="ArgumentNullException">The body is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the body.</exception>
    public bool HandleAnswer(string requestId, int status, int retryAfterSeconds, byte[] body, int offset, int count, long now)
    {
        ArgumentNullException.ThrowIfNull(body, nameof(body));
        if (offset < 0 || count < 0 || count > body.Length - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(count), "The body at offset " + offset.ToString() + " with " + count.ToString() + " bytes is outside the buffer of " + body.Length.ToString() + " bytes.");
        }

        if ((State != ProvisioningState.Registering && State != ProvisioningState.Polling) || requestId != _requestId)
        {
            return false;
        }

        // A copy, as the timeout's result may still need its error text.
        byte[] copy = new byte[count];
        Array.Copy(body, offset, copy, 0, count);
        Judge(new ProvisioningAnswer(status, retryAfterSeconds, copy, 0, count), now);
        return true;
    }

    /// <summary>Does what is due.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTimeout(long now)
    {
        if (_deadlines[(int)ProvisioningDeadline.Overall] <= now)
        {
            string text = "The registration did not end within " + _options.TimeoutMilliseconds.ToString() + " ms.";
            End(new ProvisioningResult(HubErrorCode.Timeout, _lastTrouble.Length == 0 ? text : text + " Last: " + _lastTrouble), _lastAnswer, now);
        }
        else if (_deadlines[(int)ProvisioningDeadline.Step] <= now)
        {
            Lose(State == ProvisioningState.Connecting
                ? "The provisioning service could not be reached within " + _options.ConnectTimeoutMilliseconds.ToString() + " ms."
                : "The provisioning service did not answer within " + _options.RequestTimeoutMilliseconds.ToString() + " ms.", 0, now);
        }
        else if (_deadlines[(int)ProvisioningDeadline.Delay] <= now)
        {
            Move(ProvisioningInput.DelayElapsed, 0, now);
        }
    }

    private void WriteBody(byte[]? payload, int offset, int count)
    {
        if (payload != null && !JsonReader.IsValid(payload, offset, count))
        {
            throw new ArgumentException("The payload of " + count.ToString() + " bytes is not JSON; custom allocation takes one JSON value in UTF-8.", nameof(payload));
        }

        _body.Clear();
        JsonWriter json = new JsonWriter(_body);
        json.WriteStartObject();
        json.WriteName("registrationId");
        json.WriteString(_options.RegistrationId);
        if (payload != null)
        {
            json.WriteName("payload");
            json.WriteRaw(payload, offset, count);
        }

        json.WriteEndObject();
        if (_body.Overflowed)
        {
            throw new ArgumentException("The payload of " + count.ToString() + " bytes makes the request longer than " + ProvisioningOptions.MaxBodyBytes.ToString() + " bytes; send less.", nameof(payload));
        }
    }

    private void Judge(ProvisioningAnswer answer, long now)
    {
        _lastAnswer = answer;
        if (answer.IsRetryable)
        {
            _lastTrouble = answer.Describe();
            _failures++;
            Move(ProvisioningInput.Throttled, _options.Retry.GetDelay(_failures, answer.RetryAfterSeconds, _random), now);
            return;
        }

        string operation = answer.OperationId ?? _operationId;
        bool atWork = answer.ServiceStatus >= 200 && answer.ServiceStatus <= 299 && answer.Status != null && !answer.IsTerminal;
        if (!atWork)
        {
            End(answer.Status == null && answer.IsObject && answer.ServiceStatus <= 299 ? CreateUnreadable(answer, "a status") : answer.ToResult(), answer, now);
        }
        else if (operation.Length == 0)
        {
            End(CreateUnreadable(answer, "an operation id"), answer, now);
        }
        else
        {
            _operationId = operation;
            _failures = 0;
            _lastTrouble = "The service says '" + answer.Status + "'.";
            int seconds = answer.RetryAfterSeconds > 0 ? answer.RetryAfterSeconds : _options.DefaultPollSeconds;
            Move(ProvisioningInput.Assigning, _options.Retry.GetDelay(1, seconds, _random), now);
        }
    }

    private static ProvisioningResult CreateUnreadable(ProvisioningAnswer answer, string missing)
    {
        return new ProvisioningResult(HubErrorCode.ProtocolError, "The provisioning service answered " + answer.ServiceStatus.ToString() + " without " + missing + ".");
    }

    private void Lose(string trouble, int retryAfterSeconds, long now)
    {
        if (ProvisioningTransitions.TryMove(State, ProvisioningInput.Lost, out ProvisioningState _))
        {
            _lastTrouble = trouble;
            _failures++;
            Move(ProvisioningInput.Lost, _options.Retry.GetDelay(_failures, retryAfterSeconds, _random), now);
        }
    }

    private void End(ProvisioningResult result, ProvisioningAnswer? answer, long now)
    {
        if (ProvisioningTransitions.TryMove(State, ProvisioningInput.Ended, out ProvisioningState _))
        {
            answer?.Complete(result);
            _result = result;
            _lastAnswer = null;
            Move(ProvisioningInput.Ended, 0, now);
        }
    }

    // The only place where the state changes; what a state needs is arranged on entry.
    private void Move(ProvisioningInput input, int delayMilliseconds, long now)
    {
        if (!ProvisioningTransitions.TryMove(State, input, out ProvisioningState to))
        {
            return;
        }

        State = to;
        _wanted = ProvisioningWishKind.None;
        _deadlines[(int)ProvisioningDeadline.Step] = long.MaxValue;
        _deadlines[(int)ProvisioningDeadline.Delay] = long.MaxValue;
        switch (to)
        {
            case ProvisioningState.Connecting:
                _transportOpen = true;
                _wanted = ProvisioningWishKind.OpenTransport;
                _deadlines[(int)ProvisioningDeadline.Step] = now + _options.ConnectTimeoutMilliseconds;
                break;
            case ProvisioningState.Registering:
                Request(ProvisioningWishKind.SendRegister, now);
                break;
            case ProvisioningState.Polling:
                Request(ProvisioningWishKind.SendPoll, now);
                break;
            case ProvisioningState.WaitingToRegister:
            case ProvisioningState.WaitingToPoll:
                _deadlines[(int)ProvisioningDeadline.Delay] = now + delayMilliseconds;
                break;
            case ProvisioningState.BackingOff:
                WantClose();
                _deadlines[(int)ProvisioningDeadline.Delay] = now + delayMilliseconds;
                break;
            default:
                WantClose();
                ClearDeadlines();
                break;
        }
    }

    private void Request(ProvisioningWishKind kind, long now)
    {
        _requestCount++;
        _requestId = _requestPrefix + _requestCount.ToString();
        _wanted = kind;
        _deadlines[(int)ProvisioningDeadline.Step] = now + _options.RequestTimeoutMilliseconds;
    }

    private void WantClose()
    {
        _closeWanted = _transportOpen;
        _transportOpen = false;
    }

    private void ClearDeadlines()
    {
        for (int i = 0; i < _deadlines.Length; i++)
        {
            _deadlines[i] = long.MaxValue;
        }
    }
}
