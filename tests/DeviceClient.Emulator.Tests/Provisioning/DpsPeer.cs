using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator.Tests;

/// <summary>A device at the provisioning service, made of MQTTnet's client.</summary>
internal sealed class DpsPeer : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<(string Topic, string Body)> _received = Channel.CreateUnbounded<(string, string)>();
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DpsPeer()
    {
        _client.ApplicationMessageReceivedAsync += message =>
        {
            _received.Writer.TryWrite((message.ApplicationMessage.Topic, Encoding.UTF8.GetString(message.ApplicationMessage.Payload.ToArray())));
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += _ =>
        {
            _disconnected.TrySetResult();
            return Task.CompletedTask;
        };
    }

    internal MqttClientConnectResultCode Result { get; private set; }

    internal bool SessionPresent { get; private set; }

    internal Task Disconnected => _disconnected.Task;

    internal static string Token(string idScope, string registrationId, string key, string keyName = "registration", TimeSpan? life = null)
    {
        string resource = Uri.EscapeDataString($"{idScope}/registrations/{registrationId}");
        string expiry = (DateTimeOffset.UtcNow + (life ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(resource + "\n" + expiry));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}&skn={keyName}";
    }

    internal static async Task<DpsPeer> ConnectAsync(
        HubEmulator hub, string registrationId, string? password, string? userName = null, string? clientId = null, bool webSocket = false)
    {
        var peer = new DpsPeer();
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311)
            .WithClientId(clientId ?? registrationId)
            .WithCredentials(userName ?? $"{hub.IdScope}/registrations/{registrationId}/api-version=2019-03-31&ClientVersion=test", password)
            .WithCleanSession()
            .WithTimeout(TimeSpan.FromSeconds(30))
            .WithTlsOptions(tls => tls.WithCertificateValidationHandler(arguments => Trusts(hub, arguments.Certificate)));
        builder = webSocket
            ? builder.WithWebSocketServer(ws => ws.WithUri($"wss://localhost:{hub.HttpsPort}/$iothub/websocket").WithSubProtocols(["mqtt"]))
            : builder.WithTcpServer("127.0.0.1", hub.MqttPort);
        MqttClientConnectResult result = await peer._client.ConnectAsync(builder.Build());
        peer.Result = result.ResultCode;
        peer.SessionPresent = result.IsSessionPresent;
        return peer;
    }

    internal Task<MqttClientSubscribeResult> SubscribeAsync(MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtLeastOnce) =>
        _client.SubscribeAsync("$dps/registrations/res/#", qos);

    internal Task<MqttClientUnsubscribeResult> UnsubscribeAsync() => _client.UnsubscribeAsync("$dps/registrations/res/#");

    /// <summary>Publishes a request and waits for what comes on the response topic.</summary>
    internal async Task<(string Topic, string Body)> AskAsync(string topic, string body = "")
    {
        await SendAsync(topic, body);
        return await _received.Reader.ReadAsync(Expect.Soon);
    }

    internal Task SendAsync(string topic, string body = "") => _client.PublishStringAsync(topic, body, MqttQualityOfServiceLevel.AtLeastOnce);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool Trusts(HubEmulator hub, X509Certificate certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(hub.RootCertificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var server = new X509Certificate2(certificate);
        return chain.Build(server);
    }
}
