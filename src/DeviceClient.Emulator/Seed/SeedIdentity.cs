using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>A device or module of a seed, with the path of its entry for error messages.</summary>
internal sealed record SeedIdentity(string Path, string Id, HubDeviceSettings Settings, JsonObject? Tags, JsonObject? Desired)
{
    internal string? ManagedBy { get; init; }

    internal IReadOnlyList<SeedIdentity> Modules { get; init; } = [];

    // A record's own text would show the keys.
    public override string ToString() => Path;
}
