using System.Diagnostics.CodeAnalysis;

namespace DeviceClient.Emulator;

/// <summary>Who is connected. All members are safe to call from any thread; waiting is done without polling.</summary>
public sealed class HubConnections
{
    private readonly HubState _hub;
    private readonly object _gate = new();
    private readonly Dictionary<string, DeviceLink> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _connects = new(StringComparer.Ordinal);
    private readonly List<Waiter> _waiters = [];

    internal HubConnections(HubState hub) => _hub = hub;

    /// <summary>Number of open connections.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _links.Count;
            }
        }
    }

    /// <summary>The open connections. A copy.</summary>
    public IReadOnlyList<HubConnectionInfo> List() => Links().Select(static link => link.Describe()).ToArray();

    /// <summary>The identity's connection, if one is open.</summary>
    /// <param name="deviceId">Device id.</param>
    /// <param name="connection">The connection as it is now.</param>
    /// <param name="moduleId">Module id, or null.</param>
    public bool TryGet(string deviceId, [NotNullWhen(true)] out HubConnectionInfo? connection, string? moduleId = null)
    {
        connection = Find(deviceId, moduleId)?.Describe();
        return connection is not null;
    }

    /// <summary>Whether the identity has an open connection.</summary>
    public bool IsConnected(string deviceId, string? moduleId = null) => Find(deviceId, moduleId) is not null;

    /// <summary>How often the identity was let in since the hub started.</summary>
    public int ConnectCount(string deviceId, string? moduleId = null)
    {
        lock (_gate)
        {
            return _connects.GetValueOrDefault(Key(deviceId, moduleId));
        }
    }

    /// <summary>Closes the identity's connection as a network loss would; false when none was open.</summary>
    /// <param name="deviceId">Device id.</param>
    /// <param name="moduleId">Module id, or null.</param>
    /// <param name="reason">Text of the log line.</param>
    public bool Drop(string deviceId, string? moduleId = null, string reason = "Dropped by request.")
    {
        DeviceLink? link = Find(deviceId, moduleId);
        link?.Close(404104, reason);
        return link is not null;
    }

    /// <summary>Waits until the identity is connected; returns its connection.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public async Task<HubConnectionInfo> WaitForConnectedAsync(
        string deviceId, string? moduleId = null, CancellationToken cancellationToken = default) =>
        (await WaitForAsync(deviceId, moduleId, static info => info is not null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Waits until the identity has no connection.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public Task WaitForDisconnectedAsync(string deviceId, string? moduleId = null, CancellationToken cancellationToken = default) =>
        WaitForAsync(deviceId, moduleId, static info => info is null, cancellationToken);

    /// <summary>Waits until the identity was let in at least <paramref name="count"/> times since the hub started.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public Task WaitForConnectCountAsync(
        string deviceId, int count, string? moduleId = null, CancellationToken cancellationToken = default) =>
        WaitUntilAsync(() => ConnectCount(deviceId, moduleId) >= count, cancellationToken);

    /// <summary>Waits until <paramref name="condition"/> holds for the identity's connection.</summary>
    /// <param name="deviceId">Device id.</param>
    /// <param name="moduleId">Module id, or null.</param>
    /// <param name="condition">Called after each connect, disconnect and change of subscriptions; null means not connected.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The connection that satisfied the condition.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public async Task<HubConnectionInfo?> WaitForAsync(
        string deviceId, string? moduleId, Func<HubConnectionInfo?, bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        HubConnectionInfo? found = null;
        await WaitUntilAsync(
            () =>
            {
                HubConnectionInfo? info = Find(deviceId, moduleId)?.Describe();
                if (!condition(info))
                {
                    return false;
                }

                found = info;
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Makes the link the identity's only one; an older one is closed with 400027. False when the identity was removed or disabled meanwhile.</summary>
    internal bool Attach(DeviceLink link)
    {
        HubRegistryIdentity identity = link.Identity;
        DeviceLink? older;
        lock (identity.Gate)
        {
            if (!identity.IsEnabled)
            {
                return false;
            }

            older = identity.Link;
            link.Attaching();
            identity.Link = link;
            identity.ConnectionStateUpdatedTime = identity.LastActivityTime = _hub.Time.GetUtcNow();
            lock (_gate)
            {
                _links[identity.Id] = link;
                _connects[identity.Id] = _connects.GetValueOrDefault(identity.Id) + 1;
            }
        }

        older?.Close(400027, "Another connection with the same identity took over.");
        Signal();
        return true;
    }

    /// <summary>The link is closed; forgets it unless a newer one took its place.</summary>
    internal void Detach(DeviceLink link)
    {
        HubRegistryIdentity identity = link.Identity;
        lock (identity.Gate)
        {
            if (ReferenceEquals(identity.Link, link))
            {
                identity.Link = null;
                identity.ConnectionStateUpdatedTime = _hub.Time.GetUtcNow();
                lock (_gate)
                {
                    _links.Remove(identity.Id);
                }
            }
        }

        Signal();
    }

    internal DeviceLink[] Links()
    {
        lock (_gate)
        {
            return _links.Values.ToArray();
        }
    }

    /// <summary>Something that a condition may look at has changed.</summary>
    internal void Signal()
    {
        Waiter[] waiters;
        lock (_gate)
        {
            if (_waiters.Count == 0)
            {
                return;
            }

            waiters = _waiters.ToArray();
        }

        foreach (Waiter waiter in waiters)
        {
            if (waiter.Condition())
            {
                waiter.Done.TrySetResult();
            }
        }
    }

    internal async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        Waiter waiter = new(condition, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _waiters.Add(waiter);
        }

        try
        {
            // After registering, so that no change can slip between the look and the wait.
            if (!condition())
            {
                await waiter.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    private static string Key(string deviceId, string? moduleId) => moduleId is null ? deviceId : deviceId + "/" + moduleId;

    private DeviceLink? Find(string deviceId, string? moduleId)
    {
        lock (_gate)
        {
            return _links.GetValueOrDefault(Key(deviceId, moduleId));
        }
    }

    private sealed record Waiter(Func<bool> Condition, TaskCompletionSource Done);
}
