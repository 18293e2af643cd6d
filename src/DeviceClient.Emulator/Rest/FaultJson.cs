using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Rules of the fault script as JSON. The words are those of <see cref="HubFaultRule"/> in lower camel case.</summary>
internal static class FaultJson
{
    private const double MaximumSeconds = 30 * 86_400;

    private static readonly string[] s_points = Words<HubFaultPoint>();
    private static readonly string[] s_actions = Words<HubFaultAction>();

    internal static HubFaultRule Read(JsonObject body)
    {
        JsonInput.AllowOnly(
            body, "point", "action", "deviceId", "moduleId", "skip", "count", "startAfterSeconds", "durationSeconds", "probability", "seed",
            "delaySeconds", "intervalSeconds", "returnCode", "patch");
        // An explicit null is "without end"; no member is the default.
        bool endless = body.TryGetPropertyValue("count", out JsonNode? count) && count is null;
        return new HubFaultRule
        {
            Point = (HubFaultPoint)Required(body, "point", s_points),
            Action = (HubFaultAction)Required(body, "action", s_actions),
            DeviceId = JsonInput.Text(body, "deviceId"),
            ModuleId = JsonInput.Text(body, "moduleId"),
            Skip = Integer(body, "skip", 0),
            Count = endless ? null : Integer(body, "count", 1),
            StartAfter = Seconds(body, "startAfterSeconds") ?? TimeSpan.Zero,
            Duration = Seconds(body, "durationSeconds"),
            Probability = JsonInput.Number(body, "probability") ?? 1,
            Seed = Integer(body, "seed", 0),
            Delay = Seconds(body, "delaySeconds") ?? TimeSpan.Zero,
            Interval = Seconds(body, "intervalSeconds") ?? TimeSpan.Zero,
            ReturnCode = Integer(body, "returnCode", 3),
            Patch = JsonInput.Object(body, "patch")?.DeepClone().AsObject(),
        };
    }

    internal static JsonObject Write(HubFault fault)
    {
        HubFaultRule rule = fault.Rule;
        return new JsonObject
        {
            ["id"] = fault.Id,
            ["point"] = s_points[(int)rule.Point],
            ["action"] = s_actions[(int)rule.Action],
            ["deviceId"] = rule.DeviceId,
            ["moduleId"] = rule.ModuleId,
            ["skip"] = rule.Skip,
            ["count"] = rule.Count,
            ["startAfterSeconds"] = rule.StartAfter.TotalSeconds,
            ["durationSeconds"] = rule.Duration?.TotalSeconds,
            ["probability"] = rule.Probability,
            ["seed"] = rule.Seed,
            ["delaySeconds"] = rule.Delay.TotalSeconds,
            ["intervalSeconds"] = rule.Interval.TotalSeconds,
            ["returnCode"] = rule.ReturnCode,
            ["patch"] = rule.Patch?.DeepClone(),
            ["firedCount"] = fault.FiredCount,
            ["isActive"] = fault.IsActive,
        };
    }

    private static string[] Words<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => char.ToLowerInvariant(name[0]) + name[1..])];

    private static int Required(JsonObject body, string name, string[] words)
    {
        int choice = JsonInput.Choice(body, name, words);
        return choice >= 0 ? choice : throw new JsonInputException($"$.{name}: required; one of {string.Join(", ", words)}");
    }

    private static int Integer(JsonObject body, string name, int normal)
    {
        long value = JsonInput.Integer(body, name) ?? normal;
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw new JsonInputException($"$.{name}: too large");
    }

    private static TimeSpan? Seconds(JsonObject body, string name) => JsonInput.Number(body, name) switch
    {
        null => null,
        double seconds when seconds is >= 0 and <= MaximumSeconds => TimeSpan.FromSeconds(seconds),
        _ => throw new JsonInputException($"$.{name}: must be 0 to {MaximumSeconds:0} seconds"),
    };
}
