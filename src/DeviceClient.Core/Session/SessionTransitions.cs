namespace DeviceClient.Protocol;

/// <summary>Every move a session can make, and nothing else does. docs/protocol.md draws this table.</summary>
/// <remarks>A pair of state and input that has no row is not a move: the state stays.</remarks>
public static class SessionTransitions
{
    // from, input, to
    private static readonly byte[] s_rows =
    {
        (byte)SessionState.Closed,         (byte)SessionInput.Open,                (byte)SessionState.Connecting,
        (byte)SessionState.Closed,         (byte)SessionInput.TimeMissing,         (byte)SessionState.WaitingForTime,

        (byte)SessionState.WaitingForTime, (byte)SessionInput.TimeTrusted,         (byte)SessionState.Connecting,
        (byte)SessionState.WaitingForTime, (byte)SessionInput.Close,               (byte)SessionState.Closed,

        (byte)SessionState.Connecting,     (byte)SessionInput.TransportOpened,     (byte)SessionState.Subscribing,
        (byte)SessionState.Connecting,     (byte)SessionInput.Refused,             (byte)SessionState.Stopped,
        (byte)SessionState.Connecting,     (byte)SessionInput.Lost,                (byte)SessionState.BackingOff,
        (byte)SessionState.Connecting,     (byte)SessionInput.Close,               (byte)SessionState.Closed,

        (byte)SessionState.Subscribing,    (byte)SessionInput.SubscribedNeedsTwin, (byte)SessionState.Synchronizing,
        (byte)SessionState.Subscribing,    (byte)SessionInput.SubscribedAll,       (byte)SessionState.Online,
        (byte)SessionState.Subscribing,    (byte)SessionInput.Lost,                (byte)SessionState.BackingOff,
        (byte)SessionState.Subscribing,    (byte)SessionInput.Close,               (byte)SessionState.Closed,

        (byte)SessionState.Synchronizing,  (byte)SessionInput.Synchronized,        (byte)SessionState.Online,
        (byte)SessionState.Synchronizing,  (byte)SessionInput.Lost,                (byte)SessionState.BackingOff,
        (byte)SessionState.Synchronizing,  (byte)SessionInput.Close,               (byte)SessionState.Closed,

        (byte)SessionState.Online,         (byte)SessionInput.RenewalDue,          (byte)SessionState.Renewing,
        (byte)SessionState.Online,         (byte)SessionInput.Lost,                (byte)SessionState.BackingOff,
        (byte)SessionState.Online,         (byte)SessionInput.Close,               (byte)SessionState.Closed,

        (byte)SessionState.Renewing,       (byte)SessionInput.TransportOpened,     (byte)SessionState.Subscribing,
        (byte)SessionState.Renewing,       (byte)SessionInput.Lost,                (byte)SessionState.BackingOff,
        (byte)SessionState.Renewing,       (byte)SessionInput.Close,               (byte)SessionState.Closed,

        (byte)SessionState.BackingOff,     (byte)SessionInput.BackOffElapsed,      (byte)SessionState.Connecting,
        (byte)SessionState.BackingOff,     (byte)SessionInput.TimeMissing,         (byte)SessionState.WaitingForTime,
        (byte)SessionState.BackingOff,     (byte)SessionInput.Close,               (byte)SessionState.Closed,

        (byte)SessionState.Stopped,        (byte)SessionInput.Open,                (byte)SessionState.Connecting,
        (byte)SessionState.Stopped,        (byte)SessionInput.TimeMissing,         (byte)SessionState.WaitingForTime,
        (byte)SessionState.Stopped,        (byte)SessionInput.Close,               (byte)SessionState.Closed,
    };

    /// <summary>Number of rows of the table.</summary>
    public static int Count
    {
        get { return s_rows.Length / 3; }
    }

    /// <summary>Looks up a move. It has no side effect.</summary>
    /// <param name="from">The present state.</param>
    /// <param name="input">What happened.</param>
    /// <param name="to">The state to go to, or <paramref name="from"/> when there is no such move.</param>
    /// <returns>Whether the table has the move.</returns>
    public static bool TryMove(SessionState from, SessionInput input, out SessionState to)
    {
        for (int row = 0; row < s_rows.Length; row += 3)
        {
            if (s_rows[row] == (byte)from && s_rows[row + 1] == (byte)input)
            {
                to = (SessionState)s_rows[row + 2];
                return true;
            }
        }

        to = from;
        return false;
    }

    /// <summary>Reads one row of the table, for documentation and tests.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="from">The state the move starts in.</param>
    /// <param name="input">The input that causes it.</param>
    /// <param name="to">The state it ends in.</param>
    public static void GetRow(int index, out SessionState from, out SessionInput input, out SessionState to)
    {
        from = (SessionState)s_rows[index * 3];
        input = (SessionInput)s_rows[(index * 3) + 1];
        to = (SessionState)s_rows[(index * 3) + 2];
    }
}
