using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>
/// Limits of a twin. Source: iot-hub-devguide-device-twins.md: keys at most 1 KB without control characters, <c>.</c>, <c>$</c>
/// and space; strings at most 4 KB; integers -4503599627370496 to 4503599627370495; depth 10; desired and reported 32 KB, tags 8 KB.
/// </summary>
internal static class TwinLimits
{
    internal const int SectionBytes = 32 * 1024;
    internal const int TagsBytes = 8 * 1024;
    private const int KeyBytes = 1024;
    private const int StringBytes = 4096;
    private const int MaximumDepth = 10;
    private const long MinimumInteger = -4503599627370496;
    private const long MaximumInteger = 4503599627370495;

    /// <summary>Why the hub would refuse this value, or null.</summary>
    internal static string? FindFault(JsonObject section) => FindFault(section, "", 0);

    /// <summary>
    /// Size as the hub counts it: characters of keys and of string values without control characters, 8 for a number, 4 for a
    /// boolean, 0 for null (the last is unconfirmed); metadata does not count.
    /// </summary>
    internal static int Measure(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                return members.Sum(static member => Visible(member.Key) + Measure(member.Value));
            case JsonArray items:
                return items.Sum(Measure);
            case null:
                return 0;
            default:
                return node.GetValueKind() switch
                {
                    JsonValueKind.String => Visible(node.GetValue<string>()),
                    JsonValueKind.Number => 8,
                    JsonValueKind.True or JsonValueKind.False => 4,
                    _ => 0,
                };
        }
    }

    private static string? FindFault(JsonNode? node, string path, int depth)
    {
        switch (node)
        {
            case JsonObject members:
                if (depth > MaximumDepth)
                {
                    return $"'{path}' is nested deeper than {MaximumDepth} levels.";
                }

                foreach ((string name, JsonNode? value) in members)
                {
                    string? fault = FindNameFault(name, path) ?? FindFault(value, path + "/" + name, depth + 1);
                    if (fault is not null)
                    {
                        return fault;
                    }
                }

                return null;
            case JsonArray items:
                return depth > MaximumDepth
                    ? $"'{path}' is nested deeper than {MaximumDepth} levels."
                    : items.Select(item => FindFault(item, path, depth + 1)).FirstOrDefault(static fault => fault is not null);
            case null:
                return null;
            default:
                return FindValueFault(node, path);
        }
    }

    private static string? FindNameFault(string name, string path)
    {
        if (name.Length == 0)
        {
            return $"A member of '{path}/' has an empty name.";
        }

        if (Encoding.UTF8.GetByteCount(name) > KeyBytes)
        {
            return $"A name in '{path}/' has more than {KeyBytes} bytes of UTF-8.";
        }

        foreach (char c in name)
        {
            if (c is '.' or '$' or ' ' || char.IsControl(c))
            {
                return $"The name '{path}/{name}' contains U+{(int)c:X4}; '.', '$', space and control characters are not allowed.";
            }
        }

        return null;
    }

    private static string? FindValueFault(JsonNode node, string path)
    {
        switch (node.GetValueKind())
        {
            case JsonValueKind.String:
                int bytes = Encoding.UTF8.GetByteCount(node.GetValue<string>());
                return bytes > StringBytes ? $"The text at '{path}' has {bytes} bytes of UTF-8, at most {StringBytes} are allowed." : null;
            case JsonValueKind.Number:
                string text = node.ToJsonString();
                bool integer = text.AsSpan().IndexOfAny('.', 'e', 'E') < 0;
                return integer && (!long.TryParse(text, out long number) || number is < MinimumInteger or > MaximumInteger)
                    ? $"The number {text} at '{path}' is outside {MinimumInteger} to {MaximumInteger}."
                    : null;
            default:
                return null;
        }
    }

    private static int Visible(string text) => text.Count(static c => !char.IsControl(c));
}
