namespace DeviceClient.Protocol;

/// <summary>Every move an <see cref="MqttConnection"/> can make, and nothing else; no other file assigns its state. docs/protocol.md draws it.</summary>
/// <remarks>A missing row is an illegal input: a wish is then answered NotConnected, a packet fails the connection with UnexpectedPacket.</remarks>
internal static class MqttTransitions
{
    /// <summary>Number of states.</summary>
    internal const int StateCount = 5;

    /// <summary>Number of inputs.</summary>
    internal const int InputCount = 17;

    private const byte NoMove = 255;

    // from, input, to
    private static readonly byte[] s_rows =
    {
        (byte)MqttConnectionState.Closed, (byte)MqttInput.Connect, (byte)MqttConnectionState.AwaitingConnAck,
        (byte)MqttConnectionState.Closed, (byte)MqttInput.TransportClosed, (byte)MqttConnectionState.Closed,

        // Nothing but CONNACK may come first (MQTT 3.1.1, 3.2), and this client sends nothing before it.
        (byte)MqttConnectionState.AwaitingConnAck, (byte)MqttInput.ReceivedAcceptance, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.AwaitingConnAck, (byte)MqttInput.ReceivedRefusal, (byte)MqttConnectionState.Failed,
        (byte)MqttConnectionState.AwaitingConnAck, (byte)MqttInput.Breach, (byte)MqttConnectionState.Failed,
        (byte)MqttConnectionState.AwaitingConnAck, (byte)MqttInput.AnswerOverdue, (byte)MqttConnectionState.Failed,
        (byte)MqttConnectionState.AwaitingConnAck, (byte)MqttInput.TransportClosed, (byte)MqttConnectionState.Closed,

        (byte)MqttConnectionState.Connected, (byte)MqttInput.Publish, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.Acknowledge, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.Subscribe, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.Unsubscribe, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.Disconnect, (byte)MqttConnectionState.Disconnecting,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.ReceivedPublish, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.ReceivedPubAck, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.ReceivedSubAck, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.ReceivedUnsubAck, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.ReceivedPingResp, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.Breach, (byte)MqttConnectionState.Failed,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.Idle, (byte)MqttConnectionState.Connected,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.AnswerOverdue, (byte)MqttConnectionState.Failed,
        (byte)MqttConnectionState.Connected, (byte)MqttInput.TransportClosed, (byte)MqttConnectionState.Closed,

        // Answers that were under way when DISCONNECT was sent still count: each PUBACK saves a resend.
        (byte)MqttConnectionState.Disconnecting, (byte)MqttInput.ReceivedPublish, (byte)MqttConnectionState.Disconnecting,
        (byte)MqttConnectionState.Disconnecting, (byte)MqttInput.ReceivedPubAck, (byte)MqttConnectionState.Disconnecting,
        (byte)MqttConnectionState.Disconnecting, (byte)MqttInput.ReceivedSubAck, (byte)MqttConnectionState.Disconnecting,
        (byte)MqttConnectionState.Disconnecting, (byte)MqttInput.ReceivedUnsubAck, (byte)MqttConnectionState.Disconnecting,
        (byte)MqttConnectionState.Disconnecting, (byte)MqttInput.ReceivedPingResp, (byte)MqttConnectionState.Disconnecting,
        (byte)MqttConnectionState.Disconnecting, (byte)MqttInput.Breach, (byte)MqttConnectionState.Failed,
        (byte)MqttConnectionState.Disconnecting, (byte)MqttInput.TransportClosed, (byte)MqttConnectionState.Closed,

        (byte)MqttConnectionState.Failed, (byte)MqttInput.TransportClosed, (byte)MqttConnectionState.Closed,
    };

    // Declared after the rows: static fields are set in the order of the text.
    private static readonly byte[] s_moves = Expand();

    /// <summary>Number of rows.</summary>
    internal static int Count => s_rows.Length / 3;

    /// <summary>Gives one row, for the diagram in docs/protocol.md.</summary>
    /// <param name="row">0 to <see cref="Count"/> - 1.</param>
    /// <param name="from">The state before.</param>
    /// <param name="input">What happens.</param>
    /// <param name="to">The state after.</param>
    internal static void GetRow(int row, out MqttConnectionState from, out MqttInput input, out MqttConnectionState to)
    {
        from = (MqttConnectionState)s_rows[row * 3];
        input = (MqttInput)s_rows[(row * 3) + 1];
        to = (MqttConnectionState)s_rows[(row * 3) + 2];
    }

    /// <summary>Says whether the input is legal in the state, and where it leads.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="input">What happens.</param>
    /// <param name="to">The state after; <paramref name="from"/> when the answer is false.</param>
    internal static bool TryMove(MqttConnectionState from, MqttInput input, out MqttConnectionState to)
    {
        byte move = s_moves[((int)from * InputCount) + (int)input];
        to = move == NoMove ? from : (MqttConnectionState)move;
        return move != NoMove;
    }

    /// <summary>Says whether the input is legal in the state.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="input">What happens.</param>
    internal static bool Allows(MqttConnectionState from, MqttInput input)
    {
        return s_moves[((int)from * InputCount) + (int)input] != NoMove;
    }

    private static byte[] Expand()
    {
        byte[] moves = new byte[StateCount * InputCount];
        for (int i = 0; i < moves.Length; i++)
        {
            moves[i] = NoMove;
        }

        for (int row = 0; row < s_rows.Length; row += 3)
        {
            moves[(s_rows[row] * InputCount) + s_rows[row + 1]] = s_rows[row + 2];
        }

        return moves;
    }
}
