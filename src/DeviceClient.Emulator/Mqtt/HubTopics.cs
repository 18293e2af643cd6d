using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DeviceClient.Emulator;

/// <summary>
/// The topics of one identity. Written apart from the client's topic code on purpose, so that a mistake there cannot hide here.
/// Source: iot-mqtt-connect-to-iot-hub.md.
/// </summary>
internal sealed class HubTopics
{
    internal const string Methods = "$iothub/methods/POST/#";
    internal const string TwinResponses = "$iothub/twin/res/#";
    internal const string DesiredChanges = "$iothub/twin/PATCH/properties/desired/#";
    internal const string TwinGet = "$iothub/twin/GET/";
    internal const string TwinPatch = "$iothub/twin/PATCH/properties/reported/";
    internal const string MethodResponse = "$iothub/methods/res/";

    private readonly HashSet<string> _filters;

    internal HubTopics(HubRegistryIdentity identity)
    {
        string root = identity.ModuleId is null
            ? $"devices/{identity.DeviceId}/"
            : $"devices/{identity.DeviceId}/modules/{identity.ModuleId}/";
        Events = root + "messages/events/";
        CloudToDevice = identity.ModuleId is null ? root + "messages/devicebound/" : null;
        CloudToDeviceFilter = CloudToDevice + "#";
        _filters = [Methods, TwinResponses, DesiredChanges, CloudToDevice is null ? root + "#" : CloudToDeviceFilter];
    }

    /// <summary>Prefix of telemetry topics, ends with a slash.</summary>
    internal string Events { get; }

    /// <summary>Prefix of cloud-to-device topics, ends with a slash; null for a module, which has none.</summary>
    internal string? CloudToDevice { get; }

    internal string CloudToDeviceFilter { get; }

    /// <summary>The filters the hub offers to this identity: nothing narrower, nothing wider.</summary>
    internal bool Offers(string filter) => _filters.Contains(filter);

    internal string OfferedText => string.Join(", ", _filters.Order(StringComparer.Ordinal));

    /// <summary>Where the property bag of a telemetry topic starts, or -1 when the topic is not telemetry of this identity.</summary>
    internal int FindBag(string topic)
    {
        if (topic.StartsWith(Events, StringComparison.Ordinal))
        {
            return Events.Length;
        }

        return topic.Length == Events.Length - 1 && Events.StartsWith(topic, StringComparison.Ordinal) ? topic.Length : -1;
    }

    /// <summary>A parameter of the part after <c>/?</c> of a <c>$iothub</c> topic, as it stands there; null when missing.</summary>
    internal static string? FindParameter(string topic, string name)
    {
        int question = topic.IndexOf("/?", StringComparison.Ordinal);
        if (question < 0)
        {
            return null;
        }

        foreach (string pair in topic[(question + 2)..].TrimEnd('/').Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.UnescapeDataString(pair[..equals]) == name)
            {
                return pair[(equals + 1)..];
            }
        }

        return null;
    }

    /// <summary>Takes <c>$iothub/methods/res/{status}/?$rid={rid}</c> apart.</summary>
    internal static bool TryParseMethodResponse(string topic, out int status, [NotNullWhen(true)] out string? requestId)
    {
        status = 0;
        requestId = FindParameter(topic, "$rid");
        int end = topic.IndexOf('/', MethodResponse.Length);
        return end > 0 && requestId is { Length: > 0 }
            && int.TryParse(topic.AsSpan(MethodResponse.Length, end - MethodResponse.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out status);
    }
}
