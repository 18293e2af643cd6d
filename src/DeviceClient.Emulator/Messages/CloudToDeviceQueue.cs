namespace DeviceClient.Emulator;

/// <summary>
/// The cloud-to-device queue of one device: at most 50 messages, each locked for 60 s when handed out, removed when completed,
/// rejected, expired or handed out too often. Source: iot-hub-devguide-messages-c2d.md. Safe to call from any thread.
/// </summary>
internal sealed class CloudToDeviceQueue : IDisposable
{
    internal const int MaximumDepth = 50;
    internal static readonly TimeSpan LockTime = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly LinkedList<HubQueuedMessage> _messages = [];
    private readonly HubState _hub;
    private readonly HubDevice _device;
    private ITimer? _timer;

    internal CloudToDeviceQueue(HubState hub, HubDevice device)
    {
        _hub = hub;
        _device = device;
    }

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    internal void Enqueue(HubQueuedMessage message)
    {
        Sweep();
        lock (_gate)
        {
            if (_messages.Count >= MaximumDepth)
            {
                throw HubErrors.QueueFull(_device.DeviceId, MaximumDepth);
            }

            _messages.AddLast(message);
            _hub.PersistMessage(_device, message);
            Schedule();
        }

        _device.Link?.CloudToDeviceAvailable();
    }

    /// <summary>Puts back a message read from the store; nothing is saved or announced.</summary>
    internal void Restore(HubQueuedMessage message)
    {
        lock (_gate)
        {
            _messages.AddLast(message);
            Schedule();
        }
    }

    /// <summary>Locks and returns the oldest message that nobody holds, or null.</summary>
    internal HubQueuedMessage? LockNext()
    {
        Sweep();
        lock (_gate)
        {
            foreach (HubQueuedMessage message in _messages)
            {
                if (message.LockToken is null)
                {
                    message.LockToken = Guid.NewGuid().ToString();
                    message.LockedUntil = _hub.Time.GetUtcNow() + LockTime;
                    Schedule();
                    return message;
                }
            }

            return null;
        }
    }

    /// <summary>Ends the lock with an outcome; false when the token holds no lock (any more).</summary>
    internal bool TrySettle(string lockToken, HubFeedbackStatus outcome)
    {
        Sweep();
        HubQueuedMessage? message;
        lock (_gate)
        {
            message = _messages.FirstOrDefault(m => m.LockToken == lockToken);
            if (message is null)
            {
                return false;
            }

            Remove(message);
        }

        _hub.Messages.Finish(_device, message, outcome);
        return true;
    }

    /// <summary>Gives the message back and raises its delivery count; false when the token holds no lock (any more).</summary>
    internal bool TryAbandon(string lockToken)
    {
        Sweep();
        HubQueuedMessage? message;
        bool dead;
        lock (_gate)
        {
            message = _messages.FirstOrDefault(m => m.LockToken == lockToken);
            if (message is null)
            {
                return false;
            }

            dead = Unlock(message, raiseCount: true);
        }

        Announce(dead ? message : null);
        return true;
    }

    /// <summary>Gives the message back without raising its delivery count: its connection is gone.</summary>
    internal void Release(string lockToken)
    {
        lock (_gate)
        {
            HubQueuedMessage? message = _messages.FirstOrDefault(m => m.LockToken == lockToken);
            if (message is not null)
            {
                Unlock(message, raiseCount: false);
            }
        }
    }

    internal IReadOnlyList<HubQueuedMessage> Snapshot()
    {
        Sweep();
        lock (_gate)
        {
            return _messages.ToArray();
        }
    }

    internal int Purge()
    {
        HubQueuedMessage[] all;
        lock (_gate)
        {
            all = _messages.ToArray();
            foreach (HubQueuedMessage message in all)
            {
                Remove(message);
            }
        }

        foreach (HubQueuedMessage message in all)
        {
            _hub.Messages.Finish(_device, message, HubFeedbackStatus.Purged);
        }

        return all.Length;
    }

    /// <summary>Drops what expired and frees what was locked too long. Called by the timer and before each operation.</summary>
    internal void Sweep()
    {
        DateTimeOffset now = _hub.Time.GetUtcNow();
        List<HubQueuedMessage>? expired = null;
        List<HubQueuedMessage>? dead = null;
        int freed = 0;
        lock (_gate)
        {
            for (LinkedListNode<HubQueuedMessage>? node = _messages.First; node is not null;)
            {
                HubQueuedMessage message = node.Value;
                node = node.Next;
                if (message.ExpiryTime <= now)
                {
                    Remove(message);
                    (expired ??= []).Add(message);
                }
                else if (message.LockToken is not null && message.LockedUntil <= now)
                {
                    freed++;
                    if (Unlock(message, _hub.Behavior.LockExpiryRaisesDeliveryCount))
                    {
                        (dead ??= []).Add(message);
                    }
                }
            }

            Schedule();
        }

        expired?.ForEach(message => _hub.Messages.Finish(_device, message, HubFeedbackStatus.Expired));
        dead?.ForEach(message => _hub.Messages.Finish(_device, message, HubFeedbackStatus.DeliveryCountExceeded));
        if (freed > 0)
        {
            _hub.Log.Write(HubLogEvent.Message, 412002, _device.Id, $"The lock of {freed} cloud-to-device message(s) expired after {LockTime.TotalSeconds:0} s without settlement.");
            if (_hub.Behavior.RedeliverOnLockExpiry)
            {
                _device.Link?.CloudToDeviceAvailable();
            }
        }
    }

    private void Announce(HubQueuedMessage? dead)
    {
        if (dead is not null)
        {
            _hub.Messages.Finish(_device, dead, HubFeedbackStatus.DeliveryCountExceeded);
        }

        _device.Link?.CloudToDeviceAvailable();
    }

    /// <summary>True when the message is dead: handed out as often as the hub allows. It is removed then.</summary>
    private bool Unlock(HubQueuedMessage message, bool raiseCount)
    {
        message.LockToken = null;
        if (raiseCount && ++message.DeliveryCount >= _hub.Messages.MaximumDeliveryCount)
        {
            Remove(message);
            return true;
        }

        return false;
    }

    private void Remove(HubQueuedMessage message)
    {
        message.LockToken = null;
        _messages.Remove(message);
        _hub.ForgetMessage(_device, message);
    }

    private void Schedule()
    {
        DateTimeOffset next = DateTimeOffset.MaxValue;
        foreach (HubQueuedMessage message in _messages)
        {
            DateTimeOffset own = message.LockToken is not null && message.LockedUntil < message.ExpiryTime ? message.LockedUntil : message.ExpiryTime;
            next = own < next ? own : next;
        }

        if (next == DateTimeOffset.MaxValue)
        {
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        TimeSpan due = next - _hub.Time.GetUtcNow();
        due = due < TimeSpan.Zero ? TimeSpan.Zero : due;
        _timer ??= _hub.Time.CreateTimer(static state => ((CloudToDeviceQueue)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
