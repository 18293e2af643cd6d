using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>The twin that an identity starts with.</content>
public sealed partial class HubTwins
{
    /// <summary>Gives an identity a new twin, as at its creation: versions 1, nothing reported.</summary>
    /// <exception cref="HubServiceException">404001, 404010 unknown; 400004 a limit is exceeded.</exception>
    internal void Initialize(string deviceId, string? moduleId, JsonObject? tags, JsonObject? desired)
    {
        HubRegistryIdentity identity = _hub.Devices.GetIdentity(deviceId, moduleId);
        DateTimeOffset now = _hub.Time.GetUtcNow();
        lock (identity.Gate)
        {
            var twin = new TwinRecord(now) { ModelId = identity.Twin.ModelId };
            if (WithoutReserved(tags) is { } newTags)
            {
                twin.Tags = CheckTags(twin, newTags, replace: true);
            }

            if (WithoutReserved(desired) is { } newDesired)
            {
                // Stored as version 0 so that the first write makes it 1.
                var section = new TwinSection([], [], 0);
                JsonObject values = CheckSection(section, newDesired, replace: true, "desired");
                section.Store(values, newDesired, replace: true, versionInMetadata: true, now);
                twin.Desired = section;
            }

            identity.Twin = twin;
            _hub.PersistTwin(identity);
        }
    }
}
