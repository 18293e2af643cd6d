namespace DeviceClient.Protocol;

/// <summary>What the failures of the MQTT machine mean, for programs and for people.</summary>
internal static class MqttFailureText
{
    internal static HubErrorCode GetError(MqttFailure failure)
    {
        return failure == MqttFailure.ConnectTimeout || failure == MqttFailure.PingTimeout || failure == MqttFailure.AckTimeout
            ? HubErrorCode.Timeout
            : HubErrorCode.ProtocolError;
    }

    internal static string Get(MqttFailure failure)
    {
        switch (failure)
        {
            case MqttFailure.ConnectTimeout:
                return "The hub did not answer CONNECT in time.";
            case MqttFailure.PingTimeout:
                return "The hub did not answer a keep-alive ping; the network path is probably dead.";
            case MqttFailure.AckTimeout:
                return "The hub did not acknowledge a message in time; the network path is probably dead.";
            case MqttFailure.PacketTooLarge:
                return "The hub sent a packet above the receive limit; raise MaxInboundPacketBytes or send smaller messages to the device.";
            default:
                return "The peer broke MQTT 3.1.1 (failure " + ((int)failure).ToString() + "); it may not be an IoT hub.";
        }
    }
}
