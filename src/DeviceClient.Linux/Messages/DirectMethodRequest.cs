using System.Text;
using System.Text.Json;

namespace DeviceClient;

/// <summary>A direct method as the service invoked it.</summary>
public sealed class DirectMethodRequest
{
    /// <summary>Creates a request; applications do so in tests only.</summary>
    /// <param name="name">Name of the method, 1 character or more.</param>
    /// <param name="payload">Body as received: JSON in UTF-8, or empty.</param>
    /// <param name="requestId">The hub's name of this call; opaque.</param>
    /// <exception cref="ArgumentException">The name is null or empty.</exception>
    public DirectMethodRequest(string name, ReadOnlyMemory<byte> payload = default, string? requestId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Payload = payload;
        RequestId = requestId ?? "";
    }

    /// <summary>Name of the method, as spelt by the caller; the client compares names exactly.</summary>
    public string Name { get; }

    /// <summary>Body as received: JSON in UTF-8, or empty. At most 128 KB. Source: docs/protocol.md, "Direct methods".</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The hub's name of this call; opaque, any characters.</summary>
    public string RequestId { get; }

    /// <summary>The body as text.</summary>
    /// <returns>The decoded body; empty when there is none.</returns>
    public string GetPayloadText() => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>The body as a document; an empty body gives JSON null.</summary>
    /// <returns>A document to be disposed by the caller.</returns>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public JsonDocument ParsePayload() => Payload.IsEmpty ? JsonDocument.Parse("null") : JsonDocument.Parse(Payload);
}
