using System.Text;
using System.Text.Json;

namespace DeviceClient;

/// <summary>One section of a twin: its version and its JSON.</summary>
public sealed class TwinProperties
{
    /// <summary>Creates a section; applications do so in tests only.</summary>
    /// <param name="version">The hub's version of the section; -1 when unknown.</param>
    /// <param name="json">The section in UTF-8, a JSON object.</param>
    public TwinProperties(long version, ReadOnlyMemory<byte> json)
    {
        Version = version;
        Json = json;
    }

    /// <summary>The hub's version: it grows with each accepted change. -1 when unknown.</summary>
    public long Version { get; }

    /// <summary>The section as the hub sent it: a JSON object in UTF-8, <c>$version</c> included where the hub included it.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The section as a document.</summary>
    /// <returns>A document to be disposed by the caller.</returns>
    public JsonDocument Parse() => JsonDocument.Parse(Json);

    /// <summary>Reads one member of the section.</summary>
    /// <param name="name">Name of the member, compared exactly.</param>
    /// <param name="value">An independent copy of the value.</param>
    /// <returns>True when the member exists.</returns>
    public bool TryGet(string name, out JsonElement value)
    {
        ArgumentNullException.ThrowIfNull(name);
        using JsonDocument document = Parse();
        if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out JsonElement found))
        {
            value = found.Clone();
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The JSON as text.</summary>
    /// <returns>The section.</returns>
    public override string ToString() => Encoding.UTF8.GetString(Json.Span);
}
