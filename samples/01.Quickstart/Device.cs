using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DeviceClient;

namespace Quickstart;

/// <summary>The device of this lesson: measures its machine, follows its twin, answers a method, takes messages.</summary>
internal sealed class Device : IAsyncDisposable
{
    private readonly HubDeviceClient _client;
    private readonly Story _story;
    private readonly SemaphoreSlim _intervalChanged = new(0);
    private int _intervalSeconds = 3;
    private int _acknowledged;
    private volatile bool _isBack;

    internal Device(HubIdentity identity, X509Certificate2? root, Story story)
    {
        _story = story;
        HubDeviceClientOptions options = new() { ProductInfo = "quickstart", TrustedRoots = root is null ? null : [root] };
        _client = new HubDeviceClient(identity, options);

        // Handlers are set before the connection is opened, so that nothing can be missed; they survive every reconnect.
        _client.ConnectionStatusChanged += (_, change) => TellStatus(change.Status);
        _client.OnDesiredProperties(FollowTwinAsync);
        _client.OnDirectMethod("getDiagnostics", AnswerDiagnosticsAsync);
        _client.OnCloudToDeviceMessage(TakeMessageAsync);
    }

    /// <summary>Telemetry that the hub has acknowledged.</summary>
    internal int Acknowledged => Volatile.Read(ref _acknowledged);

    internal string Id => _client.DeviceId;

    internal Task OpenAsync(CancellationToken cancellationToken) => _client.OpenAsync(cancellationToken);

    internal Task CloseAsync() => _client.CloseAsync();

    /// <summary>Measures and sends until cancelled. A lost connection needs no code here: the send waits until the device is back.</summary>
    internal async Task MeasureAsync(CancellationToken cancellationToken)
    {
        for (int number = 1; !cancellationToken.IsCancellationRequested; number++)
        {
            Machine machine = Machine.Measure();
            TelemetryMessage message = new(machine.ToJson(number))
            {
                MessageId = $"{Id}-{number}",
                ContentType = "application/json",
                ContentEncoding = "utf-8",
            };
            message.Properties.Set("source", "quickstart");

            long start = Stopwatch.GetTimestamp();
            await _client.SendTelemetryAsync(message, cancellationToken);
            Interlocked.Increment(ref _acknowledged);
            TellSent(number, machine, Stopwatch.GetElapsedTime(start));

            await _intervalChanged.WaitAsync(TimeSpan.FromSeconds(Volatile.Read(ref _intervalSeconds)), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _intervalChanged.Dispose();
    }

    private void TellSent(int number, Machine machine, TimeSpan took)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"telemetry {number} acknowledged after {took.TotalMilliseconds:0} ms: {machine}");
        _story.Tell("device", text, Chapter.Measured);
        if (_isBack && !_story.Happened(Chapter.Recovered))
        {
            _story.Tell("device", "recovered: sending again, with the same handlers", Chapter.Recovered);
        }
    }

    private void TellStatus(ConnectionStatus status)
    {
        switch (status.State)
        {
            case ConnectionState.Connected:
                _isBack = _story.Happened(Chapter.ConnectionLost);
                _story.Tell("link", $"{status}", Chapter.Connected);
                break;
            case ConnectionState.Reconnecting when !_story.Happened(Chapter.ConnectionLost):
                _story.Tell("link", $"{status}", Chapter.ConnectionLost);
                break;
            case ConnectionState.Disposed:
                break;
            default:
                _story.Tell("link", $"{status}");
                break;
        }
    }

    private async Task FollowTwinAsync(DesiredPropertiesChange change, CancellationToken cancellationToken)
    {
        _story.Tell("device", $"desired properties, version {change.Desired.Version}: {change.Desired}");
        if (!change.Desired.TryGet("interval", out JsonElement value) || !value.TryGetInt32(out int seconds) || seconds is < 1 or > 3600)
        {
            return;
        }

        Volatile.Write(ref _intervalSeconds, seconds);
        _intervalChanged.Release();
        long version = await _client.UpdateReportedPropertiesAsync(FormattableString.Invariant($"{{\"interval\":{seconds}}}"), cancellationToken);
        _story.Tell("device", $"interval is {seconds} s now, reported as version {version}", Chapter.IntervalChanged);
    }

    private Task<DirectMethodResponse> AnswerDiagnosticsAsync(DirectMethodRequest request, CancellationToken cancellationToken)
    {
        using Process self = Process.GetCurrentProcess();
        string answer = FormattableString.Invariant(
            $"{{\"acknowledged\":{Acknowledged},\"intervalSeconds\":{Volatile.Read(ref _intervalSeconds)},\"workingSetMB\":{self.WorkingSet64 / 1048576}}}");
        _story.Tell("device", $"method '{request.Name}' answered", Chapter.MethodAnswered);
        return Task.FromResult(new DirectMethodResponse(200, answer));
    }

    private Task<MessageDisposition> TakeMessageAsync(CloudToDeviceMessage message, CancellationToken cancellationToken)
    {
        _story.Tell("device", $"message received: {message.GetPayloadText()}", Chapter.MessageReceived);
        return Task.FromResult(MessageDisposition.Complete);
    }
}
