namespace DeviceClient.Protocol;

/// <summary>What can move a <see cref="HubSession"/> from one state to another.</summary>
public enum SessionInput
{
    /// <summary>The application opens and the clock suffices for the credential.</summary>
    Open = 0,

    /// <summary>The application opens, or a back-off ends, and a token is needed while the wall clock is not trusted.</summary>
    TimeMissing = 1,

    /// <summary>The application closes or disposes.</summary>
    Close = 2,

    /// <summary>The wall clock became trusted.</summary>
    TimeTrusted = 3,

    /// <summary>The hub accepted the connection.</summary>
    TransportOpened = 4,

    /// <summary>The hub or the credential refused in a way that another attempt cannot cure.</summary>
    Refused = 5,

    /// <summary>The transport failed, was lost, or a deadline of the connection passed.</summary>
    Lost = 6,

    /// <summary>All subscriptions are confirmed and the twin has to be compared.</summary>
    SubscribedNeedsTwin = 7,

    /// <summary>All subscriptions are confirmed and there is nothing to compare.</summary>
    SubscribedAll = 8,

    /// <summary>The twin was compared, or the comparison goes on beside the work.</summary>
    Synchronized = 9,

    /// <summary>A fresh token is at hand while the old one nears its end.</summary>
    RenewalDue = 10,

    /// <summary>The back-off time is over.</summary>
    BackOffElapsed = 11,
}
