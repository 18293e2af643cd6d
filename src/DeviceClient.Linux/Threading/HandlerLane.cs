namespace DeviceClient.Threading;

/// <summary>A bounded queue of calls into user code, away from the I/O path.</summary>
/// <remarks>
/// Each kind of handler has its own lane, so that a handler that blocks for ever holds up its own kind only, and never
/// pings, acknowledgements or the other kinds. A lane of concurrency 1 keeps the order. Work runs on the thread pool;
/// the lane owns no thread.
/// </remarks>
internal sealed class HandlerLane
{
    private readonly Queue<Func<Task>> _waiting = new();
    private readonly int _concurrency;
    private readonly int _capacity;
    private readonly Action<Exception> _onFault;
    private int _running;
    private bool _closed;

    /// <summary>Creates a lane.</summary>
    /// <param name="concurrency">Handlers that may run at once, 1 or more.</param>
    /// <param name="capacity">Calls that may wait, 0 or more.</param>
    /// <param name="onFault">Told of an exception that work let out; the work itself is expected to handle its own.</param>
    internal HandlerLane(int concurrency, int capacity, Action<Exception> onFault)
    {
        _concurrency = concurrency;
        _capacity = capacity;
        _onFault = onFault;
    }

    /// <summary>True when one call at most runs and none waits: nobody else's answer is about to come.</summary>
    internal bool IsAlone
    {
        get
        {
            lock (_waiting)
            {
                return _running <= 1 && _waiting.Count == 0;
            }
        }
    }

    /// <summary>Queues a call.</summary>
    /// <param name="work">The call; it handles its own errors.</param>
    /// <returns>False when the lane is full or closed: the caller answers for the work itself.</returns>
    internal bool TryPost(Func<Task> work)
    {
        lock (_waiting)
        {
            if (_closed || (_running >= _concurrency && _waiting.Count >= _capacity))
            {
                return false;
            }

            if (_running >= _concurrency)
            {
                _waiting.Enqueue(work);
                return true;
            }

            _running++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Lane.RunAsync(state.Work), (Lane: this, Work: work), preferLocal: false);
        return true;
    }

    /// <summary>Drops what waits and refuses more. Running handlers are left alone; their tokens tell them.</summary>
    internal void Close()
    {
        lock (_waiting)
        {
            _closed = true;
            _waiting.Clear();
        }
    }

    private async Task RunAsync(Func<Task> work)
    {
        Func<Task>? next = work;
        while (next is not null)
        {
            try
            {
                await next().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Reason: the last line of defence; an exception here would end the process.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _onFault(error);
            }

            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _running--;
                }
            }
        }
    }
}
