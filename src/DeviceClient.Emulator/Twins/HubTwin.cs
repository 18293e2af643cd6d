using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>A copy of a device or module twin at one moment.</summary>
public sealed record HubTwin
{
    /// <summary>Device id.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Module id, or null for a device twin.</summary>
    public string? ModuleId { get; init; }

    /// <summary>Changes with each write to tags, desired or reported properties. Not the identity's etag.</summary>
    public required string ETag { get; init; }

    /// <summary>Version of the whole twin, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>Plug and Play model id the device announced when it last connected; empty if none.</summary>
    public string ModelId { get; init; } = "";

    /// <summary>Tags; seen by services only.</summary>
    public required JsonObject Tags { get; init; }

    /// <summary>Desired properties: written by services, read by the device.</summary>
    public required HubTwinProperties Desired { get; init; }

    /// <summary>Reported properties: written by the device, read by services.</summary>
    public required HubTwinProperties Reported { get; init; }
}
