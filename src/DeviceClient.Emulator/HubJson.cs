using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>JSON text as the service writes it: compact, non-ASCII characters left alone.</summary>
internal static class HubJson
{
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    internal static byte[] ToUtf8(JsonNode? node)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_compact))
        {
            if (node is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                node.WriteTo(writer);
            }
        }

        return stream.ToArray();
    }

    internal static string ToText(JsonNode? node) => System.Text.Encoding.UTF8.GetString(ToUtf8(node));

    /// <summary>Reads one JSON value; false with the parser's reason when the text is not JSON.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> utf8, out JsonNode? node, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            node = JsonNode.Parse(utf8, documentOptions: s_strict);
            fault = null;
            return true;
        }
        catch (JsonException error)
        {
            node = null;
            fault = error.Message;
            return false;
        }
    }
}
