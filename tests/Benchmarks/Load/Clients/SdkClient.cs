using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>The product's own client with all its promises: outbox, resending, deadlines, cancellation. TLS only, as shipped.</summary>
internal sealed class SdkClient : AwaitingClient
{
    // Any valid key does: the peer does not check tokens, but the client makes and sends them.
    private const string Key = "bG9hZCBiZW5jaG1hcmsga2V5LCBub3QgYSBzZWNyZXQ=";

    private static readonly DirectMethodResponse s_answer = new(200, MethodAnswer.Body);

    private HubDeviceClient? _client;
    private TelemetryMessage[] _messages = [];

    private HubDeviceClient Client => _client ?? throw new InvalidOperationException("Not connected.");

    public override async Task ConnectAsync(LoadEndpoint endpoint, string clientId, int window, bool methods)
    {
        string connectionString = string.Create(
            CultureInfo.InvariantCulture, $"HostName={LoadEndpoint.HostName}:{endpoint.Port};DeviceId={clientId};SharedAccessKey={Key}");
        _client = new HubDeviceClient(
            HubIdentity.FromConnectionString(connectionString),
            new HubDeviceClientOptions { TrustedRoots = [endpoint.Root], MaxInFlight = Math.Max(window, 64), OutboxBytes = 16 * 1024 * 1024 });
        if (methods)
        {
            _client.OnDirectMethod("measure", (_, _) =>
            {
                CountMethod();
                return Task.FromResult(s_answer);
            });
        }

        await _client.OpenAsync();
    }

    public override async ValueTask DisposeAsync() => await Client.DisposeAsync();

    protected override void Prepare(int workers, byte[] payload)
    {
        // The client copies a message before the call returns, so each worker needs only one.
        _messages = new TelemetryMessage[workers];
        for (int i = 0; i < workers; i++)
        {
            _messages[i] = new TelemetryMessage(payload);
            _messages[i].Properties.Add("unit", "celsius");
            _messages[i].Properties.Add("line", "7");
            _messages[i].Properties.Add("seq", string.Empty);
        }
    }

    protected override ValueTask SendAsync(int worker, string sequence)
    {
        TelemetryMessage message = _messages[worker];
        message.Properties.Set("seq", sequence);
        return Client.SendTelemetryAsync(message);
    }
}
