using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>What a service changes in a twin in one step.</summary>
public sealed record HubTwinUpdate
{
    /// <summary>Change of the tags; null leaves them alone.</summary>
    public JsonObject? Tags { get; init; }

    /// <summary>Change of the desired properties; null leaves them alone. <c>$version</c> and <c>$metadata</c> at its top are ignored.</summary>
    public JsonObject? Desired { get; init; }

    /// <summary>Whether the given sections replace the present ones (PUT) instead of being merged into them (PATCH).</summary>
    /// <value>Default false.</value>
    public bool Replace { get; init; }

    /// <summary>Etag the twin must have, with or without quotes.</summary>
    /// <value>Null (default) or <c>*</c>: any.</value>
    public string? IfMatch { get; init; }
}
