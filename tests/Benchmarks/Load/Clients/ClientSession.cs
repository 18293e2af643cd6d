using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>The measurements of one client process; one at a time.</summary>
internal sealed class ClientSession
{
    private readonly string _kind;
    private LoadClient? _client;
    private int _connections;

    public ClientSession(string kind)
    {
        _kind = kind;
    }

    public async Task StartTelemetryAsync(LoadEndpoint endpoint, int window, int payloadBytes)
    {
        _client = LoadClient.Create(_kind);
        await _client.ConnectAsync(endpoint, NextId("telemetry", window), window, methods: false);
        _client.StartTelemetry(window, payloadBytes);
    }

    public async Task StartMethodsAsync(LoadEndpoint endpoint, int window)
    {
        _client = LoadClient.Create(_kind);
        await _client.ConnectAsync(endpoint, NextId("methods", window), window, methods: true);
        await _client.StartMethodsAsync();
    }

    public async Task<string> MeasureAsync(TimeSpan window)
    {
        LoadClient client = _client ?? throw new InvalidOperationException("Nothing has been started.");
        ProcessReading begin = ProcessReading.Take(client.Completed);
        await Task.Delay(window);
        ProcessReading end = ProcessReading.Take(client.Completed);
        long count = end.Completed - begin.Completed;
        if (count == 0)
        {
            throw new InvalidOperationException("No message was completed in the window.");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"measured count={count} rate={count / begin.SecondsUntil(end):F1} cpu={begin.CpuMicrosecondsUntil(end) / count:F4} bytes={(end.Allocated - begin.Allocated) / (double)count:F2}");
    }

    public async Task StopAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            try
            {
                await client.StopAsync();
            }
            finally
            {
                await client.DisposeAsync();
            }
        }
    }

    public async Task<string> MeasureConnectAsync(LoadEndpoint endpoint, int warmup, int count)
    {
        var times = new double[count];
        double cpu = 0;
        double bytes = 0;
        for (int i = -warmup; i < count; i++)
        {
            if (i == 0)
            {
                // The JIT compiles hot methods anew, in the background, some time after the last new one was called.
                await Task.Delay(1000);
            }

            LoadClient client = LoadClient.Create(_kind);
            ProcessReading begin = ProcessReading.Take(0);
            await client.ConnectAsync(endpoint, NextId("connect", 1), 1, methods: true);
            ProcessReading end = ProcessReading.Take(0);
            await client.DisposeAsync();
            if (i >= 0)
            {
                times[i] = begin.SecondsUntil(end) * 1000;
                cpu += begin.CpuMicrosecondsUntil(end) / 1000;
                bytes += end.Allocated - begin.Allocated;
            }
        }

        Array.Sort(times);
        return string.Create(CultureInfo.InvariantCulture, $"connected p50={times[count / 2]:F3} cpu={cpu / count:F3} bytes={bytes / count:F0}");
    }

    /// <summary>Connects, subscribes and sends once on <paramref name="count"/> devices, then looks at what they hold and use when idle.</summary>
    public async Task<string> MeasureIdleAsync(LoadEndpoint endpoint, int count, TimeSpan watch)
    {
        // One device first, so that code and shared tables are not charged to the thousand.
        await ConnectIdleAsync(endpoint);
        long managedBefore = Settle(out long residentBefore);
        var clients = new LoadClient[count];
        for (int i = 0; i < count; i++)
        {
            clients[i] = await ConnectIdleAsync(endpoint);
        }

        await Task.Delay(500);
        long managed = Settle(out long resident) - managedBefore;
        ProcessReading begin = ProcessReading.Take(0);
        await Task.Delay(watch);
        ProcessReading end = ProcessReading.Take(0);
        double share = begin.CpuMicrosecondsUntil(end) / 1e6 / begin.SecondsUntil(end);
        GC.KeepAlive(clients);
        foreach (LoadClient client in clients)
        {
            await client.DisposeAsync();
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"idle managed={managed / (double)count:F0} resident={(resident - residentBefore) / (double)count:F0} cpu={share * 100:F3}");
    }

    private static long Settle(out long resident)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        resident = Environment.WorkingSet;
        return managed;
    }

    private async Task<LoadClient> ConnectIdleAsync(LoadEndpoint endpoint)
    {
        LoadClient client = LoadClient.Create(_kind);
        await client.ConnectAsync(endpoint, NextId("idle", 1), 1, methods: true);
        await client.SendOneAsync();
        return client;
    }

    private string NextId(string purpose, int window) =>
        string.Create(CultureInfo.InvariantCulture, $"{purpose}-{window}-{Environment.ProcessId}-{_connections++}");
}
