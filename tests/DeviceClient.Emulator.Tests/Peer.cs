using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using DeviceClient.Protocol;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator.Tests;

/// <summary>A device made of MQTTnet's client, which nobody here wrote.</summary>
internal sealed class Peer : IAsyncDisposable
{
    internal const string ApiVersion = "?api-version=2021-04-12";
    private static readonly MqttClientFactory s_factory = new();

    private readonly IMqttClient _client = s_factory.CreateMqttClient();
    private readonly Channel<MqttApplicationMessageReceivedEventArgs> _received = Channel.CreateUnbounded<MqttApplicationMessageReceivedEventArgs>();
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Peer()
    {
        _client.ApplicationMessageReceivedAsync += message =>
        {
            message.AutoAcknowledge = AcknowledgesByItself;
            _received.Writer.TryWrite(message);
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += _ =>
        {
            _disconnected.TrySetResult();
            return Task.CompletedTask;
        };
    }

    internal bool AcknowledgesByItself { get; set; } = true;

    internal MqttClientConnectResult Answer { get; private set; } = null!;

    /// <summary>Completes when the connection is gone.</summary>
    internal Task Disconnected => _disconnected.Task;

    internal static string Token(HubRegistryIdentity identity, DateTimeOffset expiry, string host = "localhost", string? key = null, string? policy = null, string? resource = null)
    {
        SymmetricKeySigner signer = new(Convert.FromBase64String(key ?? identity.Authentication.PrimaryKey!));
        string path = $"{host}/devices/{identity.DeviceId}" + (identity.ModuleId is null ? "" : $"/modules/{identity.ModuleId}");
        return SasToken.Create(resource ?? path, policy, expiry.ToUnixTimeSeconds(), signer);
    }

    internal static string UserName(HubRegistryIdentity identity, string query = ApiVersion) => $"localhost/{identity.Id}/{query}";

    /// <summary>Connects as the identity with a token of an hour, unless <paramref name="change"/> says otherwise.</summary>
    internal static async Task<Peer> ConnectAsync(
        HubEmulator hub, HubRegistryIdentity identity, Action<MqttClientOptionsBuilder>? change = null, TimeProvider? time = null,
        X509Certificate2? certificate = null, bool webSocket = false, bool acknowledges = true)
    {
        Peer peer = new() { AcknowledgesByItself = acknowledges };
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311)
            .WithClientId(identity.Id)
            .WithCleanSession()
            .WithTimeout(TimeSpan.FromMinutes(1))
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(240))
            .WithTlsOptions(tls =>
            {
                tls.WithSslProtocols(System.Security.Authentication.SslProtocols.None);
                tls.WithCertificateValidationHandler(args => Trusts(hub, args.Certificate));
                if (certificate is not null)
                {
                    tls.WithClientCertificates(new X509Certificate2Collection(certificate));
                }
            });
        if (webSocket)
        {
            builder.WithWebSocketServer(ws => ws.WithUri($"wss://localhost:{hub.HttpsPort}/$iothub/websocket").WithSubProtocols(["mqtt"]));
        }
        else
        {
            builder.WithTcpServer("127.0.0.1", hub.MqttPort);
        }

        if (certificate is null && identity.Authentication.PrimaryKey is not null)
        {
            builder.WithCredentials(UserName(identity), Token(identity, (time ?? TimeProvider.System).GetUtcNow().AddHours(1)));
        }
        else
        {
            builder.WithCredentials(UserName(identity), (string?)null);
        }

        change?.Invoke(builder);
        try
        {
            peer.Answer = await peer._client.ConnectAsync(builder.Build());
        }
        catch (MQTTnet.Exceptions.MqttCommunicationException)
        {
            peer._disconnected.TrySetResult();
        }

        return peer;
    }

    internal int ReturnCode => Answer is null ? -1 : (int)Answer.ResultCode switch
    {
        0 => 0,
        0x84 => 1,
        0x85 => 2,
        0x88 => 3,
        0x86 => 4,
        0x87 => 5,
        int other => other,
    };

    internal Task<MqttClientPublishResult> PublishAsync(string topic, string payload = "", int qos = 1, bool retain = false) =>
        PublishAsync(topic, Encoding.UTF8.GetBytes(payload), qos, retain);

    internal Task<MqttClientPublishResult> PublishAsync(string topic, byte[] payload, int qos = 1, bool retain = false) =>
        _client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload)
            .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).WithRetainFlag(retain).Build());

    /// <summary>Publishes without waiting for an answer that a violation never gets.</summary>
    internal void Send(string topic, string payload = "", int qos = 1) =>
        _ = PublishAsync(topic, payload, qos).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);

    internal void Send(string topic, byte[] payload) =>
        _ = PublishAsync(topic, payload).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);

    /// <summary>Subscribes; returns the codes of SUBACK.</summary>
    internal async Task<int[]> SubscribeAsync(int qos, params string[] filters)
    {
        MqttClientSubscribeOptions options = new();
        foreach (string filter in filters)
        {
            options.TopicFilters.Add(new MQTTnet.Packets.MqttTopicFilter { Topic = filter, QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos });
        }

        MqttClientSubscribeResult result = await _client.SubscribeAsync(options);
        return result.Items.Select(static item => (int)item.ResultCode).ToArray();
    }

    internal void SendSubscribe(int qos, params string[] filters) =>
        _ = SubscribeAsync(qos, filters).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);

    internal Task UnsubscribeAsync(string filter) => _client.UnsubscribeAsync(filter);

    internal Task PingAsync(CancellationToken cancellationToken = default) => _client.PingAsync(cancellationToken);

    internal async Task<MqttApplicationMessageReceivedEventArgs> ReceiveAsync() => await _received.Reader.ReadAsync();

    internal bool HasReceived => _received.Reader.Count > 0;

    /// <summary>The next message as topic and text.</summary>
    internal async Task<(string Topic, string Body)> ReceiveTextAsync()
    {
        MqttApplicationMessage message = (await ReceiveAsync()).ApplicationMessage;
        return (message.Topic, Encoding.UTF8.GetString(message.Payload.ToArray()));
    }

    internal Task DisconnectAsync() => _client.DisconnectAsync();

    /// <summary>Drops the connection without DISCONNECT.</summary>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool Trusts(HubEmulator hub, X509Certificate certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(hub.RootCertificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        return chain.Build(new X509Certificate2(certificate));
    }
}
