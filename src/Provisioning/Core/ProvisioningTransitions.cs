namespace DeviceClient.Protocol;

/// <summary>Every move a registration can make, and nothing else does.</summary>
/// <remarks>A pair of state and input that has no row is not a move: the state stays.</remarks>
public static class ProvisioningTransitions
{
    // from, input, to
    private static readonly byte[] s_rows =
    {
        (byte)ProvisioningState.Idle,              (byte)ProvisioningInput.Register,     (byte)ProvisioningState.Connecting,

        (byte)ProvisioningState.Connecting,        (byte)ProvisioningInput.Opened,       (byte)ProvisioningState.Registering,
        (byte)ProvisioningState.Connecting,        (byte)ProvisioningInput.Resumed,      (byte)ProvisioningState.Polling,
        (byte)ProvisioningState.Connecting,        (byte)ProvisioningInput.Lost,         (byte)ProvisioningState.BackingOff,
        (byte)ProvisioningState.Connecting,        (byte)ProvisioningInput.Ended,        (byte)ProvisioningState.Completed,

        (byte)ProvisioningState.Registering,       (byte)ProvisioningInput.Assigning,    (byte)ProvisioningState.WaitingToPoll,
        (byte)ProvisioningState.Registering,       (byte)ProvisioningInput.Throttled,    (byte)ProvisioningState.WaitingToRegister,
        (byte)ProvisioningState.Registering,       (byte)ProvisioningInput.Lost,         (byte)ProvisioningState.BackingOff,
        (byte)ProvisioningState.Registering,       (byte)ProvisioningInput.Ended,        (byte)ProvisioningState.Completed,

        (byte)ProvisioningState.WaitingToRegister, (byte)ProvisioningInput.DelayElapsed, (byte)ProvisioningState.Registering,
        (byte)ProvisioningState.WaitingToRegister, (byte)ProvisioningInput.Lost,         (byte)ProvisioningState.BackingOff,
        (byte)ProvisioningState.WaitingToRegister, (byte)ProvisioningInput.Ended,        (byte)ProvisioningState.Completed,

        (byte)ProvisioningState.WaitingToPoll,     (byte)ProvisioningInput.DelayElapsed, (byte)ProvisioningState.Polling,
        (byte)ProvisioningState.WaitingToPoll,     (byte)ProvisioningInput.Lost,         (byte)ProvisioningState.BackingOff,
        (byte)ProvisioningState.WaitingToPoll,     (byte)ProvisioningInput.Ended,        (byte)ProvisioningState.Completed,

        (byte)ProvisioningState.Polling,           (byte)ProvisioningInput.Assigning,    (byte)ProvisioningState.WaitingToPoll,
        (byte)ProvisioningState.Polling,           (byte)ProvisioningInput.Throttled,    (byte)ProvisioningState.WaitingToPoll,
        (byte)ProvisioningState.Polling,           (byte)ProvisioningInput.Lost,         (byte)ProvisioningState.BackingOff,
        (byte)ProvisioningState.Polling,           (byte)ProvisioningInput.Ended,        (byte)ProvisioningState.Completed,

        (byte)ProvisioningState.BackingOff,        (byte)ProvisioningInput.DelayElapsed, (byte)ProvisioningState.Connecting,
        (byte)ProvisioningState.BackingOff,        (byte)ProvisioningInput.Ended,        (byte)ProvisioningState.Completed,

        (byte)ProvisioningState.Completed,         (byte)ProvisioningInput.Register,     (byte)ProvisioningState.Connecting,
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
    public static bool TryMove(ProvisioningState from, ProvisioningInput input, out ProvisioningState to)
    {
        for (int row = 0; row < s_rows.Length; row += 3)
        {
            if (s_rows[row] == (byte)from && s_rows[row + 1] == (byte)input)
            {
                to = (ProvisioningState)s_rows[row + 2];
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
    public static void GetRow(int index, out ProvisioningState from, out ProvisioningInput input, out ProvisioningState to)
    {
        from = (ProvisioningState)s_rows[index * 3];
        input = (ProvisioningInput)s_rows[(index * 3) + 1];
        to = (ProvisioningState)s_rows[(index * 3) + 2];
    }
}
