using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>A copy of the desired or reported properties at one moment.</summary>
public sealed record HubTwinProperties
{
    /// <summary>The properties, without <c>$version</c> and <c>$metadata</c>.</summary>
    public required JsonObject Values { get; init; }

    /// <summary>When, and for desired properties with which version, each property was written.</summary>
    public required JsonObject Metadata { get; init; }

    /// <summary><c>$version</c>: starts at 1, +1 with each accepted change of this section.</summary>
    public required long Version { get; init; }

    /// <summary>The section as the service shows it.</summary>
    /// <param name="withMetadata">Whether <c>$metadata</c> is included; devices get the section without it.</param>
    /// <returns>A new object that ends with <c>$version</c>.</returns>
    public JsonObject ToJson(bool withMetadata)
    {
        JsonObject result = (JsonObject)Values.DeepClone();
        if (withMetadata)
        {
            result["$metadata"] = Metadata.DeepClone();
        }

        result["$version"] = Version;
        return result;
    }
}
