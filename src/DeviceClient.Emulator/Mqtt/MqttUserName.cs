using System.Diagnostics.CodeAnalysis;

namespace DeviceClient.Emulator;

/// <summary>
/// The user name of a hub CONNECT: <c>{host}/{deviceId}/?api-version=..</c> or <c>{host}/{deviceId}/{moduleId}/?api-version=..</c>.
/// The <c>?</c> may be missing, keys come in any order, the first of a repeated key counts, unknown keys are ignored.
/// Source: iot-mqtt-connect-to-iot-hub.md; tolerance as edge hub's MqttUsernameParser.
/// </summary>
internal sealed record MqttUserName(string HostName, string DeviceId, string? ModuleId)
{
    internal string ApiVersion { get; private init; } = "";

    internal string ClientType { get; private init; } = "";

    internal string ModelId { get; private init; } = "";

    internal static bool TryParse(string? text, [NotNullWhen(true)] out MqttUserName? name, [NotNullWhen(false)] out string? fault)
    {
        name = null;
        string[] parts = (text ?? "").Split('/', 3);
        if (parts.Length < 3 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            fault = $"The user name '{text}' is not '{{hub}}/{{deviceId}}/?api-version=..' or '{{hub}}/{{deviceId}}/{{moduleId}}/?api-version=..'.";
            return false;
        }

        string rest = parts[2];
        string? moduleId = null;
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && !rest.StartsWith('?'))
        {
            moduleId = rest[..slash];
            rest = rest[(slash + 1)..];
            if (moduleId.Length == 0)
            {
                fault = $"The user name '{text}' has an empty module id.";
                return false;
            }
        }

        string query = rest.StartsWith('?') ? rest[1..] : rest;
        name = new MqttUserName(parts[0], parts[1], moduleId)
        {
            ApiVersion = Find(query, "api-version"),
            ClientType = Find(query, "DeviceClientType"),
            ModelId = Find(query, "model-id") is { Length: > 0 } model ? model : Find(query, "digital-twin-model-id"),
        };
        fault = null;
        return true;
    }

    /// <summary>Whether the text addresses the provisioning service, and its parts.</summary>
    internal static bool TryParseProvisioning(
        string? text, [NotNullWhen(true)] out string? idScope, [NotNullWhen(true)] out string? registrationId, out string query)
    {
        string[] parts = (text ?? "").Split('/', 4);
        bool matches = parts.Length >= 3 && parts[1] == "registrations";
        idScope = matches ? parts[0] : null;
        registrationId = matches ? parts[2] : null;
        query = matches && parts.Length == 4 ? parts[3] : "";
        return matches;
    }

    private static string Find(string query, string key)
    {
        foreach (string pair in query.Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0 && pair.AsSpan(0, equals).SequenceEqual(key))
            {
                return Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }

        return "";
    }
}
