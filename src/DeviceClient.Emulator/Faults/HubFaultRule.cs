using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>One line of a fault script: where, whom, when, how often, what. Immutable.</summary>
public sealed record HubFaultRule
{
    /// <summary>Where it strikes.</summary>
    public required HubFaultPoint Point { get; init; }

    /// <summary>What it does.</summary>
    public required HubFaultAction Action { get; init; }

    /// <summary>Device it is for.</summary>
    /// <value>Null (default): every device.</value>
    public string? DeviceId { get; init; }

    /// <summary>Module it is for.</summary>
    /// <value>Null (default): the device itself and every module of it.</value>
    public string? ModuleId { get; init; }

    /// <summary>Occasions that pass unharmed first.</summary>
    /// <value>0 or more. Default 0.</value>
    public int Skip { get; init; }

    /// <summary>How often it strikes before it is spent.</summary>
    /// <value>1 or more; null: without end. Default 1.</value>
    public int? Count { get; init; } = 1;

    /// <summary>Time from adding the rule until it is armed.</summary>
    /// <value>Default zero.</value>
    public TimeSpan StartAfter { get; init; } = TimeSpan.Zero;

    /// <summary>How long it stays armed.</summary>
    /// <value>Null (default): until it is spent or removed.</value>
    public TimeSpan? Duration { get; init; }

    /// <summary>Chance that it strikes on an occasion.</summary>
    /// <value>Above 0, up to 1. Default 1.</value>
    public double Probability { get; init; } = 1;

    /// <summary>Seed of the chance: the same seed and the same occasions give the same strikes.</summary>
    /// <value>Default 0.</value>
    public int Seed { get; init; }

    /// <summary>Time for <see cref="HubFaultAction.Delay"/>, <see cref="HubFaultAction.Stall"/> and <see cref="HubFaultAction.Throttle"/>.</summary>
    /// <value>Default zero.</value>
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    /// <summary>Time between two strikes of <see cref="HubFaultPoint.Timer"/>.</summary>
    /// <value>Default zero, which is refused for that point.</value>
    public TimeSpan Interval { get; init; } = TimeSpan.Zero;

    /// <summary>CONNACK code for <see cref="HubFaultAction.Refuse"/>.</summary>
    /// <value>1 to 5. Default 3 (server unavailable).</value>
    public int ReturnCode { get; init; } = 3;

    /// <summary>Merge patch for <see cref="HubFaultAction.ChangeDesired"/>.</summary>
    /// <value>Null (default) is refused for that action.</value>
    public JsonObject? Patch { get; init; }

    internal void Validate()
    {
        HubEmulatorOptions.RequireRange(Skip, 0, int.MaxValue, nameof(Skip));
        HubEmulatorOptions.RequireRange(Count ?? 1, 1, int.MaxValue, nameof(Count));
        HubEmulatorOptions.RequireRange(ReturnCode, 1, 5, nameof(ReturnCode));
        Require(Probability is > 0 and <= 1, $"Probability {Probability} must be above 0 and at most 1.");
        Require(Delay >= TimeSpan.Zero && StartAfter >= TimeSpan.Zero && Duration is not { Ticks: < 0 }, "Delay, StartAfter and Duration must not be negative.");
        Require(ModuleId is null || DeviceId is not null, "A rule with ModuleId needs DeviceId too.");
        Require(Point != HubFaultPoint.Timer || Interval > TimeSpan.Zero, "A rule at Timer needs an Interval above zero.");
        Require(Action != HubFaultAction.ChangeDesired || Patch is not null, "A rule with ChangeDesired needs a Patch.");
        Require(IsAllowed(), $"The action {Action} is not possible at the point {Point}.");
    }

    private bool IsAllowed() => Action switch
    {
        HubFaultAction.Refuse => Point is HubFaultPoint.Connect,
        HubFaultAction.Throttle => Point is HubFaultPoint.Telemetry or HubFaultPoint.TwinRequest,
        HubFaultAction.Delay => Point is HubFaultPoint.Connect or HubFaultPoint.PubAck or HubFaultPoint.SubAck or HubFaultPoint.PingResponse
            or HubFaultPoint.TwinResponse or HubFaultPoint.DesiredChange or HubFaultPoint.MethodRequest or HubFaultPoint.CloudToDevice,
        HubFaultAction.Swallow => Point is not (HubFaultPoint.Timer or HubFaultPoint.Disconnected),
        HubFaultAction.Stall => Point is not (HubFaultPoint.Connect or HubFaultPoint.Disconnected),
        HubFaultAction.Drop or HubFaultAction.ExpireToken or HubFaultAction.TakeOver => Point is not HubFaultPoint.Disconnected,
        _ => true,
    };

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
