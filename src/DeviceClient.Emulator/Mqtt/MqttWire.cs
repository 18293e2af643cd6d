using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace DeviceClient.Emulator;

/// <summary>
/// One MQTT 3.1.1 connection: MQTTnet's codec between a transport and a peer. Packets may be sent from any thread; they are appended
/// to one buffer while the other is being written, so that the answers to a burst leave in one write.
/// </summary>
internal sealed class MqttWire
{
    /// <summary>Output a peer may leave unread before reading from it pauses.</summary>
    private const int HighWater = 1024 * 1024;

    private readonly object _gate = new();
    private readonly MqttTransport _transport;
    private readonly MqttPacketFormatterAdapter _codec = new(MqttProtocolVersion.V311, new MqttBufferWriter(512, 4096));
    private readonly Queue<int>? _lengths;
    private ArrayBufferWriter<byte> _pending = new(1024);
    private ArrayBufferWriter<byte> _sending = new(1024);
    private int _sent;
    private bool _writing;
    private bool _closed;
    private TaskCompletionSource? _stall;
    private TaskCompletionSource _drained = CompletedSource();

    /// <param name="transport">The connection.</param>
    /// <param name="coalesce">Whether packets that wait together are written together.</param>
    internal MqttWire(MqttTransport transport, bool coalesce)
    {
        _transport = transport;
        _lengths = coalesce ? null : new Queue<int>();
    }

    internal MqttTransport Transport => _transport;

    /// <summary>Whether the wire neither reads nor writes at the moment.</summary>
    internal bool IsStalled => Volatile.Read(ref _stall) is not null;

    /// <summary>Appends a packet; it leaves with the next <see cref="Flush"/>.</summary>
    internal void Send(MqttPacket packet)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            MqttPacketBuffer encoded = _codec.Encode(packet);
            _pending.Write(encoded.Packet);
            foreach (ReadOnlyMemory<byte> segment in encoded.Payload)
            {
                _pending.Write(segment.Span);
            }

