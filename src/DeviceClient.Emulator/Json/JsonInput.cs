using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Typed reading of JSON that others wrote; a member of a wrong kind is refused with its path.</summary>
internal static class JsonInput
{
    private static readonly JsonNodeOptions s_node = new() { PropertyNameCaseInsensitive = false };
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <exception cref="JsonInputException">The text is not JSON; the message names line and position.</exception>
    internal static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8, s_node, s_strict);
        }
        catch (JsonException error)
        {
            throw new JsonInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: not valid JSON ({FirstSentence(error.Message)})"));
        }
    }

    internal static JsonObject AsObject(JsonNode? node, string path) =>
        node as JsonObject ?? throw new JsonInputException($"{path}: expected an object, found {Kind(node)}");

    internal static JsonArray AsArray(JsonNode? node, string path) =>
        node as JsonArray ?? throw new JsonInputException($"{path}: expected an array, found {Kind(node)}");

    internal static JsonObject? Object(JsonObject parent, string name) =>
        parent[name] is not { } node ? null : AsObject(node, node.GetPath());

    internal static JsonArray? Array(JsonObject parent, string name) =>
        parent[name] is not { } node ? null : AsArray(node, node.GetPath());

    internal static string? Text(JsonObject parent, string name) => parent[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue(out string? text) ? text
        : throw new JsonInputException($"{node.GetPath()}: expected a string, found {Kind(node)}");

    internal static string RequiredText(JsonObject parent, string name) =>
        Text(parent, name) is { Length: > 0 } text
            ? text
            : throw new JsonInputException($"{parent.GetPath()}.{name}: required, a string that is not empty");

    internal static bool? Flag(JsonObject parent, string name) => parent[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue(out bool flag) ? flag
        : throw new JsonInputException($"{node.GetPath()}: expected true or false, found {Kind(node)}");

    internal static long? Integer(JsonObject parent, string name) => parent[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue(out long number) ? number
        : throw new JsonInputException($"{node.GetPath()}: expected an integer, found {Kind(node)}");

    internal static double? Number(JsonObject parent, string name) => parent[name] is not { } node ? null
        : node is JsonValue value && value.TryGetValue(out double number) ? number
        : throw new JsonInputException($"{node.GetPath()}: expected a number, found {Kind(node)}");

    internal static IReadOnlyList<string> Texts(JsonObject parent, string name)
    {
        JsonArray? array = Array(parent, name);
        return array is null ? [] :
        [
            .. array.Select((item, index) => item is JsonValue value && value.TryGetValue(out string? text) ? text
                : throw new JsonInputException(string.Create(
                    CultureInfo.InvariantCulture, $"{array.GetPath()}[{index}]: expected a string, found {Kind(item)}"))),
        ];
    }

    /// <summary>One word of a fixed list, in any letter case, as the list's index; -1 when the member is absent.</summary>
    internal static int Choice(JsonObject parent, string name, params ReadOnlySpan<string> words)
    {
        if (Text(parent, name) is not { } text)
        {
            return -1;
        }

        for (int i = 0; i < words.Length; i++)
        {
            if (string.Equals(text, words[i], StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new JsonInputException($"{parent[name]!.GetPath()}: '{text}' is not one of {string.Join(", ", words!)}");
    }

    /// <summary>Refuses members that the schema does not know: a misspelt one must not be ignored in silence.</summary>
    internal static void AllowOnly(JsonObject node, params string[] names)
    {
        foreach ((string name, _) in node)
        {
            if (!names.Contains(name, StringComparer.Ordinal))
            {
                throw new JsonInputException($"{node.GetPath()}.{name}: unknown member; known are {string.Join(", ", names)}");
            }
        }
    }

    private static string Kind(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "an object",
        JsonArray => "an array",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            _ => node.ToJsonString(),
        },
    };

    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message.TrimEnd('.') : message[..end];
    }
}
