using MQTTnet.Packets;

namespace DeviceClient.Emulator;

/// <summary>What the MQTT endpoint hands packets to once CONNECT was accepted: a hub session or a provisioning session.</summary>
internal interface IMqttPeer
{
    /// <summary>Handles one packet; answers go to the wire and are flushed after the batch. Never called twice at a time.</summary>
    /// <returns>False when the peer said DISCONNECT.</returns>
    /// <exception cref="MqttViolationException">The hub hangs up.</exception>
    bool Handle(MqttPacket packet);

    /// <summary>Bytes arrived: the keep-alive timer starts anew.</summary>
    void Touch();

    /// <summary>The connection ended. Called once.</summary>
    /// <param name="code">The hub's number; 0 after DISCONNECT.</param>
    /// <param name="reason">Text of the log line.</param>
    void Closed(int code, string reason);
}
