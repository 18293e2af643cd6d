using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>The hub's merge rule: objects merge, <c>null</c> removes, everything else replaces (RFC 7386).</summary>
internal static class TwinMerge
{
    internal static void Apply(JsonObject target, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject change:
                    if (target[name] is not JsonObject present)
                    {
                        present = [];
                        target[name] = present;
                    }

                    Apply(present, change);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }

    /// <summary>Marks in the metadata what a patch wrote; removed members lose their metadata too.</summary>
    internal static void Touch(JsonObject metadata, JsonObject patch, string time, long? version)
    {
        Mark(metadata, time, version);
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null)
            {
                metadata.Remove(name);
                continue;
            }

            if (metadata[name] is not JsonObject entry)
            {
                entry = [];
                metadata[name] = entry;
            }

            if (value is JsonObject change)
            {
                Touch(entry, change, time, version);
            }
            else
            {
                entry.Clear();
                Mark(entry, time, version);
            }
        }
    }

    private static void Mark(JsonObject metadata, string time, long? version)
    {
        metadata["$lastUpdated"] = time;
        if (version is long number)
        {
            metadata["$lastUpdatedVersion"] = number;
        }
    }
}
