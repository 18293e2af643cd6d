namespace DeviceClient.Emulator;

/// <summary>The peer broke a rule that makes the hub hang up.</summary>
internal sealed class MqttViolationException(int code, string message) : Exception(message)
{
    /// <summary>The hub's number, for the log.</summary>
    internal int Code { get; } = code;
}
