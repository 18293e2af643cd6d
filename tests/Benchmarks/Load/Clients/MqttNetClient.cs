using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>MQTTnet, the general .NET MQTT client, with its defaults or with one write per packet (<c>-nf</c>).</summary>
internal sealed class MqttNetClient : AwaitingClient
{
    private readonly bool _fragmentation;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private string _topicPrefix = string.Empty;
    private byte[] _payload = [];

    public MqttNetClient(bool fragmentation)
    {
        _fragmentation = fragmentation;
    }

    public override async Task ConnectAsync(LoadEndpoint endpoint, string clientId, int window, bool methods)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(LoadEndpoint.HostName, endpoint.Port)
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(clientId)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(240));
        if (endpoint.Tls)
        {
            builder = builder.WithTlsOptions(tls => tls
                .UseTls()
                .WithTargetHost(LoadEndpoint.HostName)
                .WithRevocationMode(X509RevocationMode.NoCheck)
                .WithTrustChain([endpoint.Root]));
        }

        if (!_fragmentation)
        {
            builder = builder.WithoutPacketFragmentation();
        }

        _topicPrefix = TelemetryShape.TopicPrefix(clientId);
        if (methods)
        {
            _client.ApplicationMessageReceivedAsync += AnswerAsync;
        }

        await _client.ConnectAsync(builder.Build());
        if (methods)
        {
            await _client.SubscribeAsync("$iothub/methods/POST/#");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _client.DisconnectAsync();
        _client.Dispose();
    }

    protected override void Prepare(int workers, byte[] payload) => _payload = payload;

    protected override async ValueTask SendAsync(int worker, string sequence)
    {
        await _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = string.Concat(_topicPrefix, sequence),
            PayloadSegment = _payload,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        });
    }

    private async Task AnswerAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        string topic = received.ApplicationMessage.Topic;
        int at = topic.IndexOf("$rid=", StringComparison.Ordinal);
        await _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = string.Concat("$iothub/methods/res/200/?", topic.AsSpan(at)),
            PayloadSegment = MethodAnswer.Body,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce,
        });
        CountMethod();
    }
}
