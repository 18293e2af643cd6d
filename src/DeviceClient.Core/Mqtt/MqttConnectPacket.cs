using System;
using System.Text;

namespace DeviceClient.Protocol;

/// <summary>Builds CONNECT (MQTT 3.1.1, section 3.1).</summary>
internal static class MqttConnectPacket
{
    private const int UserNameFlag = 0x80;
    private const int PasswordFlag = 0x40;
    private const int WillRetainFlag = 0x20;
    private const int WillQosShift = 3;
    private const int WillFlag = 0x04;
    private const int CleanSessionFlag = 0x02;

    // Protocol name "MQTT", level 4 (3.1.2.1, 3.1.2.2).
    private static readonly byte[] s_protocol = { 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4 };
    private static readonly byte[] s_empty = new byte[0];

    /// <summary>Encodes the packet.</summary>
    /// <returns>The packet, or null when a field is longer than MQTT can say.</returns>
    /// <exception cref="ArgumentException">The parameters break a rule of MQTT.</exception>
    internal static byte[]? Encode(MqttConnectParameters parameters, int keepAliveSeconds)
    {
        Check(parameters);
        byte[] clientId = Encoding.UTF8.GetBytes(parameters.ClientId);
        byte[]? userName = parameters.UserName == null ? null : Encoding.UTF8.GetBytes(parameters.UserName);
        byte[]? willTopic = parameters.WillTopic;
        byte[]? willPayload = willTopic == null ? null : parameters.WillPayload == null ? s_empty : parameters.WillPayload;
        byte[]? password = parameters.Password;
        if (clientId.Length > MqttWire.MaxFieldBytes || IsTooLong(userName) || IsTooLong(password) || IsTooLong(willTopic) || IsTooLong(willPayload))
        {
            return null;
        }

        int remaining = s_protocol.Length + 3 + 2 + clientId.Length
            + GetFieldBytes(willTopic) + GetFieldBytes(willPayload) + GetFieldBytes(userName) + GetFieldBytes(password);
        byte[] packet = new byte[MqttWire.GetHeaderBytes(remaining) + remaining];
        int at = MqttWire.WriteHeader(packet, 0, (int)MqttPacketType.Connect << 4, remaining);
        Array.Copy(s_protocol, 0, packet, at, s_protocol.Length);
        at += s_protocol.Length;
        packet[at++] = (byte)GetFlags(parameters);
        at = MqttWire.WriteUInt16(packet, at, keepAliveSeconds);
        at = MqttWire.WriteField(packet, at, clientId);
        at = WriteOptional(packet, at, willTopic);
        at = WriteOptional(packet, at, willPayload);
        at = WriteOptional(packet, at, userName);
        WriteOptional(packet, at, password);
        return packet;
    }

    private static void Check(MqttConnectParameters parameters)
    {
        if (parameters.ClientId.Length == 0 && !parameters.CleanSession)
        {
            throw new ArgumentException("An empty client id is allowed only with CleanSession (MQTT 3.1.1, 3.1.3.1). Set one or the other.", nameof(parameters));
        }

        if (parameters.Password != null && parameters.UserName == null)
        {
            throw new ArgumentException("A password needs a user name (MQTT 3.1.1, 3.1.2.9). Set UserName.", nameof(parameters));
        }

        if (parameters.WillTopic != null && parameters.WillTopic.Length == 0)
        {
            throw new ArgumentException("WillTopic is empty. Use null for no will.", nameof(parameters));
        }

        if (parameters.WillQos < 0 || parameters.WillQos > 1)
        {
            throw new ArgumentException("WillQos is " + parameters.WillQos.ToString() + "; it must be 0 or 1.", nameof(parameters));
        }
    }

    private static int GetFlags(MqttConnectParameters parameters)
    {
        int flags = parameters.CleanSession ? CleanSessionFlag : 0;
        if (parameters.WillTopic != null)
        {
            flags |= WillFlag | (parameters.WillQos << WillQosShift) | (parameters.WillRetain ? WillRetainFlag : 0);
        }

        flags |= parameters.UserName != null ? UserNameFlag : 0;
        return flags | (parameters.Password != null ? PasswordFlag : 0);
    }

    private static bool IsTooLong(byte[]? field) => field != null && field.Length > MqttWire.MaxFieldBytes;

    private static int GetFieldBytes(byte[]? field) => field == null ? 0 : 2 + field.Length;

    private static int WriteOptional(byte[] packet, int offset, byte[]? field)
    {
        return field == null ? offset : MqttWire.WriteField(packet, offset, field);
    }
}
