using System.Text;

namespace DeviceClient.Emulator;

/// <summary>
/// The property bag at the end of a telemetry topic: <c>key=value</c> pairs joined by <c>&amp;</c>, each side percent-encoded. Written
/// apart from the client's codec on purpose, so that a mistake there cannot hide here. Source: docs/protocol.md, "Telemetry".
/// </summary>
internal static class TelemetryBag
{
    private static readonly Dictionary<string, string> s_systemNames = new(StringComparer.Ordinal)
    {
        ["$.mid"] = "message-id",
        ["$.cid"] = "correlation-id",
        ["$.uid"] = "user-id",
        ["$.to"] = "to",
        ["$.ct"] = "content-type",
        ["$.ce"] = "content-encoding",
        ["$.ctime"] = "iothub-creation-time-utc",
        ["$.exp"] = "absolute-expiry-time",
        ["$.sub"] = "dt-subject",
        ["$.ifid"] = "iothub-interface-id",
        ["$.on"] = "iothub-outputname",
        ["$.schema"] = "iothub-message-schema",
        ["$.cdid"] = "connection-device-id",
        ["$.cmid"] = "connection-module-id",
        ["$.diagid"] = "diagnostic-id",
        ["$.diagctx"] = "diagnostic-context",
    };

    /// <summary>Name under which consumers see a system property, or null for an application property.</summary>
    internal static string? FindSystemName(string name) => s_systemNames.GetValueOrDefault(name);

    /// <summary>
    /// Checks a bag and counts what the hub counts: values of system properties, names and values of application properties.
    /// Allocates nothing for a well-formed bag.
    /// </summary>
    /// <returns>Null, or why the bag is malformed.</returns>
    internal static string? Measure(ReadOnlySpan<char> bag, out int size)
    {
        size = 0;
        bag = Trim(bag);
        while (!bag.IsEmpty)
        {
            int end = bag.IndexOf('&');
            ReadOnlySpan<char> pair = end < 0 ? bag : bag[..end];
            bag = end < 0 ? default : bag[(end + 1)..];
            int equals = pair.IndexOf('=');
            ReadOnlySpan<char> name = equals < 0 ? pair : pair[..equals];
            ReadOnlySpan<char> value = equals < 0 ? default : pair[(equals + 1)..];
            if (name.IsEmpty)
            {
                return "a property has no name";
            }

            if (value.Contains('='))
            {
                return $"the value of '{name}' contains an unencoded '='";
            }

            int nameSize = DecodedSize(name);
            int valueSize = DecodedSize(value);
            if (nameSize < 0 || valueSize < 0)
            {
                return $"the property '{name}' has a broken percent escape";
            }

            size += IsSystem(name) ? valueSize : nameSize + valueSize;
        }

        return null;
    }

    /// <summary>The pairs of a bag that <see cref="Measure"/> accepted, decoded.</summary>
    internal static IEnumerable<KeyValuePair<string, string?>> Decode(string bag)
    {
        string text = Trim(bag).ToString();
        if (text.Length == 0)
        {
            yield break;
        }

        foreach (string pair in text.Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            yield return equals < 0
                ? new(Uri.UnescapeDataString(pair), null)
                : new(Uri.UnescapeDataString(pair[..equals]), Uri.UnescapeDataString(pair[(equals + 1)..]));
        }
    }

    /// <summary>A leading <c>?</c> and a trailing <c>/</c> are not part of the bag (the C# SDK always ends with one).</summary>
    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> bag)
    {
        bag = bag.StartsWith('?') ? bag[1..] : bag;
        return bag.EndsWith('/') ? bag[..^1] : bag;
    }

    private static bool IsSystem(ReadOnlySpan<char> name) =>
        name.StartsWith("$.", StringComparison.Ordinal) || name.StartsWith("%24.", StringComparison.Ordinal);

    private static int DecodedSize(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
        {
            return Encoding.UTF8.GetByteCount(text);
        }

        int size = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                size += Encoding.UTF8.GetByteCount(text.Slice(i, 1));
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                size++;
                i += 2;
            }
            else
            {
                return -1;
            }
        }

        return size;
    }
}
