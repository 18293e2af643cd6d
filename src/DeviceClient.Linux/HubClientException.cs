namespace DeviceClient;

/// <summary>An operation failed because of the hub, the network or the credential; never because of a caller's mistake.</summary>
/// <remarks>
/// Caller mistakes are <see cref="ArgumentException"/>, <see cref="InvalidOperationException"/> and
/// <see cref="ObjectDisposedException"/>; cancelling gives <see cref="OperationCanceledException"/>.
/// The message never holds a key, a token or a signature.
/// </remarks>
public class HubClientException : Exception
{
    /// <summary>Creates an exception; tests of applications may do so as well.</summary>
    /// <param name="errorCode">Why the operation failed.</param>
    /// <param name="message">What happened, with the numbers a reader needs, and what to do about it.</param>
    /// <param name="innerException">The socket, TLS or HTTP exception below, if there is one.</param>
    public HubClientException(HubErrorCode errorCode, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorCode = errorCode;
        IsTransient = IsTransientCode(errorCode);
    }

    /// <summary>Why the operation failed, in terms a program can act on.</summary>
    public HubErrorCode ErrorCode { get; }

    /// <summary>True when the same call may succeed later without anybody changing anything.</summary>
    /// <value>Follows from <see cref="ErrorCode"/> unless set.</value>
    public bool IsTransient { get; init; }

    /// <summary>The number the service or broker sent: HTTP-like twin status, DPS status or MQTT return code.</summary>
    /// <value>0 when the service sent none.</value>
    public int ServiceStatus { get; init; }

    /// <summary>How long the service asks to wait before the next try.</summary>
    /// <value>Null when the service did not say.</value>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The service's name for this event, to be given to support.</summary>
    /// <value>Null when the service sent none; MQTT refusals carry none.</value>
    public string? TrackingId { get; init; }

    /// <summary>Tells whether waiting alone can cure a code.</summary>
    /// <param name="code">The code.</param>
    /// <returns>True for network, throttling, time-out and service trouble.</returns>
    internal static bool IsTransientCode(HubErrorCode code) => code switch
    {
        HubErrorCode.Timeout or HubErrorCode.NetworkUnavailable or HubErrorCode.OutboxFull or HubErrorCode.Throttled
            or HubErrorCode.ServiceUnavailable or HubErrorCode.ServiceError or HubErrorCode.Conflict
            or HubErrorCode.ConnectionLost or HubErrorCode.WaitingForTime or HubErrorCode.QuotaExceeded
            or HubErrorCode.IdentityInUseElsewhere => true,
        _ => false,
    };
}
