using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace DeviceClient.Engine;

/// <summary>One connection attempt and, when it succeeds, the stream with its reader and its writer.</summary>
/// <remarks>
/// <para>Reader: each read is handed to the operating system first; only then does the thread run the continuations that the
/// bytes before it completed. Whatever they do, the next bytes wake another thread.</para>
/// <para>Writer: one write at a time; what is queued meanwhile goes out with the next one.</para>
/// <para>While nothing is awaited from the hub the read carries no buffer (a zero-byte read): an idle client holds none.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer and no wait handle; disposing it would race with the attempt that it ends.")]
internal sealed class TransportLink
{
    /// <summary>Most reads that are taken in a row before continuations get their turn elsewhere.</summary>
    private const int MaxReadsInARow = 16;

    private const int ReadBufferBytes = 16 * 1024;

    /// <summary>Longest time for the goodbye; rule 1 of the architecture: closing takes a second at most.</summary>
    private const int GoodbyeMilliseconds = 800;

    /// <summary>
    /// After this many reads in quick succession the buffer is kept: a sender that goes one by one would pay for giving it
    /// back each time. Our choice: more than a connect with a message takes, so that an idle client ends without one.
    /// </summary>
    private const int BusyReads = 32;

    private const int BusyMilliseconds = 50;

    private readonly HubEngine _engine;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _onRead;
    private Stream? _stream;
    private bool _canReadNothing;
    private byte[]? _readBuffer;
    private bool _isZeroByteRead;
    private int _busyReads;
    private long _lastRead;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read;
    private byte[]? _farewell;
    private int _farewellCount;
    private bool _hasFarewell;
    private int _disposed;

    internal TransportLink(HubEngine engine)
    {
        _engine = engine;
        _onRead = OnRead;
    }

    /// <summary>True while a thread is in <see cref="WriteAsync"/>; guarded by the engine's gate.</summary>
    internal bool IsWriting { get; set; }

    /// <summary>True once the engine has let go of this link; guarded by the engine's gate.</summary>
    internal bool IsClosing { get; private set; }

    /// <summary>True when the stream stands.</summary>
    internal bool IsOpen => _stream is not null;

    /// <summary>Cancelled when the attempt or the link is given up.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Completes when nothing of the link is left: no socket, no thread.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Takes the opened stream; the caller holds the engine's gate.</summary>
    /// <param name="stream">The stream.</param>
    internal void Attach(Stream stream)
    {
        _stream = stream;
        _canReadNothing = stream is SslStream;
    }

    /// <summary>Begins to read; call it without the gate, once.</summary>
    internal void StartReading() => ReadNext();

    /// <summary>Lets go of the link; the caller holds the engine's gate and calls <see cref="Finish"/> afterwards, without it.</summary>
    /// <param name="farewell">Bytes still to be written, or null; the link returns the buffer.</param>
    /// <param name="count">Their number.</param>
    internal void Detach(byte[]? farewell, int count)
    {
        IsClosing = true;
        _hasFarewell = farewell is not null;
        _farewell = farewell;
        _farewellCount = count;
    }

    /// <summary>Hands out the last bytes, once; the caller holds the engine's gate.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="count">Their number.</param>
    /// <returns>False when there are none left.</returns>
    internal bool TryTakeFarewell(out byte[] buffer, out int count)
    {
        buffer = _farewell ?? [];
        count = _farewellCount;
        bool has = _farewell is not null;
        _farewell = null;
        return has;
    }

    /// <summary>Ends the attempt or closes the stream, after the farewell if there is one.</summary>
    /// <param name="writeFarewell">True when this caller must write it: nobody else is writing.</param>
    internal void Finish(bool writeFarewell)
    {
        if (_stream is not null && _hasFarewell)
        {
            _ = ForceEndAsync();
            if (writeFarewell)
            {
                _ = WriteAsync();
            }

            return;
        }

        _stopping.Cancel();
        if (_stream is not null)
        {
            Dispose();
        }
    }

    /// <summary>The attempt ended without a stream.</summary>
    internal void EndWithoutStream() => _ended.TrySetResult();

