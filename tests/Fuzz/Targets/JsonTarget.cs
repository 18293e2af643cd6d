using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>
/// JSON. Byte 0xFF, which no text contains, divides the input into up to three texts. Promises: acceptance, strings and numbers as
/// System.Text.Json has them; a merge as RFC 7386 writes it; and a composed patch does what its two parts do in turn.
/// </summary>
internal static class JsonTarget
{
    private const byte Divider = 0xFF;
    private const int MaxDepth = JsonReader.DefaultMaxDepth;
    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = true };

    public static void Run(byte[] input)
    {
        byte[][] texts = Split(input);
        foreach (byte[] text in texts)
        {
            CompareReading(text);
        }

        if (texts.Length > 1 && texts.All(text => IsPlain(text)))
        {
            CompareMerging(texts);
        }
    }

    private static byte[][] Split(byte[] input)
    {
        var texts = new List<byte[]>();
        int start = 0;
        for (int i = 0; i <= input.Length && texts.Count < 3; i++)
        {
            if (i == input.Length || input[i] == Divider)
            {
                texts.Add(input[start..i]);
                start = i + 1;
            }
        }

        return [.. texts];
    }

    private static void CompareReading(byte[] text)
    {
        bool accepted = JsonReader.IsValid(text, 0, text.Length);
        BrokenPromiseException.Unless(accepted == IsValidForTheReference(text), accepted ? "We accept what the reference refuses." : "We refuse what the reference accepts.");
        if (!accepted)
        {
            return;
        }

        var ours = new JsonReader(text, 0, text.Length);
        var theirs = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (ours.Read())
        {
            BrokenPromiseException.Unless(theirs.Read(), "We read more tokens.");
            CompareToken(ours, ref theirs);
        }

        BrokenPromiseException.Unless(!theirs.Read(), "We read fewer tokens.");
    }

    private static void CompareToken(JsonReader ours, ref Utf8JsonReader theirs)
    {
        if (theirs.TokenType is System.Text.Json.JsonTokenType.String or System.Text.Json.JsonTokenType.PropertyName)
        {
            string text = theirs.GetString()!;
            BrokenPromiseException.Unless(ours.GetString() == text, "A string differs.");
            BrokenPromiseException.Unless(ours.ValueEquals(text), "A string does not equal itself.");
        }
        else if (theirs.TokenType == System.Text.Json.JsonTokenType.Number)
        {
            double value = ours.GetDouble();
            BrokenPromiseException.Unless(value.Equals(theirs.GetDouble()), $"A number is {value:R} instead of {theirs.GetDouble():R}.");
            if (theirs.TryGetInt64(out long whole))
            {
                BrokenPromiseException.Unless(ours.TryGetInt64(out long same) && same == whole, "A whole number differs.");
            }
        }
        else
        {
            BrokenPromiseException.Unless(ours.TokenType.ToString() == theirs.TokenType.ToString(), $"{ours.TokenType} instead of {theirs.TokenType}.");
        }
    }

    // The reference leaves UTF-8 and surrogates to whoever reads a string; we look at all of them.
    private static bool IsValidForTheReference(byte[] text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, s_strict);
            return Utf8Text.IsValidUtf8(text, 0, text.Length) && HasGoodStrings(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasGoodStrings(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString() != null,
                JsonValueKind.Array => element.EnumerateArray().All(HasGoodStrings),
                JsonValueKind.Object => element.EnumerateObject().All(member => member.Name != null && HasGoodStrings(member.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    // Repeated names have no meaning that two implementations must share.
    private static bool IsPlain(byte[] text)
    {
        if (!JsonReader.IsValid(text, 0, text.Length))
        {
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void CompareMerging(byte[][] texts)
    {
        JsonNode? expected = Merge(Parse(texts[0]), Parse(texts[1]));
        byte[] once = MergeOurs(texts[0], texts[1], keepNulls: false) ?? throw new BrokenPromiseException("Two sound texts do not merge.");
        BrokenPromiseException.Unless(AreSame(expected, Parse(once)), "The merge differs from RFC 7386.");
        if (texts.Length < 3)
        {
            return;
        }

        byte[]? both = MergeOurs(texts[1], texts[2], keepNulls: true);
        if (both != null)
        {
            byte[] inTurn = MergeOurs(once, texts[2], keepNulls: false) ?? throw new BrokenPromiseException("Two sound texts do not merge.");
            byte[] atOnce = MergeOurs(texts[0], both, keepNulls: false) ?? throw new BrokenPromiseException("A composed patch does not merge.");
            BrokenPromiseException.Unless(AreSame(Parse(inTurn), Parse(atOnce)), "A composed patch does something else than its parts.");
        }
    }

    private static byte[]? MergeOurs(byte[] target, byte[] patch, bool keepNulls)
    {
        var output = new ByteWriter(64, 1 << 20);
        return JsonMerge.TryMerge(target, 0, target.Length, patch, 0, patch.Length, keepNulls, output) ? output.ToArray() : null;
    }

    private static JsonNode? Parse(byte[] text) => JsonNode.Parse(text, documentOptions: s_strict);

    // Numbers by their text: the library's own comparison refuses large exponents.
    private static bool AreSame(JsonNode? left, JsonNode? right)
    {
        return (left, right) switch
        {
            (null, null) => true,
            (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(member => b.TryGetPropertyValue(member.Key, out JsonNode? other) && AreSame(member.Value, other)),
            (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => AreSame(pair.First, pair.Second)),
            (JsonValue a, JsonValue b) => a.GetValueKind() == b.GetValueKind()
                && (a.GetValueKind() == JsonValueKind.String ? a.GetValue<string>() == b.GetValue<string>() : a.ToJsonString() == b.ToJsonString()),
            _ => false,
        };
    }

    // The pseudo code of RFC 7386, section 2.
    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target as JsonObject ?? [];
        foreach ((string name, JsonNode? value) in changes)
        {
            if (value == null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = Merge(merged[name], value);
            }
        }

        return ReferenceEquals(merged.Parent, null) ? merged : merged.DeepClone();
    }
}
