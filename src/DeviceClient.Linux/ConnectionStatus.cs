using System.Globalization;

namespace DeviceClient;

/// <summary>The connection's condition at one moment: state, reason, since when, and what to do about it.</summary>
/// <remarks>Immutable. The client replaces its <c>Status</c> by a new object with every change and raises an event with the same object.</remarks>
public sealed class ConnectionStatus
{
    /// <summary>Creates a status; applications do so in tests only.</summary>
    /// <param name="state">The state.</param>
    /// <param name="reason">Why; <see cref="HubErrorCode.None"/> when nothing is wrong.</param>
    /// <param name="since">When this state began, by the device's wall clock.</param>
    /// <param name="nextAttempt">When the next connection attempt is due; null when none is planned.</param>
    /// <param name="detail">A sentence with the particulars; never a secret.</param>
    public ConnectionStatus(ConnectionState state, HubErrorCode reason, DateTimeOffset since, DateTimeOffset? nextAttempt = null, string? detail = null)
    {
        State = state;
        Reason = reason;
        Since = since;
        NextAttempt = nextAttempt;
        Detail = detail;
        RecommendedAction = Recommend(state, reason);
    }

    /// <summary>The state.</summary>
    public ConnectionState State { get; }

    /// <summary>Why the client is in this state; <see cref="HubErrorCode.None"/> when nothing is wrong.</summary>
    public HubErrorCode Reason { get; }

    /// <summary>When this state began, by the device's wall clock; as right as that clock was.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>When the next connection attempt is due, by the device's wall clock; null when none is planned.</summary>
    public DateTimeOffset? NextAttempt { get; }

    /// <summary>A sentence with the particulars, such as the socket's or the certificate's error; null when there is nothing to add.</summary>
    public string? Detail { get; }

    /// <summary>What the application should do.</summary>
    public RecommendedAction RecommendedAction { get; }

    /// <summary>One line for a log.</summary>
    /// <returns>State, reason, time of the next attempt and detail.</returns>
    public override string ToString()
    {
        string next = NextAttempt is { } at ? string.Create(CultureInfo.InvariantCulture, $", next attempt {at:HH:mm:ss}") : "";
        string reason = Reason == HubErrorCode.None ? "" : $" ({Reason})";
        return Detail is null ? $"{State}{reason}{next}" : $"{State}{reason}{next}: {Detail}";
    }

    private static RecommendedAction Recommend(ConnectionState state, HubErrorCode reason) => state switch
    {
        ConnectionState.Connected or ConnectionState.Disposed => RecommendedAction.None,
        ConnectionState.Closed => reason == HubErrorCode.None ? RecommendedAction.Open : ByReason(reason, RecommendedAction.Open),
        ConnectionState.WaitingForTime => RecommendedAction.CheckClock,
        ConnectionState.Stopped => ByReason(reason, RecommendedAction.Open),
        _ => ByReason(reason, RecommendedAction.Wait),
    };

    private static RecommendedAction ByReason(HubErrorCode reason, RecommendedAction otherwise) => reason switch
    {
        HubErrorCode.NetworkUnavailable => RecommendedAction.CheckNetwork,
        HubErrorCode.Unauthorized or HubErrorCode.CredentialExpired => RecommendedAction.CheckCredential,
        HubErrorCode.IdentityInUseElsewhere => RecommendedAction.CheckIdentityUse,
        HubErrorCode.TlsFailed => RecommendedAction.CheckTrust,
        HubErrorCode.WaitingForTime => RecommendedAction.CheckClock,
        HubErrorCode.ProtocolError => RecommendedAction.Report,
        _ => otherwise,
    };
}
