using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DeviceClient.Emulator;

/// <summary>Device-to-cloud messages: a stream, and a bounded history. All members are safe to call from any thread.</summary>
public sealed class HubTelemetry
{
    /// <summary>Messages a slow reader may be behind before the oldest are dropped for it. Our choice: a test that stops reading must not eat the machine.</summary>
    public const int ReaderCapacity = HubStreams.Capacity;

    private readonly object _gate = new();
    private readonly Queue<HubTelemetryMessage> _history = new();
    private readonly int _historyCount;
    private readonly long _historyLimit;
    private Channel<HubTelemetryMessage>[] _readers = [];
    private long _historyBytes;
    private long _total;

    internal HubTelemetry(int historyCount, long historyBytes)
    {
        _historyCount = historyCount;
        _historyLimit = historyBytes;
    }

    /// <summary>Messages taken since the hub started.</summary>
    public long TotalCount => Volatile.Read(ref _total);

    /// <summary>The remembered messages, oldest first. A copy.</summary>
    public IReadOnlyList<HubTelemetryMessage> History
    {
        get
        {
            lock (_gate)
            {
                return _history.ToArray();
            }
        }
    }

    /// <summary>The messages from now on, until <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="filter">Which messages are wanted; null: all.</param>
    /// <param name="fromHistory">Whether the remembered messages come first, so that none sent before the enumeration started is missed.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <remarks>A reader that is more than <see cref="ReaderCapacity"/> messages behind loses the oldest.</remarks>
    public async IAsyncEnumerable<HubTelemetryMessage> ReadAsync(
        Func<HubTelemetryMessage, bool>? filter = null,
        bool fromHistory = false,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<HubTelemetryMessage> channel = HubStreams.Create<HubTelemetryMessage>();
        HubTelemetryMessage[] earlier;
        lock (_gate)
        {
            earlier = fromHistory ? _history.ToArray() : [];
            _readers = [.. _readers, channel];
        }

        try
        {
            foreach (HubTelemetryMessage message in earlier)
            {
                if (filter is null || filter(message))
                {
                    yield return message;
                }
            }

            await foreach (HubTelemetryMessage message in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (filter is null || filter(message))
                {
                    yield return message;
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _readers = _readers.Where(reader => reader != channel).ToArray();
            }
        }
    }

    /// <summary>The first remembered or later message that <paramref name="filter"/> accepts.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task<HubTelemetryMessage> WaitForAsync(
        Func<HubTelemetryMessage, bool> filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await foreach (HubTelemetryMessage message in ReadAsync(filter, fromHistory: true, cancellationToken).ConfigureAwait(false))
        {
            return message;
        }

        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>Forgets the remembered messages; <see cref="TotalCount"/> stays.</summary>
    public void ClearHistory()
    {
        lock (_gate)
        {
            _history.Clear();
            _historyBytes = 0;
        }
    }

    internal void Append(HubTelemetryMessage message)
    {
        lock (_gate)
        {
            message.SequenceNumber = ++_total;
            if (_historyCount > 0)
            {
                _history.Enqueue(message);
                _historyBytes += message.Payload.Length;
                while (_history.Count > _historyCount || (_historyBytes > _historyLimit && _history.Count > 0))
                {
                    _historyBytes -= _history.Dequeue().Payload.Length;
                }
            }

            foreach (Channel<HubTelemetryMessage> reader in _readers)
            {
                reader.Writer.TryWrite(message);
            }
        }
    }
}
