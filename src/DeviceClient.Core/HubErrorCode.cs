namespace DeviceClient;

/// <summary>Why an operation or a connection failed, in terms a program can act on.</summary>
/// <remarks>The same values are used by every platform's client. New members are added at the end.</remarks>
public enum HubErrorCode
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>No cause is known.</summary>
    Unknown = 1,

    /// <summary>The operation's deadline passed before an answer came.</summary>
    Timeout = 2,

    /// <summary>The client was closed or disposed while the operation was pending.</summary>
    Closed = 3,

    /// <summary>Name resolution, TCP, WebSocket or proxy failed; the network or the endpoint cannot be reached.</summary>
    NetworkUnavailable = 4,

    /// <summary>The TLS handshake failed: untrusted root, wrong name, or no common protocol.</summary>
    TlsFailed = 5,

    /// <summary>The hub refused the credential, or the identity is unknown or disabled: MQTT does not tell which.</summary>
    Unauthorized = 6,

    /// <summary>The credential (token or certificate) is past its expiry and cannot be renewed by this client.</summary>
    CredentialExpired = 7,

    /// <summary>The same identity is connected elsewhere and the two connections push each other off the hub.</summary>
    IdentityInUseElsewhere = 8,

    /// <summary>The message or patch is larger than the hub's limit; it was not sent.</summary>
    MessageTooLarge = 9,

    /// <summary>The outbox is full and its policy is to reject.</summary>
    OutboxFull = 10,

    /// <summary>The message's time to live ended before it could be delivered.</summary>
    Expired = 11,

    /// <summary>The message was dropped from the outbox by the policy the application chose.</summary>
    Dropped = 12,

    /// <summary>The hub asks to slow down.</summary>
    Throttled = 13,

    /// <summary>The hub is busy or unavailable for the moment.</summary>
    ServiceUnavailable = 14,

    /// <summary>The hub reported an internal error.</summary>
    ServiceError = 15,

    /// <summary>The hub refused the request as malformed or outside its limits.</summary>
    BadRequest = 16,

    /// <summary>The addressed thing does not exist at the service.</summary>
    NotFound = 17,

    /// <summary>The service reports a conflicting change.</summary>
    Conflict = 18,

    /// <summary>The peer broke the protocol; the connection was ended.</summary>
    ProtocolError = 19,

    /// <summary>The operation needs a wall clock that is known to be right, and there is none yet.</summary>
    WaitingForTime = 20,

    /// <summary>The chosen transport or identity cannot do this.</summary>
    NotSupported = 21,

    /// <summary>The hub closed the connection without a reason.</summary>
    ConnectionLost = 22,

    /// <summary>The hub's daily quota is used up.</summary>
    QuotaExceeded = 23,

    /// <summary>The operation was cancelled by the caller.</summary>
    Cancelled = 24,

    /// <summary>DPS ended the registration with status failed or disabled.</summary>
    RegistrationRejected = 25,
}
