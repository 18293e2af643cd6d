using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>A device's answer to a direct method. A status of 4xx or 5xx is the device's word, not an error of the call.</summary>
/// <param name="Status">The device's status.</param>
/// <param name="Payload">The device's JSON text in UTF-8; empty when it sent none.</param>
public sealed record HubMethodResult(int Status, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The payload parsed; null for an empty payload or the JSON text <c>null</c>.</summary>
    public JsonNode? ToJson() => Payload.IsEmpty ? null : JsonNode.Parse(Payload.Span);
}
