using System.Buffers.Binary;

namespace DeviceClient.Emulator;

/// <summary>Looks at protocol name and level of a CONNECT before the codec does: another level gets CONNACK 1, another name nothing.</summary>
internal static class MqttConnectVersion
{
    /// <param name="body">CONNECT without its fixed header.</param>
    /// <exception cref="MqttLevelException">The level is not 4.</exception>
    /// <exception cref="MqttViolationException">The name is not <c>MQTT</c>.</exception>
    internal static void Require(ReadOnlySpan<byte> body)
    {
        if (body.Length < 7 || BinaryPrimitives.ReadUInt16BigEndian(body) != 4 || !body.Slice(2, 4).SequenceEqual("MQTT"u8))
        {
            throw new MqttViolationException(400001, "The protocol name of CONNECT is not 'MQTT'.");
        }

        if (body[6] != 4)
        {
            throw new MqttLevelException(body[6]);
        }
    }
}
