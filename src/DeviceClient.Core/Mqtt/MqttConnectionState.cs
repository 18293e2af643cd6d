namespace DeviceClient.Protocol;

/// <summary>Where an <see cref="MqttConnection"/> stands. The moves between the states are in <c>MqttTransitions.cs</c>.</summary>
public enum MqttConnectionState
{
    /// <summary>No transport. <see cref="MqttConnection.Connect"/> starts on a fresh one.</summary>
    Closed = 0,

    /// <summary>CONNECT is in the output or on its way; the answer is awaited.</summary>
    AwaitingConnAck = 1,

    /// <summary>The server accepted the connection; packets flow.</summary>
    Connected = 2,

    /// <summary>DISCONNECT is in the output; write what <see cref="MqttConnection.TakeOutput"/> gives, then close the transport.</summary>
    Disconnecting = 3,

    /// <summary>The connection cannot go on, <see cref="MqttConnection.Failure"/> says why. Close the transport.</summary>
    Failed = 4,
}
