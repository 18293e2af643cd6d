namespace DeviceClient.Protocol;

/// <summary>The waits of a session, one row each; the earliest is the session's next deadline.</summary>
internal enum SessionDeadline
{
    /// <summary>From the wish for a credential to the hub's acceptance.</summary>
    Connect = 0,

    /// <summary>From the hub's acceptance to the last confirmed subscription.</summary>
    Subscribe = 1,

    /// <summary>The end of the back-off.</summary>
    BackOff = 2,

    /// <summary>The token should be renewed, or the application warned.</summary>
    Renewal = 3,

    /// <summary>Renewing waits no longer for acknowledgements.</summary>
    RenewalDrain = 4,

    /// <summary>The connection counts as healthy from here on; the back-off starts afresh.</summary>
    Healthy = 5,

    /// <summary>A refused reported patch may be sent again.</summary>
    ReportedRetry = 6,

    /// <summary>The comparison of the twin is tried again.</summary>
    TwinRetry = 7,

    /// <summary>The earliest deadline of an unanswered twin request.</summary>
    Requests = 8,

    /// <summary>The earliest deadline or retry of an application's operation.</summary>
    Operations = 9,

    /// <summary>A message in the outbox may have reached the end of its life.</summary>
    Outbox = 10,

    /// <summary>The number of deadlines.</summary>
    Count = 11,
}
