using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using DeviceClient.Linux.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace DeviceClient.Linux.Tests;

[TestClass]
[DoNotParallelize]
public sealed class ObservabilityTests
{
    [TestMethod]
    public async Task P106_Telemetry_WithinAnActivity_CarriesItsTraceParentAndLeavesTheMessageAlone()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        using Activity activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        TelemetryMessage message = Clients.Message("x");

        await client.SendTelemetryAsync(message);

        StringAssert.Contains((await hub.Telemetry.NextAsync()).Topic, $"traceparent={activity.Id}");
        Assert.AreEqual(0, message.Properties.Count);
    }

    [TestMethod]
    public async Task P106_SendMethodAndTwin_AreActivities()
    {
        ConcurrentQueue<Activity> ended = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "DeviceClient",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("m", (_, _) => Task.FromResult(new DirectMethodResponse(299)));
        await client.OpenAsync();

        await client.SendTelemetryAsync(Clients.Message("x"));
        await client.GetTwinAsync();
        await client.UpdateReportedPropertiesAsync("{\"a\":1}");
        await hub.Peer!.InvokeAsync("m", "", "1");
        await hub.MethodAnswers.NextAsync();
        await client.DisposeAsync();

        string[] names = [.. ended.Select(a => a.OperationName)];
        CollectionAssert.Contains(names, "deviceclient.send");
        CollectionAssert.Contains(names, "deviceclient.twin.get");
        CollectionAssert.Contains(names, "deviceclient.twin.report");
        StringAssert.Contains((await hub.Telemetry.NextAsync()).Topic, ended.First(a => a.OperationName == "deviceclient.send").Id!);
    }

    [TestMethod]
    public async Task P106_Meter_CountsMessagesBytesReconnectsAndLatency()
    {
        ConcurrentDictionary<string, double> sums = new();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "DeviceClient")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.Start();
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        for (int i = 0; i < 5; i++)
        {
            await client.SendTelemetryAsync(Clients.Message("x"));
        }

        Task<ConnectionStatus> back = client.ReconnectedAsync();
        hub.DropAll();
        await back;

        Assert.AreEqual(5, sums["deviceclient.messages"]);
        Assert.AreEqual(0, sums["deviceclient.messages.pending"]);
        Assert.AreEqual(1, sums["deviceclient.reconnects"]);
        Assert.IsGreaterThan(0, sums["deviceclient.message.duration"]);
        Assert.IsGreaterThan(100, sums["deviceclient.transport.bytes"]);
    }

    [TestMethod]
    public async Task Log_OfAWholeLife_HoldsNoSecret()
    {
        using ListLoggerFactory logs = new();
        await using ScriptedHub hub = new();
        await using (HubDeviceClient client = Clients.Create(hub, Clients.Options with { LoggerFactory = logs }))
        {
            client.OnDirectMethod("bad", (_, _) => throw new InvalidOperationException("why"));
            await client.OpenAsync();
            await hub.Peer!.InvokeAsync("bad", "", "1");
            await hub.MethodAnswers.NextAsync();
            await hub.Peer!.InvokeAsync("unknown", "", "2");
            await hub.MethodAnswers.NextAsync();
            Task<ConnectionStatus> back = client.ReconnectedAsync();
            hub.DropAll();
            await back;
        }

        (_, _, string? password, _) = (await hub.Connects.NextAsync()).ReadConnect();
        string all = string.Join('\n', logs.Lines);
        StringAssert.Contains(all, "bad");
        StringAssert.Contains(all, "unknown");
        StringAssert.Contains(all, "Connected");
        Assert.IsFalse(all.Contains("sig=", StringComparison.Ordinal), all);
        Assert.IsFalse(all.Contains(password!, StringComparison.Ordinal));
        Assert.IsFalse(all.Contains(Convert.ToBase64String(new byte[32]), StringComparison.Ordinal), all);
    }

    private sealed class ListLoggerFactory : ILoggerFactory, ILogger
    {
        internal ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
