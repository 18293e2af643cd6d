using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Desired or reported properties with their version and metadata.</summary>
internal sealed class TwinSection
{
    internal TwinSection(DateTimeOffset now) => Metadata = new JsonObject { ["$lastUpdated"] = Stamp(now) };

    internal TwinSection(JsonObject values, JsonObject metadata, long version)
    {
        Values = values;
        Metadata = metadata;
        Version = version;
    }

    internal JsonObject Values { get; private set; } = [];

    /// <summary>Mirrors <see cref="Values"/>: each object and leaf carries <c>$lastUpdated</c>, desired ones also <c>$lastUpdatedVersion</c>.</summary>
    internal JsonObject Metadata { get; private set; }

    internal long Version { get; private set; } = 1;

    internal HubTwinProperties ToProperties() => new()
    {
        Values = (JsonObject)Values.DeepClone(),
        Metadata = (JsonObject)Metadata.DeepClone(),
        Version = Version,
    };

    /// <summary>What the section would hold after the patch, for the size check before anything is stored.</summary>
    internal JsonObject Preview(JsonObject patch, bool replace)
    {
        JsonObject values = replace ? [] : (JsonObject)Values.DeepClone();
        TwinMerge.Apply(values, patch);
        return values;
    }

    internal void Store(JsonObject values, JsonObject patch, bool replace, bool versionInMetadata, DateTimeOffset now)
    {
        Values = values;
        Version++;
        string time = Stamp(now);
        long? version = versionInMetadata ? Version : null;
        if (replace)
        {
            Metadata = [];
        }

        TwinMerge.Touch(Metadata, patch, time, version);
    }

    private static string Stamp(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
