namespace DeviceClient.Threading;

/// <summary>Runs the continuations of finished operations in batches, never on the read path, and survives one that blocks.</summary>
/// <remarks>
/// <para>A whole batch of acknowledgements runs on one thread, without a thread-pool item for each: the thread that read
/// them, after it has handed the socket's next read to the operating system. From then on it is an ordinary pool thread; the
/// next bytes wake another.</para>
/// <para>What continuations send is not written one by one: <see cref="TryDeferFlush"/> puts the write off to the end of
/// the batch. A continuation that blocks must not hold up the rest of the batch or that write: a watch on the timer
/// wheel finds a batch without progress, marks its thread as left behind, and has the pool go on.</para>
/// </remarks>
internal sealed class CompletionPump : TimerEntry, IThreadPoolWorkItem
{
    /// <summary>Interval of the watch. Our choice: long against any continuation that does not block, short for a person.</summary>
    private const int WatchMilliseconds = 30;

    [ThreadStatic]
    private static Frame? s_frame;

    private readonly Lock _lock = new();
    private readonly Action<bool> _flush;
    private readonly TimerWheel _wheel;
    private PooledCompletion? _head;
    private PooledCompletion? _tail;
    private Frame? _latest;
    private int _running;
    private int _progress;
    private int _watchedProgress;
    private int _flushDeferred;
    private bool _watching;
    private bool _queued;

    /// <summary>Creates a pump.</summary>
    /// <param name="flush">Writes what continuations queued; true: on the calling thread, false: on another. Called outside locks.</param>
    /// <param name="wheel">The wheel for the watch.</param>
    internal CompletionPump(Action<bool> flush, TimerWheel wheel)
    {
        _flush = flush;
        _wheel = wheel;
    }

    /// <summary>Adds a finished operation; nothing runs yet.</summary>
    /// <param name="completion">The operation.</param>
    internal void Add(PooledCompletion completion)
    {
        completion.NextInPump = null;
        lock (_lock)
        {
            if (_tail is null)
            {
                _head = completion;
            }
            else
            {
                _tail.NextInPump = completion;
            }

            _tail = completion;
        }
    }

    /// <summary>Has the pool run what was added. For callers that must not run user code themselves.</summary>
    internal void RunOnPool()
    {
        lock (_lock)
        {
            if (_head is null || _queued)
            {
                return;
            }

            _queued = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Has the pool run what was added and do the write that was put off.</summary>
    internal void RunAllOnPool()
    {
        RunOnPool();
        if (TakeDeferredFlush())
        {
            _flush(false);
        }
    }

    /// <summary>Runs what was added, on this thread. The caller holds no lock and has nothing left to do.</summary>
    internal void Run()
    {
        Frame frame = s_frame ??= new Frame();
        if (frame.Owner is not null)
        {
            // A continuation of another batch called into something that ended up here; do not nest.
            RunAllOnPool();
            return;
        }

        PooledCompletion? next = Take(frame, isFirst: true);
        if (next is not null)
        {
            frame.Owner = this;
            frame.LeftBehind = false;
            while (next is not null)
            {
                next.Complete();
                next = Take(frame, isFirst: false);
            }

            frame.Owner = null;
        }

        if (TakeDeferredFlush())
        {
            _flush(true);
        }
    }

    /// <summary>Asks whether a write may wait for the end of the batch that is running on this thread.</summary>
    /// <returns>True when the caller need not write: the pump will.</returns>
    internal bool TryDeferFlush()
    {
        Frame? frame = s_frame;
        if (frame is null || frame.Owner != this || frame.LeftBehind)
        {
            return false;
        }

        Volatile.Write(ref _flushDeferred, 1);
        return true;
    }

    /// <summary>Puts a write off to the end of the batch that this thread is about to run by <see cref="Run"/>.</summary>
    internal void DeferFlush() => Volatile.Write(ref _flushDeferred, 1);

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock)
        {
            _queued = false;
        }

        Run();
    }

    /// <inheritdoc />
    protected internal override void OnDue()
    {
        bool stuck;
        lock (_lock)
        {
            bool waiting = _head is not null || Volatile.Read(ref _flushDeferred) != 0;
            stuck = waiting && _running > 0 && _progress == _watchedProgress;
            _watchedProgress = _progress;
            _watching = _running > 0;
            if (stuck && _latest is not null)
            {
                _latest.LeftBehind = true;
            }

            if (_watching)
            {
                _wheel.Arm(this, Environment.TickCount64 + WatchMilliseconds);
            }
        }

        if (stuck)
        {
            RunAllOnPool();
        }
    }

    private PooledCompletion? Take(Frame frame, bool isFirst)
    {
        lock (_lock)
        {
            _progress++;
            PooledCompletion? taken = _head;
            if (taken is null)
            {
                _running -= isFirst ? 0 : 1;
                return null;
            }

            _head = taken.NextInPump;
            if (_head is null)
            {
                _tail = null;
            }

            taken.NextInPump = null;
            if (isFirst)
            {
                _running++;
                _latest = frame;
                if (!_watching)
                {
                    _watching = true;
                    _watchedProgress = _progress;
                    _wheel.Arm(this, Environment.TickCount64 + WatchMilliseconds);
                }
            }

            return taken;
        }
    }

    private bool TakeDeferredFlush() => Interlocked.Exchange(ref _flushDeferred, 0) != 0;

    /// <summary>What a thread knows of the batch it runs; one object for each thread, used again and again.</summary>
    private sealed class Frame
    {
        internal CompletionPump? Owner;
        internal volatile bool LeftBehind;
    }
}
