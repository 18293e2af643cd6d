namespace DeviceClient.Protocol;

/// <summary>Sizes and times of an <see cref="MqttConnection"/>; read and checked once, by its constructor.</summary>
public sealed class MqttConnectionOptions
{
    /// <summary>Uses the given buffers.</summary>
    /// <param name="buffers">Where the connection's buffers come from.</param>
    public MqttConnectionOptions(BufferSource buffers)
    {
        Buffers = buffers;
    }

    /// <summary>Where output buffers and the buffer for packets that arrive in pieces come from.</summary>
    public BufferSource Buffers { get; }

    /// <summary>Most bytes handed out by one <see cref="MqttConnection.TakeOutput"/>.</summary>
    /// <value>256 to the longest buffer of the source; default 32 768. Larger packets pass in pieces.</value>
    public int OutputBufferBytes { get; set; } = 32768;

    /// <summary>Largest packet accepted from the server, header included; a larger one ends the connection.</summary>
    /// <value>128 to 268 435 460 bytes and to the longest buffer of the source; default 307 200: the hub's largest message is 262 144 bytes (docs/protocol.md) plus its topic.</value>
    public int MaxInboundPacketBytes { get; set; } = 300 * 1024;

    /// <summary>Most QoS 1 publishes that wait for their PUBACK at a time; also the highest packet id of a publish.</summary>
    /// <value>1 to 1 024; default 64. Our choice: enough to fill a link of 100 ms round trip with 600 messages a second.</value>
    public int MaxInFlight { get; set; } = 64;

    /// <summary>Keep-alive interval announced to the server; one ping is sent when nothing was sent, or nothing received, for that long.</summary>
    /// <value>1 to 1 177 seconds; default 240. The hub allows no more than 1 767 s without traffic, and closes at 1.5 times the interval.</value>
    public int KeepAliveSeconds { get; set; } = 240;

    /// <summary>Longest wait for CONNACK after <see cref="MqttConnection.Connect"/>, in milliseconds.</summary>
    /// <value>1 or more; default 30 000.</value>
    public int ConnectTimeoutMilliseconds { get; set; } = 30000;

    /// <summary>Longest wait for PUBACK, SUBACK or UNSUBACK, in milliseconds; then the connection is given up.</summary>
    /// <value>1 or more; default 60 000. MQTT 3.1.1 allows a resend only after a reconnect (4.4), so a swallowed answer must end in one.</value>
    public int AckTimeoutMilliseconds { get; set; } = 60000;

    /// <summary>Longest silence after a ping, in milliseconds; then the connection is given up.</summary>
    /// <value>1 or more; default 15 000. Any bytes received meanwhile are as good as the answer: a slow, busy link is alive.</value>
    public int PingTimeoutMilliseconds { get; set; } = 15000;
}
