using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace DeviceClient.Emulator;

/// <summary>
/// One line for each thing that happened, first of all: why a connection was refused or closed. MQTT tells a device almost
/// nothing; this log tells its developer. All members are safe to call from any thread.
/// </summary>
public sealed class HubLog
{
    private readonly object _gate = new();
    private readonly Queue<HubLogEntry> _entries;
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly ILogger? _logger;
    private readonly List<Channel<HubLogEntry>> _readers = [];
    private long _sequence;

    internal HubLog(int capacity, TimeProvider time, ILoggerFactory? loggerFactory)
    {
        _capacity = capacity;
        _entries = new Queue<HubLogEntry>(Math.Min(capacity, 256));
        _time = time;
        _logger = loggerFactory?.CreateLogger("DeviceClient.Emulator");
    }

    /// <summary>The remembered lines, oldest first. A copy.</summary>
    public IReadOnlyList<HubLogEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return _entries.ToArray();
            }
        }
    }

    /// <summary>The lines remembered now and every later one, until <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<HubLogEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<HubLogEntry> channel = HubStreams.Create<HubLogEntry>();
        lock (_gate)
        {
            foreach (HubLogEntry entry in _entries)
            {
                channel.Writer.TryWrite(entry);
            }

            _readers.Add(channel);
        }

        try
        {
            await foreach (HubLogEntry entry in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return entry;
            }
        }
        finally
        {
            lock (_gate)
            {
                _readers.Remove(channel);
            }
        }
    }

    /// <summary>The first remembered or later line that satisfies <paramref name="condition"/>.</summary>
    /// <param name="condition">Called for one line at a time, outside the log's lock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task<HubLogEntry> WaitForAsync(Func<HubLogEntry, bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        await foreach (HubLogEntry entry in ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (condition(entry))
            {
                return entry;
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    internal void Write(HubLogEvent what, int code, string? id, string text)
    {
        HubLogEntry entry;
        lock (_gate)
        {
            entry = new HubLogEntry(++_sequence, _time.GetUtcNow(), what, code, id, text);
            if (_entries.Count == _capacity)
            {
                _entries.Dequeue();
            }

            _entries.Enqueue(entry);
            foreach (Channel<HubLogEntry> reader in _readers)
            {
                reader.Writer.TryWrite(entry);
            }
        }

        if (_logger is not null)
        {
            LogLevel level = code == 0 ? LogLevel.Information : LogLevel.Warning;
            if (_logger.IsEnabled(level))
            {
                _logger.Log(level, new EventId(code, what.ToString()), entry, null, static (line, _) => line.ToString());
            }
        }
    }
}
