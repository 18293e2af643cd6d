using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DeviceClient.Emulator;

/// <summary>Cloud-to-device messages and the feedback about them. All members are safe to call from any thread.</summary>
public sealed class HubMessages
{
    /// <summary>Feedback records that are remembered; the oldest are forgotten first. Our choice: a bench may run for months.</summary>
    public const int FeedbackCapacity = 10000;

    private static readonly TimeSpan s_defaultLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longestLife = TimeSpan.FromDays(2);

    private readonly HubState _hub;
    private readonly object _feedbackGate = new();
    private readonly Queue<HubFeedbackRecord> _feedback = [];
    private readonly List<Channel<HubFeedbackRecord>> _feedbackReaders = [];
    private long _sequence;
    private int _maximumDeliveryCount = 10;

    internal HubMessages(HubState hub) => _hub = hub;

    /// <summary>How often a message may be abandoned before it is given up.</summary>
    /// <value>1 to 100. Default 10. Source: iot-hub-devguide-messages-c2d.md.</value>
    public int MaximumDeliveryCount
    {
        get => _maximumDeliveryCount;
        set
        {
            HubEmulatorOptions.RequireRange(value, 1, 100, nameof(MaximumDeliveryCount));
            _maximumDeliveryCount = value;
        }
    }

    /// <summary>The last feedback records, at most <see cref="FeedbackCapacity"/>, oldest first. A copy.</summary>
    public IReadOnlyList<HubFeedbackRecord> Feedback
    {
        get
        {
            lock (_feedbackGate)
            {
                return _feedback.ToArray();
            }
        }
    }

    /// <summary>Queues a message for a device; it is delivered at once if the device listens.</summary>
    /// <param name="deviceId">A registered device. Modules take no cloud-to-device messages.</param>
    /// <param name="message">The message, at most 64 KB.</param>
    /// <param name="cancellationToken">Checked before the message is queued.</param>
    /// <returns>The queued message with its id and times.</returns>
    /// <exception cref="HubServiceException">404001 unknown device; 403004 already 50 queued; 413001 too large; 400004 the expiry is past or more than two days ahead.</exception>
    public Task<HubQueuedMessage> SendCloudToDeviceAsync(
        string deviceId, HubCloudToDeviceMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        HubDevice device = _hub.Devices.Get(deviceId);
        if (message.Size > HubSizes.CloudToDevice)
        {
            throw HubErrors.MessageTooLarge(message.Size, HubSizes.CloudToDevice, "The cloud-to-device message");
        }

        if (message.MessageId is { Length: > 128 })
        {
            throw HubErrors.ArgumentInvalid($"The message id has {message.MessageId.Length} characters, at most 128 are allowed.");
        }

        DateTimeOffset now = _hub.Time.GetUtcNow();
        DateTimeOffset expiry = message.ExpiryTime ?? now + s_defaultLife;
        if (expiry <= now || expiry > now + s_longestLife)
        {
            throw HubErrors.ArgumentInvalid($"The expiry {expiry:O} must be after now ({now:O}) and within {s_longestLife.TotalHours} h.");
        }

        HubCloudToDeviceMessage complete = message.MessageId is null ? message with { MessageId = Guid.NewGuid().ToString() } : message;
        HubQueuedMessage queued = new(Interlocked.Increment(ref _sequence), complete, now, expiry);
        device.Messages.Enqueue(queued);
        _hub.Log.Write(HubLogEvent.Message, 0, deviceId, $"Cloud-to-device message '{complete.MessageId}' queued, {message.Payload.Length} bytes.");
        return Task.FromResult(queued);
    }

    /// <summary>Locks the oldest free message of a device for 60 s, as a device does over HTTPS or AMQP; null when there is none.</summary>
    /// <exception cref="HubServiceException">404001 unknown device.</exception>
    public HubQueuedMessage? Receive(string deviceId) => _hub.Devices.Get(deviceId).Messages.LockNext();

