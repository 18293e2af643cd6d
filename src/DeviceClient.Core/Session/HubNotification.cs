namespace DeviceClient.Protocol;

/// <summary>One thing a session tells. The object is reused by its owner: <see cref="HubSession.TryTakeNotification"/> overwrites it.</summary>
/// <remarks>Byte arrays and bags in it are copies of their own that the taker may keep.</remarks>
public sealed class HubNotification
{
    /// <summary>What happened.</summary>
    public HubNotificationKind Kind { get; internal set; }

    /// <summary>StateChanged: the new state.</summary>
    public SessionState State { get; internal set; }

    /// <summary>StateChanged: the state before.</summary>
    public SessionState PreviousState { get; internal set; }

    /// <summary>Why; <see cref="HubErrorCode.None"/> for success.</summary>
    public HubErrorCode Error { get; internal set; }

    /// <summary>A sentence for people, or null.</summary>
    public string? Detail { get; internal set; }

    /// <summary>StateChanged to BackingOff: when the next attempt starts, in monotonic milliseconds; otherwise <see cref="long.MaxValue"/>.</summary>
    public long NextAttempt { get; internal set; }

    /// <summary>OperationCompleted: which operation.</summary>
    public int OperationId { get; internal set; }

    /// <summary>The status the hub answered with; 0 when it did not answer.</summary>
    public int ServiceStatus { get; internal set; }

    /// <summary>The accepted version of reported properties, or the version of desired properties; -1 when unknown.</summary>
    public long Version { get; internal set; }

    /// <summary>The body as received: twin, desired properties, method payload, message payload. Null when empty.</summary>
    public byte[]? Body { get; internal set; }

    /// <summary>DesiredPropertiesChanged: true when <see cref="Body"/> is the whole desired section, false when it is a patch.</summary>
    public bool IsFullDocument { get; internal set; }

    /// <summary>The name of the direct method or of the module's input.</summary>
    public string? Name { get; internal set; }

    /// <summary>MethodRequested: the request id as the hub sent it.</summary>
    public string? RequestId { get; internal set; }

    /// <summary>What to pass to <see cref="HubSession.RespondToMethod"/> or <see cref="HubSession.SettleMessage"/>.</summary>
    public long Token { get; internal set; }

    /// <summary>Messages: system and application properties.</summary>
    public PropertyBag? Properties { get; internal set; }

    /// <summary>FeatureRefused: which feature.</summary>
    public HubFeature Feature { get; internal set; }

    /// <summary>The wait the service asked for, in seconds; 0 when it did not.</summary>
    public int RetryAfterSeconds { get; internal set; }

    /// <summary>The service's tracking id of a refused request, or null.</summary>
    public string? TrackingId { get; internal set; }

    internal void Clear(HubNotificationKind kind)
    {
        Kind = kind;
        State = SessionState.Closed;
        PreviousState = SessionState.Closed;
        Error = HubErrorCode.None;
        Detail = null;
        NextAttempt = long.MaxValue;
        OperationId = 0;
        ServiceStatus = 0;
        Version = -1;
        Body = null;
        IsFullDocument = false;
        Name = null;
        RequestId = null;
        Token = 0;
        Properties = null;
        Feature = HubFeature.None;
        RetryAfterSeconds = 0;
        TrackingId = null;
    }

    internal void CopyFrom(HubNotification other)
    {
        Kind = other.Kind;
        State = other.State;
        PreviousState = other.PreviousState;
        Error = other.Error;
        Detail = other.Detail;
        NextAttempt = other.NextAttempt;
        OperationId = other.OperationId;
        ServiceStatus = other.ServiceStatus;
        Version = other.Version;
        Body = other.Body;
        IsFullDocument = other.IsFullDocument;
        Name = other.Name;
        RequestId = other.RequestId;
        Token = other.Token;
        Properties = other.Properties;
        Feature = other.Feature;
        RetryAfterSeconds = other.RetryAfterSeconds;
        TrackingId = other.TrackingId;
    }
}
