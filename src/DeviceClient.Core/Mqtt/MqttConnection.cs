using System;

namespace DeviceClient.Protocol;

/// <summary>An MQTT 3.1.1 client connection as a machine: bytes and time go in, bytes and events come out. It does no I/O.</summary>
/// <remarks>
/// <para>Four kinds of members. Getters: <see cref="State"/>, <see cref="NextDeadline"/>, <see cref="HasOutput"/>, ... What happened:
/// <see cref="HandleReceived"/>, <see cref="HandleTimeout"/>, <see cref="HandleClosed"/>. What the application wants: <see cref="Connect"/>
/// and the <c>Try...</c> methods that return an <see cref="MqttSendStatus"/>. What must be done next: <see cref="TakeOutput"/> until it
/// answers null, <see cref="TryReadEvent"/> until it answers false.</para>
/// <para>Calling order of a driver: open a transport, <see cref="Connect"/>; then in a loop: write what <see cref="TakeOutput"/> gives
/// and return the buffer; wait for bytes or <see cref="NextDeadline"/>; <see cref="HandleReceived"/> or <see cref="HandleTimeout"/>; read
/// all events. When the state is <see cref="MqttConnectionState.Failed"/>, or the transport ended by itself: close it and call
/// <see cref="HandleClosed"/>. The machine is then ready for the next <see cref="Connect"/>.</para>
/// <para>QoS 1 publishes that were not acknowledged keep their slot and packet id over a reconnect. After Connected, send each again,
/// oldest first: <see cref="NextResend"/>, <see cref="TryGetInFlightToken"/>, <see cref="TryPublish"/> with that id.</para>
/// <para>Memory: publishing, acknowledging and receiving allocate nothing, once the window's table has grown to the packet ids in use. One output buffer is rented while output waits, one more
/// while a received packet above 64 bytes is incomplete; none when idle.</para>
/// <para>Not thread-safe: one loop owns it. Wire input never causes an exception; exceptions are mistakes of the caller.</para>
/// <para>Source: MQTT 3.1.1 (OASIS standard, 29 October 2014).</para>
/// </remarks>
public sealed partial class MqttConnection
{
    private const int DeadlineCount = 5;
    private const int MaxPacketBytes = MqttWire.MaxRemainingLength + MqttHeader.MaxBytes;
    private const long Never = long.MaxValue;

    private static readonly byte[] s_empty = new byte[0];

    private readonly MqttOutput _output;
    private readonly MqttSplitPacket _split;
    private readonly MqttInFlightWindow _window;
    private readonly MqttPendingRequests _requests = new MqttPendingRequests();
    private readonly MqttHeader _header = new MqttHeader();
    private readonly long[] _deadlines = new long[DeadlineCount];
    private readonly int _maxInboundPacketBytes;
    private readonly int _keepAliveMilliseconds;
    private readonly int _connectTimeoutMilliseconds;
    private readonly int _ackTimeoutMilliseconds;
    private readonly int _pingTimeoutMilliseconds;
    private MqttConnectionState _state;
    private MqttFailure _failure;
    private long _now;
    private long _lastSent;
    private long _lastReceived;
    private long _pingSent;

    /// <summary>Makes a closed machine.</summary>
    /// <param name="options">Sizes and times; later changes of the object have no effect.</param>
    /// <exception cref="ArgumentException">An option is outside its range; the message names it, the value and the range.</exception>
    public MqttConnection(MqttConnectionOptions options)
    {
        CheckOptions(options);
        _output = new MqttOutput(options.Buffers, options.OutputBufferBytes);
        _split = new MqttSplitPacket(options.Buffers);
        _window = new MqttInFlightWindow(options.MaxInFlight);
        _maxInboundPacketBytes = options.MaxInboundPacketBytes;
        _keepAliveMilliseconds = options.KeepAliveSeconds * 1000;
        _connectTimeoutMilliseconds = options.ConnectTimeoutMilliseconds;
        _ackTimeoutMilliseconds = options.AckTimeoutMilliseconds;
        _pingTimeoutMilliseconds = options.PingTimeoutMilliseconds;
        ClearDeadlines();
    }

