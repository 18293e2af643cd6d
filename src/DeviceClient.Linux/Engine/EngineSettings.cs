using System.Net.Security;
using DeviceClient.Protocol;
using DeviceClient.Transport;
using Microsoft.Extensions.Logging;

namespace DeviceClient.Engine;

/// <summary>What an engine is made of; built once from the options by <see cref="OptionsReader"/>.</summary>
internal sealed class EngineSettings
{
    internal required HubIdentity Identity { get; init; }

    internal required HubSessionOptions Session { get; init; }

    internal required MqttConnectionOptions Mqtt { get; init; }

    internal required MqttHubMappingOptions Mapping { get; init; }

    internal required TransportSettings Transport { get; init; }

    internal required SslStreamCertificateContext? ClientChain { get; init; }

    internal required DeviceClock Clock { get; init; }

    internal required TimeSpan TokenLifetime { get; init; }

    /// <summary>Default deadline of operations in milliseconds; <see cref="long.MaxValue"/> for none.</summary>
    internal required long OperationMilliseconds { get; init; }

    internal required ILogger Logger { get; init; }

    /// <summary>Tag of the metrics of received bytes.</summary>
    internal KeyValuePair<string, object?> ReceivedTag { get; } = new("direction", "received");

    /// <summary>Tag of the metrics of sent bytes.</summary>
    internal KeyValuePair<string, object?> SentTag { get; } = new("direction", "sent");
}
