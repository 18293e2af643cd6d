using DeviceClient.Protocol;

namespace DeviceClient.Interop.Tests.Mosquitto;

/// <summary>A copy of an event that outlives the machine's buffers.</summary>
internal sealed record DriverEvent
{
    public MqttEventKind Kind { get; init; }

    public MqttFailure Failure { get; init; }

    public int PacketId { get; init; }

    public long Token { get; init; }

    public int Qos { get; init; }

    public int GrantedQos { get; init; }

    public bool SessionPresent { get; init; }

    public bool Duplicate { get; init; }

    public bool Retain { get; init; }

    public string Topic { get; init; } = "";

    public byte[] Payload { get; init; } = [];
}
