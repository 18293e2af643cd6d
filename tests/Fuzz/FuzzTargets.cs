using DeviceClient.Fuzz.Targets;

namespace DeviceClient.Fuzz;

/// <summary>The parsers that meet bytes from outside, by name.</summary>
internal static class FuzzTargets
{
    public static SortedDictionary<string, Action<byte[]>> All { get; } = new(StringComparer.Ordinal)
    {
        ["bag"] = BagTarget.Run,
        ["connectionstring"] = ConnectionStringTarget.Run,
        ["dps"] = DpsTarget.Run,
        ["json"] = JsonTarget.Run,
        ["mqtt"] = MqttTarget.Run,
        ["sas"] = SasTarget.Run,
        ["topics"] = TopicsTarget.Run,
    };
}
