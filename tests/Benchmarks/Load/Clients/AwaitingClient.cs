namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>A client with an asynchronous send: as many workers as the window is wide, each awaiting its own acknowledgement.</summary>
internal abstract class AwaitingClient : LoadClient
{
    // One counter per cache line, so that workers do not measure each other.
    private const int CounterStride = 16;

    private long[] _counters = [];
    private Task[] _workers = [];
    private volatile bool _stopping;
    private long _methods;

    public sealed override long Completed
    {
        get
        {
            long sum = Interlocked.Read(ref _methods);
            for (int i = 0; i < _counters.Length; i += CounterStride)
            {
                sum += Volatile.Read(ref _counters[i]);
            }

            return sum;
        }
    }

    public sealed override void StartTelemetry(int window, int payloadBytes)
    {
        byte[] payload = TelemetryShape.Payload(payloadBytes);
        Prepare(window, payload);
        _stopping = false;
        _counters = new long[window * CounterStride];
        _workers = new Task[window];
        for (int i = 0; i < window; i++)
        {
            int worker = i;
            _workers[i] = Task.Run(() => WorkAsync(worker));
        }
    }

    public sealed override async Task StopAsync()
    {
        _stopping = true;
        await Task.WhenAll(_workers).WaitAsync(TimeSpan.FromSeconds(20));
    }

    public sealed override async Task SendOneAsync()
    {
        Prepare(1, TelemetryShape.Payload(100));
        await SendAsync(0, TelemetryShape.Sequence[0]);

        // An idle device shall hold nothing of the harness.
        Prepare(0, []);
    }

    /// <summary>Makes what each of <paramref name="workers"/> workers may reuse.</summary>
    protected abstract void Prepare(int workers, byte[] payload);

    /// <summary>Sends worker <paramref name="worker"/>'s next message; completes with its acknowledgement.</summary>
    protected abstract ValueTask SendAsync(int worker, string sequence);

    protected void CountMethod() => Interlocked.Increment(ref _methods);

    private async Task WorkAsync(int worker)
    {
        long count = 0;
        while (!_stopping)
        {
            await SendAsync(worker, TelemetryShape.Sequence[(int)(count & (TelemetryShape.Sequences - 1))]);
            Volatile.Write(ref _counters[worker * CounterStride], ++count);
        }
    }
}