    /// <summary>Where the connection stands.</summary>
    public MqttConnectionState State => _state;

    /// <summary>Why the state is or, until the next <see cref="Connect"/>, was <see cref="MqttConnectionState.Failed"/>.</summary>
    public MqttFailure Failure => _failure;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called next, on the caller's clock; <see cref="long.MaxValue"/> for never.</summary>
    /// <remarks>
    /// It may lie before the true deadline (the call then only computes the next one) but never after it. It stands still while
    /// packets flow, so that a driver need not set its timer anew for each of them.
    /// </remarks>
    public long NextDeadline
    {
        get
        {
            long earliest = _deadlines[0];
            for (int i = 1; i < DeadlineCount; i++)
            {
                if (_deadlines[i] < earliest)
                {
                    earliest = _deadlines[i];
                }
            }

            return earliest;
        }
    }

    /// <summary>Number of QoS 1 publishes that wait for their PUBACK, 0 to <see cref="MqttConnectionOptions.MaxInFlight"/>.</summary>
    public int InFlight => _window.Count;

    /// <summary>Packet id of the oldest in-flight publish not yet sent on this connection, or 0: what to send again first.</summary>
    public int NextResend => _state == MqttConnectionState.Connected ? _window.FirstUnsent : 0;

    /// <summary>Bytes in the output buffer now, without what is still to be copied of a partial publish.</summary>
    public int OutputCount => _output.Count;

    /// <summary>Largest packet that is copied at once when it is accepted, in bytes; a larger one is copied in pieces from the caller's buffers.</summary>
    /// <value><see cref="MqttConnectionOptions.OutputBufferBytes"/> less the two bytes kept free for a ping.</value>
    public int LargestWholePacket => _output.PacketCapacity;

    /// <summary>True when <see cref="TakeOutput"/> has something to give.</summary>
    public bool HasOutput => _output.HasOutput;

    /// <summary>Puts CONNECT into the output. The transport must be fresh: bytes of an earlier one are forgotten.</summary>
    /// <param name="parameters">Identity, credential, session and will; copied.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <returns><see cref="MqttSendStatus.Accepted"/>, or <see cref="MqttSendStatus.TooLarge"/> when a field is above 65 535 bytes.</returns>
    /// <exception cref="InvalidOperationException">The state is not Closed.</exception>
    /// <exception cref="ArgumentException">The parameters break a rule of MQTT: password without user name, empty client id without clean session, will QoS.</exception>
    public MqttSendStatus Connect(MqttConnectParameters parameters, long nowMilliseconds)
    {
        if (!MqttTransitions.Allows(_state, MqttInput.Connect))
        {
            throw new InvalidOperationException("Connect needs a closed connection and the state is " + GetStateName() + ". Close the transport and call HandleClosed first.");
        }

        if (parameters == null)
        {
            throw new ArgumentNullException(nameof(parameters));
        }

        byte[]? packet = MqttConnectPacket.Encode(parameters, _keepAliveMilliseconds / 1000);
        if (packet == null)
        {
            return MqttSendStatus.TooLarge;
        }

        _output.Add(packet, packet.Length);
        Move(MqttInput.Connect);
        _failure = MqttFailure.None;
        _now = nowMilliseconds;
        _lastSent = nowMilliseconds;
        _lastReceived = nowMilliseconds;
        _deadlines[(int)MqttDeadline.ConnectAnswer] = Later(nowMilliseconds, _connectTimeoutMilliseconds);
        return MqttSendStatus.Accepted;
    }

