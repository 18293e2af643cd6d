using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>One accepted change of a twin.</summary>
/// <param name="DeviceId">Device id.</param>
/// <param name="ModuleId">Module id, or null.</param>
/// <param name="Section">Which part changed.</param>
/// <param name="Patch">The change as it was sent.</param>
/// <param name="Version">The section's <c>$version</c> afterwards; the twin's version for tags.</param>
public sealed record HubTwinChange(string DeviceId, string? ModuleId, HubTwinSection Section, JsonObject Patch, long Version);