    /// <summary>The device is done with a locked message.</summary>
    /// <exception cref="HubServiceException">404001 unknown device; 412002 the lock expired or never was.</exception>
    public void Complete(string deviceId, string lockToken) => Settle(deviceId, lockToken, HubFeedbackStatus.Success);

    /// <summary>The device refuses a locked message; it is not delivered again.</summary>
    /// <exception cref="HubServiceException">404001 unknown device; 412002 the lock expired or never was.</exception>
    public void Reject(string deviceId, string lockToken) => Settle(deviceId, lockToken, HubFeedbackStatus.Rejected);

    /// <summary>The device gives a locked message back; it is delivered again and its delivery count rises.</summary>
    /// <exception cref="HubServiceException">404001 unknown device; 412002 the lock expired or never was.</exception>
    public void Abandon(string deviceId, string lockToken)
    {
        ArgumentNullException.ThrowIfNull(lockToken);
        if (!_hub.Devices.Get(deviceId).Messages.TryAbandon(lockToken))
        {
            throw HubErrors.LockLost(lockToken);
        }
    }

    /// <summary>The messages queued for a device, locked ones included, oldest first. A copy.</summary>
    /// <exception cref="HubServiceException">404001 unknown device.</exception>
    public IReadOnlyList<HubQueuedMessage> Pending(string deviceId) => _hub.Devices.Get(deviceId).Messages.Snapshot();

    /// <summary>Empties a device's queue.</summary>
    /// <returns>How many messages were dropped.</returns>
    /// <exception cref="HubServiceException">404001 unknown device.</exception>
    public int Purge(string deviceId) => _hub.Devices.Get(deviceId).Messages.Purge();

    /// <summary>The remembered feedback records and every later one, until <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<HubFeedbackRecord> ReadFeedbackAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<HubFeedbackRecord> channel = HubStreams.Create<HubFeedbackRecord>();
        lock (_feedbackGate)
        {
            foreach (HubFeedbackRecord record in _feedback)
            {
                channel.Writer.TryWrite(record);
            }

            _feedbackReaders.Add(channel);
        }

        try
        {
            await foreach (HubFeedbackRecord record in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return record;
            }
        }
        finally
        {
            lock (_feedbackGate)
            {
                _feedbackReaders.Remove(channel);
            }
        }
    }

    internal long RestoreSequence(long sequence) => _sequence = Math.Max(_sequence, sequence);

    /// <summary>A message left its queue: writes the log line and the feedback record its sender asked for.</summary>
    internal void Finish(HubDevice device, HubQueuedMessage message, HubFeedbackStatus outcome)
    {
        string id = message.Message.MessageId!;
        _hub.Log.Write(HubLogEvent.Message, 0, device.Id, $"Cloud-to-device message '{id}' left the queue: {outcome}.");
        bool wanted = message.Message.Ack switch
        {
            HubFeedbackRequest.Full => true,
            HubFeedbackRequest.Positive => outcome == HubFeedbackStatus.Success,
            HubFeedbackRequest.Negative => outcome != HubFeedbackStatus.Success,
            _ => false,
        };
        if (!wanted)
        {
            return;
        }

        HubFeedbackRecord record = new(id, _hub.Time.GetUtcNow(), outcome, device.DeviceId, device.GenerationId);
        lock (_feedbackGate)
        {
            if (_feedback.Count == FeedbackCapacity)
            {
                _feedback.Dequeue();
            }

            _feedback.Enqueue(record);
            _feedbackReaders.ForEach(reader => reader.Writer.TryWrite(record));
        }
    }

    private void Settle(string deviceId, string lockToken, HubFeedbackStatus outcome)
    {
        ArgumentNullException.ThrowIfNull(lockToken);
        if (!_hub.Devices.Get(deviceId).Messages.TrySettle(lockToken, outcome))
        {
            throw HubErrors.LockLost(lockToken);
        }
    }
}
