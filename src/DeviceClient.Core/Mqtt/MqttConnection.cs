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
/// oldest first: <see cref="NextResend"/>, <see cref="GetInFlightToken"/>, <see cref="TryPublish"/> with that id.</para>
/// <para>Memory: publishing, acknowledging and receiving allocate nothing. One output buffer is rented while output waits, one more
/// while a received packet above 64 bytes is incomplete; none when idle.</para>
/// <para>Not thread-safe: one loop owns it. Wire input never causes an exception; exceptions are mistakes of the caller.</para>
/// <para>Source: MQTT 3.1.1 (OASIS standard, 29 October 2014).</para>
/// </remarks>
public sealed partial class MqttConnection
{
    /// <summary>Makes a closed machine.</summary>
    /// <param name="options">Sizes and times; later changes of the object have no effect.</param>
    /// <exception cref="ArgumentException">An option is outside its range; the message names it, the value and the range.</exception>
    public MqttConnection(MqttConnectionOptions options)
    {
        throw new NotImplementedException();
    }

    /// <summary>Where the connection stands.</summary>
    public MqttConnectionState State => throw new NotImplementedException();

    /// <summary>Why the state is or, until the next <see cref="Connect"/>, was <see cref="MqttConnectionState.Failed"/>.</summary>
    public MqttFailure Failure => throw new NotImplementedException();

    /// <summary>When <see cref="HandleTimeout"/> wants to be called next, on the caller's clock; <see cref="long.MaxValue"/> for never.</summary>
    /// <remarks>
    /// It may lie before the true deadline (the call then only computes the next one) but never after it. It stands still while
    /// packets flow, so that a driver need not set its timer anew for each of them.
    /// </remarks>
    public long NextDeadline => throw new NotImplementedException();

    /// <summary>Number of QoS 1 publishes that wait for their PUBACK, 0 to <see cref="MqttConnectionOptions.MaxInFlight"/>.</summary>
    public int InFlight => throw new NotImplementedException();

    /// <summary>Packet id of the oldest in-flight publish not yet sent on this connection, or 0: what to send again first.</summary>
    public int NextResend => throw new NotImplementedException();

    /// <summary>Bytes in the output buffer now, without what is still to be copied of a partial publish.</summary>
    public int OutputCount => throw new NotImplementedException();

    /// <summary>True when <see cref="TakeOutput"/> has something to give.</summary>
    public bool HasOutput => throw new NotImplementedException();

    /// <summary>Puts CONNECT into the output. The transport must be fresh: bytes of an earlier one are forgotten.</summary>
    /// <param name="parameters">Identity, credential, session and will; copied.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <returns><see cref="MqttSendStatus.Accepted"/>, or <see cref="MqttSendStatus.TooLarge"/> when a field is above 65 535 bytes.</returns>
    /// <exception cref="InvalidOperationException">The state is not Closed.</exception>
    /// <exception cref="ArgumentException">The parameters break a rule of MQTT: password without user name, empty client id without clean session, will QoS.</exception>
    public MqttSendStatus Connect(MqttConnectParameters parameters, long nowMilliseconds) => throw new NotImplementedException();

    /// <summary>Publishes with QoS 0 or 1, or sends an in-flight message again (<see cref="MqttPublish.PacketId"/>).</summary>
    /// <param name="publish">The message. On Accepted its out members are set; on any other status nothing is changed.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <returns>Any status. A packet larger than the output buffer is accepted and copied in pieces; until its end every Try method answers WouldBlock.</returns>
    /// <exception cref="ArgumentException">A slice lies outside its buffer, the topic is empty, the QoS is not 0 or 1, or the packet id is not one to send again.</exception>
    public MqttSendStatus TryPublish(MqttPublish publish, long nowMilliseconds) => throw new NotImplementedException();

    /// <summary>Asks the server for the messages of one topic filter.</summary>
    /// <param name="filter">Topic filter in UTF-8; copied.</param>
    /// <param name="qos">Highest QoS wanted: 0 or 1.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <param name="packetId">When accepted: the id that the SubscribeAcknowledged event will carry, 32 768 or more; else 0.</param>
    /// <returns>Any status; WindowFull when 16 SUBSCRIBE and UNSUBSCRIBE packets wait for their answer. They are forgotten when the transport ends.</returns>
    /// <exception cref="ArgumentException">The filter is empty or the QoS is not 0 or 1.</exception>
    public MqttSendStatus TrySubscribe(byte[] filter, int qos, long nowMilliseconds, out int packetId) => throw new NotImplementedException();

