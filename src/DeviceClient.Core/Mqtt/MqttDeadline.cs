namespace DeviceClient.Protocol;

/// <summary>What an <see cref="MqttConnection"/> waits for; index into its array of due times.</summary>
internal enum MqttDeadline
{
    /// <summary>CONNACK after CONNECT: without it the connection never begins.</summary>
    ConnectAnswer = 0,

    /// <summary>The end of a keep-alive interval: the server hangs up after 1.5 of them, and silence may mean a dead link.</summary>
    Ping = 1,

    /// <summary>Any sign of life after a ping.</summary>
    PingAnswer = 2,

    /// <summary>PUBACK of the oldest publish: only a new connection may send it again.</summary>
    PublishAnswer = 3,

    /// <summary>SUBACK or UNSUBACK of the oldest request.</summary>
    SubscribeAnswer = 4,
}
