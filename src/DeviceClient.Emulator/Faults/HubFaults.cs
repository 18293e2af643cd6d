namespace DeviceClient.Emulator;

/// <summary>
/// The fault script of the hub: what goes wrong for whom and when. Rules are tried in the order in which they were added; the first
/// that fires wins. All members are safe to call from any thread.
/// </summary>
public sealed class HubFaults
{
    private readonly HubState _hub;
    private readonly object _gate = new();
    private readonly Dictionary<HubFault, ITimer> _timers = [];
    private volatile HubFault[] _faults = [];
    private long _nextId;

    internal HubFaults(HubState hub) => _hub = hub;

    /// <summary>The faults that were added and not removed, spent ones included. A copy.</summary>
    public IReadOnlyList<HubFault> List() => _faults;

    /// <summary>Adds a rule to the script.</summary>
    /// <param name="rule">The rule; <see cref="HubFaultRule.StartAfter"/> counts from now.</param>
    /// <returns>The fault: counts, can be awaited and removed.</returns>
    /// <exception cref="ArgumentException">A value is out of its range, or the action is not possible at the point.</exception>
    public HubFault Add(HubFaultRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        rule.Validate();
        HubFault fault = new(this, Interlocked.Increment(ref _nextId), rule, _hub.Time);
        lock (_gate)
        {
            _faults = [.. _faults, fault];
            if (rule.Point == HubFaultPoint.Timer)
            {
                _timers[fault] = _hub.Time.CreateTimer(_ => Strike(fault), null, rule.StartAfter + rule.Interval, rule.Interval);
            }
        }

        return fault;
    }

    /// <summary>Refuses the next CONNECTs of a device.</summary>
    /// <param name="deviceId">Device id; null: every device.</param>
    /// <param name="returnCode">CONNACK code, 1 to 5.</param>
    /// <param name="count">How many; null: until removed.</param>
    public HubFault RefuseConnect(string? deviceId, int returnCode, int? count = 1) => Add(new HubFaultRule
    {
        Point = HubFaultPoint.Connect,
        Action = HubFaultAction.Refuse,
        DeviceId = deviceId,
        ReturnCode = returnCode,
        Count = count,
    });

    /// <summary>Removes every rule.</summary>
    public void Clear()
    {
        foreach (HubFault fault in _faults)
        {
            fault.Remove();
        }
    }

    /// <summary>An occasion: the fault that fires, or null. Free of cost while the script is empty.</summary>
    internal HubFault? Take(HubFaultPoint point, HubRegistryIdentity identity)
    {
        HubFault[] faults = _faults;
        if (faults.Length == 0)
        {
            return null;
        }

        foreach (HubFault fault in faults)
        {
            if (fault.Selects(point, identity) && fault.TryFire())
            {
                _hub.Log.Write(HubLogEvent.Fault, 0, identity.Id, $"Fault {fault.Id}: {fault.Rule.Action} at {point}, time {fault.FiredCount}.");
                return fault;
            }
        }

        return null;
    }

    internal void Forget(HubFault fault)
    {
        lock (_gate)
        {
            _faults = _faults.Where(other => other != fault).ToArray();
            if (_timers.Remove(fault, out ITimer? timer))
            {
                timer.Dispose();
            }
        }
    }

    private void Strike(HubFault fault)
    {
        foreach (DeviceLink link in _hub.Connections.Links())
        {
            if (fault.Selects(HubFaultPoint.Timer, link.Identity) && fault.TryFire())
            {
                _hub.Log.Write(HubLogEvent.Fault, 0, link.Identity.Id, $"Fault {fault.Id}: {fault.Rule.Action} at Timer, time {fault.FiredCount}.");
                link.Suffer(fault.Rule);
            }
        }
    }
}