            _codec.Cleanup();
            _lengths?.Enqueue(encoded.Length);
        }
    }

    internal void SendAndFlush(MqttPacket packet)
    {
        Send(packet);
        Flush();
    }

    /// <summary>Starts writing what was appended, unless a write is under way (which will take it along) or the wire is stalled.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            if (_writing || _closed || _stall is not null || (_pending.WrittenCount == 0 && _sent == _sending.WrittenCount))
            {
                return;
            }

            _writing = true;
            if (_drained.Task.IsCompleted)
            {
                _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        _ = WriteLoopAsync();
    }

    /// <summary>Completes when everything appended so far has been handed to the transport, or the connection is gone.</summary>
    internal Task DrainAsync()
    {
        Flush();
        lock (_gate)
        {
            return _drained.Task;
        }
    }

    /// <summary>Stops reading and writing until <see cref="Resume"/>: the peer sees silence.</summary>
    internal void Stall()
    {
        lock (_gate)
        {
            _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends a stall; what was held back leaves now.</summary>
    internal void Resume()
    {
        TaskCompletionSource? stall;
        lock (_gate)
        {
            stall = _stall;
            _stall = null;
        }

        stall?.TrySetResult();
        Flush();
    }

    /// <summary>Cuts the connection.</summary>
    internal void Abort()
    {
        lock (_gate)
        {
            _closed = true;
            _drained.TrySetResult();
        }

        Resume();
        _transport.Abort();
    }

    /// <summary>The first packet, which must be CONNECT with protocol MQTT level 4; null when the peer went away or another level was refused.</summary>
    /// <exception cref="MqttViolationException">The first packet is something else or malformed.</exception>
    internal async Task<MqttConnectPacket?> ReadConnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _transport.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            try
            {
                if (MqttFrame.TryTake(ref buffer, out byte header, out ReadOnlySequence<byte> body))
                {
                    if (header >> 4 != MqttFrame.Connect)
                    {
                        throw new MqttViolationException(400006, $"The first packet is of type {header >> 4} instead of CONNECT.");
                    }

                    MqttConnectVersion.Require(body.FirstSpan);
                    return (MqttConnectPacket)Decode(header, body);
                }

                if (result.IsCompleted || result.IsCanceled)
                {
                    return null;
                }
            }
            finally
            {
                _transport.Input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
    }

    /// <summary>Hands packets to the peer until it disconnects, the transport ends, or a rule is broken.</summary>
    /// <returns>True when the peer said DISCONNECT.</returns>
    /// <exception cref="MqttViolationException">The hub hangs up.</exception>
    internal async Task<bool> RunAsync(IMqttPeer peer)
    {
        while (true)
        {
            await WaitWhileHeldBackAsync().ConfigureAwait(false);
            ReadResult result = await _transport.Input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool goesOn = true;
            peer.Touch();
            try
            {
                while (goesOn && !IsStalled
                    && MqttFrame.TryTake(ref buffer, out byte header, out ReadOnlySequence<byte> body))
                {
                    if (header >> 4 == MqttFrame.Connect)
                    {
                        throw new MqttViolationException(400006, "A second CONNECT on one connection.");
                    }

                    goesOn = peer.Handle(Decode(header, body));
                }
            }
            finally
            {
                // A stalled wire keeps unread packets: they must be offered again, so they do not count as examined.
                SequencePosition examined = !IsStalled ? buffer.End : buffer.Start;
                _transport.Input.AdvanceTo(buffer.Start, examined);
                Flush();
            }

            if (!goesOn || result.IsCompleted || result.IsCanceled)
            {
                return !goesOn;
            }
        }
    }

    private MqttPacket Decode(byte header, ReadOnlySequence<byte> body)
    {
        if (!body.IsSingleSegment || !MemoryMarshal.TryGetArray(body.First, out ArraySegment<byte> bytes))
        {
            bytes = body.ToArray();
        }

        try
        {
            return _codec.Decode(new ReceivedMqttPacket(header, bytes, bytes.Count + 2));
        }
        catch (Exception error) when (error is MqttProtocolViolationException or MqttCommunicationException or ArgumentException or IndexOutOfRangeException)
        {
            throw new MqttViolationException(400006, $"A packet of type {header >> 4} with {bytes.Count} bytes is malformed: {error.Message}");
        }
    }

    private async ValueTask WaitWhileHeldBackAsync()
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_closed)
                {
                    return;
                }

                if (_stall is not null)
                {
                    wait = _stall.Task;
                }
                else if (_pending.WrittenCount > HighWater)
                {
                    wait = _drained.Task;
                }
                else
                {
                    return;
                }
            }

            await wait.ConfigureAwait(false);
        }
    }

    private async Task WriteLoopAsync()
    {
        try
        {
            while (TryTakeChunk(out ReadOnlyMemory<byte> chunk))
            {
                FlushResult result = await _transport.Output.WriteAsync(chunk).ConfigureAwait(false);
                if (result.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The reading side notices the loss too and reports it.
        }

        lock (_gate)
        {
            if (_writing)
            {
                _writing = false;
                _closed = true;
                _drained.TrySetResult();
            }
        }
    }

    /// <summary>The next bytes to write: all that wait, or one packet when packets are written singly. False when nothing is left.</summary>
    private bool TryTakeChunk(out ReadOnlyMemory<byte> chunk)
    {
        lock (_gate)
        {
            if (_sent == _sending.WrittenCount)
            {
                _sending.ResetWrittenCount();
                _sent = 0;
                (_pending, _sending) = (_sending, _pending);
            }

            int available = _sending.WrittenCount - _sent;
            if (available == 0 || _closed || _stall is not null)
            {
                chunk = default;
                _writing = false;
                _drained.TrySetResult();
                return false;
            }

            int count = _lengths is null ? available : _lengths.Dequeue();
            chunk = _sending.WrittenMemory.Slice(_sent, count);
            _sent += count;
            return true;
        }
    }

    private static TaskCompletionSource CompletedSource()
    {
        TaskCompletionSource source = new();
        source.SetResult();
        return source;
    }
}
