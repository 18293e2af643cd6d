namespace DeviceClient.Emulator;

/// <summary>Subscriptions and packet ids of one identity. Survives the connection when clean session is 0. Safe to use from any thread.</summary>
internal sealed class MqttSessionState
{
    private readonly object _gate = new();
    private readonly Dictionary<string, int> _filters = new(StringComparer.Ordinal);
    private readonly HashSet<ushort> _idsInUse = [];
    private ushort _lastId;

    internal IReadOnlyList<string> Filters
    {
        get
        {
            lock (_gate)
            {
                return _filters.Keys.Order(StringComparer.Ordinal).ToArray();
            }
        }
    }

    /// <summary>How many filters there would be with these added.</summary>
    internal int CountWith(IEnumerable<string> more)
    {
        lock (_gate)
        {
            return _filters.Keys.Union(more, StringComparer.Ordinal).Count();
        }
    }

    internal void Subscribe(string filter, int qos)
    {
        lock (_gate)
        {
            _filters[filter] = qos;
        }
    }

    internal bool Unsubscribe(string filter)
    {
        lock (_gate)
        {
            return _filters.Remove(filter);
        }
    }

    /// <summary>Granted QoS of a filter, or -1 when it is not subscribed.</summary>
    internal int Qos(string filter)
    {
        lock (_gate)
        {
            return _filters.TryGetValue(filter, out int qos) ? qos : -1;
        }
    }

    /// <summary>A packet id that no unacknowledged message has. At most 50 are in use: the queue holds no more.</summary>
    internal ushort NextPacketId()
    {
        lock (_gate)
        {
            do
            {
                _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
            }
            while (!_idsInUse.Add(_lastId));
            return _lastId;
        }
    }

    internal void FreePacketId(ushort id)
    {
        lock (_gate)
        {
            _idsInUse.Remove(id);
        }
    }
}