    /// <summary>Asks the server to end a subscription.</summary>
    /// <param name="filter">The topic filter as it was subscribed, UTF-8; copied.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <param name="packetId">When accepted: the id that the UnsubscribeAcknowledged event will carry; else 0.</param>
    /// <returns>As <see cref="TrySubscribe"/>.</returns>
    /// <exception cref="ArgumentException">The filter is empty.</exception>
    public MqttSendStatus TryUnsubscribe(byte[] filter, long nowMilliseconds, out int packetId) => throw new NotImplementedException();

    /// <summary>Sends PUBACK for a received QoS 1 publish. The hub takes a cloud-to-device message as completed by it.</summary>
    /// <param name="packetId">The id from the event, 1 to 65 535. It belongs to the connection it came from: do not carry it over a reconnect.</param>
    /// <returns>Accepted, WouldBlock or NotConnected.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside its range.</exception>
    public MqttSendStatus TryAcknowledge(int packetId) => throw new NotImplementedException();

    /// <summary>Puts DISCONNECT into the output: the server will not publish the will. Write the output, then close the transport.</summary>
    /// <returns>Accepted, WouldBlock or NotConnected.</returns>
    public MqttSendStatus TryDisconnect() => throw new NotImplementedException();

    /// <summary>Hands over the bytes to be written next, and with them the buffer.</summary>
    /// <param name="count">Bytes to write, from index 0; 0 when the answer is null.</param>
    /// <returns>The buffer, or null when there is nothing to write. Give it back to <see cref="MqttConnectionOptions.Buffers"/> after the write.</returns>
    /// <remarks>Order matters: finish one write before the next begins. More output can be filled into another buffer meanwhile.</remarks>
    public byte[]? TakeOutput(out int count) => throw new NotImplementedException();

    /// <summary>Takes bytes from the transport, cut anywhere. Then call <see cref="TryReadEvent"/> until it answers false.</summary>
    /// <param name="buffer">The caller's buffer; not kept once all events are read.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes, 0 or more.</param>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    /// <exception cref="ArgumentException">The slice lies outside the buffer.</exception>
    /// <exception cref="InvalidOperationException">Events of the previous call were not all read.</exception>
    public void HandleReceived(byte[] buffer, int offset, int count, long nowMilliseconds) => throw new NotImplementedException();

    /// <summary>Reads the next event.</summary>
    /// <param name="result">Filled when the answer is true.</param>
    /// <returns>False when there is none for now.</returns>
    public bool TryReadEvent(MqttEvent result) => throw new NotImplementedException();

    /// <summary>Reads a run of PUBACKs at once: the fast way when acknowledgements come in bursts.</summary>
    /// <param name="tokens">Receives the tokens of the acknowledged publishes, in the order of their PUBACKs.</param>
    /// <returns>Number of tokens written; 0 when the next event, if there is one, is of another kind: go on with <see cref="TryReadEvent"/>.</returns>
    public int ReadAcknowledged(long[] tokens) => throw new NotImplementedException();

    /// <summary>Does what time demands: a ping when it is due, failure when an answer is overdue. Harmless when called early.</summary>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    public void HandleTimeout(long nowMilliseconds) => throw new NotImplementedException();

    /// <summary>The transport is gone. Output and half-received packets are dropped, in-flight publishes are kept to be sent again.</summary>
    public void HandleClosed() => throw new NotImplementedException();

    /// <summary>Gives the token of an in-flight publish.</summary>
    /// <param name="packetId">Its packet id.</param>
    /// <param name="token">The token, or 0.</param>
    /// <returns>False when no publish with this id is in flight.</returns>
    public bool GetInFlightToken(int packetId, out long token) => throw new NotImplementedException();

    /// <summary>Gives up an in-flight publish: it is not reported any more. Unknown ids are ignored.</summary>
    /// <param name="packetId">Its packet id.</param>
    /// <remarks>
    /// When it was sent on this connection its id stays taken until the PUBACK or the end of the transport: a late PUBACK must not
    /// acknowledge another message.
    /// </remarks>
    public void ForgetInFlight(int packetId) => throw new NotImplementedException();

    /// <summary>Gives up all in-flight publishes, as <see cref="ForgetInFlight"/> does for one.</summary>
    public void Reset() => throw new NotImplementedException();
}