    /// <summary>Writes what there is until there is nothing, on this thread as far as it goes. The caller has set <see cref="IsWriting"/>.</summary>
    /// <returns>A task that never fails.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stream throws, the connection is lost.")]
    internal async Task WriteAsync()
    {
        Exception? failure = null;
        bool mustClose = false;
        try
        {
            while (_engine.TakeOutput(this, out byte[] buffer, out int count, out mustClose))
            {
                try
                {
                    await _stream!.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
                }
                finally
                {
                    Transport.PooledBuffers.Shared.Return(buffer);
                }
            }
        }
        catch (Exception error)
        {
            failure = error;
        }

        if (failure is not null)
        {
            _engine.HandleLinkLost(this, failure);
            if (IsClosing)
            {
                Dispose();
            }
        }
        else if (mustClose)
        {
            await SayGoodbyeAsync().ConfigureAwait(false);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Closing a stream that is already broken is no error.")]
    private async Task SayGoodbyeAsync()
    {
        try
        {
            if (_stream is SslStream tls)
            {
                await tls.ShutdownAsync().ConfigureAwait(false);
            }
            else if (_stream is Transport.OwningStream webSocket)
            {
                await webSocket.SayGoodbyeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
        }

        Dispose();
    }

    private async Task ForceEndAsync()
    {
        await Task.WhenAny(_ended.Task, Task.Delay(GoodbyeMilliseconds)).ConfigureAwait(false);
        Dispose();
    }

    private void OnRead()
    {
        if (HandleRead())
        {
            ReadNext();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stream throws, the connection is lost.")]
    private void ReadNext()
    {
        for (int reads = 1; ; reads++)
        {
            ValueTask<int> read;
            try
            {
                read = BeginRead();
            }
            catch (Exception error)
            {
                Lose(error);
                return;
            }

            _read = read.ConfigureAwait(false).GetAwaiter();
            if (!_read.IsCompleted)
            {
                _read.UnsafeOnCompleted(_onRead);
                // From here on another thread may be in OnRead: no field of the reader may be touched.
                _engine.RunContinuations();
                return;
            }

            if (!HandleRead())
            {
                return;
            }

            if (reads % MaxReadsInARow == 0)
            {
                _engine.RunContinuationsElsewhere();
            }
        }
    }

    private ValueTask<int> BeginRead()
    {
        _isZeroByteRead = _canReadNothing && _busyReads < BusyReads && !_engine.ExpectsBytes;
        if (_isZeroByteRead)
        {
            ReturnReadBuffer();
            return _stream!.ReadAsync(Memory<byte>.Empty);
        }

        _readBuffer ??= ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
        return _stream!.ReadAsync(_readBuffer.AsMemory());
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stream throws, the connection is lost.")]
    private bool HandleRead()
    {
        int count;
        try
        {
            count = _read.GetResult();
            if (_isZeroByteRead)
            {
                // Bytes are there, or the end is: this read does not wait.
                _readBuffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
                _isZeroByteRead = false;
                ValueTask<int> read = _stream!.ReadAsync(_readBuffer.AsMemory());
                _read = read.ConfigureAwait(false).GetAwaiter();
                if (!_read.IsCompleted)
                {
                    // A TLS record is not whole yet.
                    _read.UnsafeOnCompleted(_onRead);
                    _engine.RunContinuations();
                    return false;
                }

                count = _read.GetResult();
            }
        }
        catch (Exception error)
        {
            Lose(error);
            return false;
        }

        if (count == 0)
        {
            Lose(null);
            return false;
        }

        long now = Environment.TickCount64;
        _busyReads = now - _lastRead > BusyMilliseconds ? 0 : Math.Min(_busyReads + 1, BusyReads);
        _lastRead = now;
        if (_engine.HandleReceived(this, _readBuffer!, count))
        {
            return true;
        }

        Lose(null);
        return false;
    }

    private void Lose(Exception? error)
    {
        ReturnReadBuffer();
        _engine.HandleLinkLost(this, error);
        _engine.RunContinuations();
    }

    private void ReturnReadBuffer()
    {
        if (_readBuffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_readBuffer);
            _readBuffer = null;
        }
    }

    private void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stream!.Dispose();
        _ended.TrySetResult();
    }
}