    /// <summary>Hands over the bytes to be written next, and with them the buffer.</summary>
    /// <param name="count">Bytes to write, from index 0; 0 when the answer is null.</param>
    /// <returns>The buffer, or null when there is nothing to write. Give it back to <see cref="MqttConnectionOptions.Buffers"/> after the write.</returns>
    /// <remarks>Order matters: finish one write before the next begins. More output can be filled into another buffer meanwhile.</remarks>
    public byte[]? TakeOutput(out int count)
    {
        bool wasPartial = _output.IsPartial;
        byte[]? taken = _output.Take(out count);
        if (wasPartial && !_output.IsPartial)
        {
            EndPartialPublish();
        }

        return taken;
    }

    /// <summary>The transport is gone. Output and half-received packets are dropped, in-flight publishes are kept to be sent again.</summary>
    public void HandleClosed()
    {
        Move(MqttInput.TransportClosed);
        Clear();
        _sentEventPending = false;
        _failedEventPending = false;
        _window.MarkAllUnsent();
    }

    /// <summary>Gives the token of an in-flight publish.</summary>
    /// <param name="packetId">Its packet id.</param>
    /// <param name="token">The token, or 0.</param>
    /// <returns>False when no publish with this id is in flight.</returns>
    public bool TryGetInFlightToken(int packetId, out long token) => _window.TryGetToken(packetId, out token);

    /// <summary>Gives up an in-flight publish: it is not reported any more. Unknown ids are ignored.</summary>
    /// <param name="packetId">Its packet id.</param>
    /// <remarks>
    /// When it was sent on this connection its id stays taken until the PUBACK or the end of the transport: a late PUBACK must not
    /// acknowledge another message.
    /// </remarks>
    public void ForgetInFlight(int packetId) => _window.Forget(packetId);

    /// <summary>Gives up all in-flight publishes, as <see cref="ForgetInFlight"/> does for one.</summary>
    public void Reset() => _window.ForgetAll();

    private static void CheckOptions(MqttConnectionOptions options)
    {
        if (options == null || options.Buffers == null)
        {
            throw new ArgumentNullException(nameof(options));
        }

        int largest = options.Buffers.LargestBytes;
        CheckOption("OutputBufferBytes", options.OutputBufferBytes, 256, largest);
        CheckOption("MaxInboundPacketBytes", options.MaxInboundPacketBytes, 128, largest < MaxPacketBytes ? largest : MaxPacketBytes);
        CheckOption("MaxInFlight", options.MaxInFlight, 1, 1024);
        CheckOption("KeepAliveSeconds", options.KeepAliveSeconds, 1, 1177);
        CheckOption("ConnectTimeoutMilliseconds", options.ConnectTimeoutMilliseconds, 1, int.MaxValue);
        CheckOption("AckTimeoutMilliseconds", options.AckTimeoutMilliseconds, 1, int.MaxValue);
        CheckOption("PingTimeoutMilliseconds", options.PingTimeoutMilliseconds, 1, int.MaxValue);
    }

    private static void CheckOption(string name, int value, int lowest, int highest)
    {
        if (value < lowest || value > highest)
        {
            throw new ArgumentException(name + " is " + value.ToString() + "; it must be " + lowest.ToString() + " to " + highest.ToString() + ".");
        }
    }

    // Enum names are not kept on a board.
    private string GetStateName()
    {
        switch (_state)
        {
            case MqttConnectionState.AwaitingConnAck:
                return "AwaitingConnAck";
            case MqttConnectionState.Connected:
                return "Connected";
            case MqttConnectionState.Disconnecting:
                return "Disconnecting";
            case MqttConnectionState.Failed:
                return "Failed";
            default:
                return "Closed";
        }
    }

    private bool Move(MqttInput input) => MqttTransitions.TryMove(_state, input, out _state);

    private void Fail(MqttInput input, MqttFailure failure)
    {
        Move(input);
        _failure = failure;
        _failedEventPending = true;
        Clear();
    }

    // What belongs to the transport goes with it.
    private void Clear()
    {
        _output.Drop();
        _isPublishPartial = false;
        _partialPacketId = 0;
        _split.Clear();
        _requests.Clear();
        DropInput();
        ClearDeadlines();
    }
}
