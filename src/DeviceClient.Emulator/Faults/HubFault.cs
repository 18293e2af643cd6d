namespace DeviceClient.Emulator;

/// <summary>A rule of the fault script that was added to the hub: says how often it fired, can be awaited and removed. Thread-safe.</summary>
public sealed class HubFault
{
    private readonly object _gate = new();
    private readonly HubFaults _owner;
    private readonly TimeProvider _time;
    private readonly long _added;
    private readonly Random _random;
    private readonly List<(int Count, TaskCompletionSource Done)> _waiters = [];
    private int _skip;
    private int _fired;
    private bool _removed;

    internal HubFault(HubFaults owner, long id, HubFaultRule rule, TimeProvider time)
    {
        _owner = owner;
        Id = id;
        Rule = rule;
        _time = time;
        _added = time.GetTimestamp();
        _random = new Random(rule.Seed);
        _skip = rule.Skip;
    }

    /// <summary>Number of the fault, unique within the hub.</summary>
    public long Id { get; }

    /// <summary>The rule.</summary>
    public HubFaultRule Rule { get; }

    /// <summary>How often it fired so far.</summary>
    public int FiredCount => Volatile.Read(ref _fired);

    /// <summary>Whether it can still fire: not removed, not spent, its time not over.</summary>
    public bool IsActive
    {
        get
        {
            lock (_gate)
            {
                return !_removed && !IsSpent && !(Rule.Duration is TimeSpan duration && Age >= Rule.StartAfter + duration);
            }
        }
    }

    private TimeSpan Age => _time.GetElapsedTime(_added);

    private bool IsSpent => Rule.Count is int count && _fired >= count;

    /// <summary>Waits until it has fired at least <paramref name="count"/> times.</summary>
    /// <param name="count">1 or more.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public Task WaitForAsync(int count = 1, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_fired >= count)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Disarms it. Effects under way (a delay, a stall) run to their end.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _removed = true;
        }

        _owner.Forget(this);
    }

    internal bool Selects(HubFaultPoint point, HubRegistryIdentity identity) =>
        Rule.Point == point
        && (Rule.DeviceId is null || Rule.DeviceId == identity.DeviceId)
        && (Rule.ModuleId is null || Rule.ModuleId == identity.ModuleId);

    /// <summary>An occasion: true when the fault fires, which is counted.</summary>
    internal bool TryFire()
    {
        lock (_gate)
        {
            if (!IsActive || Age < Rule.StartAfter)
            {
                return false;
            }

            if (_skip > 0)
            {
                _skip--;
                return false;
            }

            if (Rule.Probability < 1 && _random.NextDouble() >= Rule.Probability)
            {
                return false;
            }

            _fired++;
            _waiters.RemoveAll(waiter => waiter.Count <= _fired && waiter.Done.TrySetResult());
            return true;
        }
    }
}
