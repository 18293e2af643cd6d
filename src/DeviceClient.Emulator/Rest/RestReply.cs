using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>What a REST handler answers: a status, at most one JSON body, a few headers.</summary>
internal sealed record RestReply(int Status, JsonNode? Body = null)
{
    internal static readonly RestReply NoContent = new(204);

    /// <summary>The entity's etag; sent with quotation marks.</summary>
    internal string? ETag { get; init; }

    internal IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    internal static RestReply Ok(JsonNode body) => new(200, body);
}
