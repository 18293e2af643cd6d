namespace DeviceClient.Emulator;

/// <summary>The peer speaks another level of MQTT than 3.1.1; it is told with CONNACK 1.</summary>
internal sealed class MqttLevelException(int level)
    : Exception($"CONNECT asks for protocol level {level}; the hub speaks level 4 (MQTT 3.1.1).");
