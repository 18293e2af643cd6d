using System.Globalization;

namespace DeviceClient.Emulator;

/// <summary>A device-to-cloud message as the hub hands it to its consumers. Immutable.</summary>
public sealed class HubTelemetryMessage
{
    private readonly string _topic;
    private readonly int _bagOffset;
    private readonly TelemetryOrigin _origin;
    private readonly bool _retain;
    private readonly bool _duplicate;
    private readonly bool _will;
    private Dictionary<string, string?>? _properties;
    private Dictionary<string, string>? _system;

    internal HubTelemetryMessage(
        TelemetryOrigin origin, string topic, int bagOffset, ReadOnlyMemory<byte> payload, DateTimeOffset enqueued, bool retain, bool duplicate, bool will)
    {
        _origin = origin;
        _topic = topic;
        _bagOffset = bagOffset;
        Payload = payload;
        EnqueuedTime = enqueued;
        _retain = retain;
        _duplicate = duplicate;
        _will = will;
    }

    /// <summary>Device that sent it.</summary>
    public string DeviceId => _origin.DeviceId;

    /// <summary>Module that sent it, or null.</summary>
    public string? ModuleId => _origin.ModuleId;

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>When the hub took it (<c>iothub-enqueuedtime</c>).</summary>
    public DateTimeOffset EnqueuedTime { get; }

    /// <summary>Counts up from 1 over all messages of the hub.</summary>
    public long SequenceNumber { get; internal set; }

    /// <summary>Whether it is a will, sent by the hub after a connection was lost.</summary>
    public bool IsWill => _will;

    /// <summary>
    /// Application properties, decoded; a key without <c>=</c> has the value null. The hub adds <c>mqtt-retain</c>, <c>mqtt-dup</c> and
    /// <c>iothub-MessageType</c> where they apply.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Properties
    {
        get
        {
            Decode();
            return _properties!;
        }
    }

    /// <summary>
    /// System properties under the names consumers see: <c>message-id</c>, <c>content-type</c>, <c>dt-subject</c>,
    /// <c>iothub-creation-time-utc</c> and so on, and those the hub stamps: <c>iothub-connection-device-id</c>,
    /// <c>iothub-connection-module-id</c>, <c>iothub-connection-auth-generation-id</c>, <c>iothub-connection-auth-method</c>,
    /// <c>iothub-enqueuedtime</c>, <c>iothub-message-source</c>, <c>dt-dataschema</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> SystemProperties
    {
        get
        {
            Decode();
            return _system!;
        }
    }

    private void Decode()
    {
        if (Volatile.Read(ref _system) is not null)
        {
            return;
        }

        Dictionary<string, string?> properties = new(StringComparer.Ordinal);
        Dictionary<string, string> system = new(StringComparer.Ordinal);
        foreach ((string name, string? value) in TelemetryBag.Decode(_topic[_bagOffset..]))
        {
            if (TelemetryBag.FindSystemName(name) is string systemName)
            {
                system[systemName] = value ?? "";
            }
            else
            {
                properties[name] = value;
            }
        }

        if (_retain)
        {
            properties["mqtt-retain"] = "true";
        }

        if (_duplicate)
        {
            properties["mqtt-dup"] = "true";
        }

        if (_will)
        {
            properties["iothub-MessageType"] = "Will";
        }

        _origin.Stamp(system);
        system["iothub-enqueuedtime"] = EnqueuedTime.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        system["iothub-message-source"] = "Telemetry";
        _properties = properties;
        Volatile.Write(ref _system, system);
    }
}
