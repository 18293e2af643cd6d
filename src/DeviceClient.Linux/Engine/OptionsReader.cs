using System.Globalization;
using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DeviceClient.Diagnostics;
using DeviceClient.Protocol;
using DeviceClient.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeviceClient.Engine;

/// <summary>Validates the options once and turns them into the settings of the machines.</summary>
internal static class OptionsReader
{
    internal const int MqttPort = 8883;
    internal const int HttpsPort = 443;

    /// <summary>Validates and converts.</summary>
    /// <param name="identity">Whose client it is.</param>
    /// <param name="options">The user's options.</param>
    /// <param name="category">Category of the log.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or two options exclude each other.</exception>
    internal static EngineSettings Read(HubIdentity identity, HubDeviceClientOptions options, string category)
    {
        ArgumentNullException.ThrowIfNull(options.Retry);
        ArgumentNullException.ThrowIfNull(options.Clock);
        if (options.Transport is not (HubTransport.MqttTcp or HubTransport.MqttWebSocket))
        {
            throw Wrong(nameof(options.Transport), options.Transport, "MqttTcp or MqttWebSocket");
        }

        if (options.Proxy is not null && options.Transport == HubTransport.MqttTcp)
        {
            throw new ArgumentException("HubDeviceClientOptions.Proxy is set and Transport is MqttTcp, which no HTTP proxy carries: use MqttWebSocket, or leave Proxy null.", nameof(options));
        }

        if (options.ProductInfo is { } product && (product.Length > 128 || !Ascii.IsPrintable(product)))
        {
            throw Wrong(nameof(options.ProductInfo), $"{product.Length} characters", "at most 128 printable ASCII characters");
        }

        return new EngineSettings
        {
            Identity = identity,
            Session = ReadSession(identity, options),
            Mqtt = new MqttConnectionOptions(PooledBuffers.Shared)
            {
                MaxInFlight = Number(nameof(options.MaxInFlight), options.MaxInFlight, 1, 1024),
                KeepAliveSeconds = Milliseconds(nameof(options.KeepAlive), options.KeepAlive, 1000, 1_177_000) / 1000,
                ConnectTimeoutMilliseconds = Milliseconds(nameof(options.ConnectTimeout), options.ConnectTimeout, 100, 600_000),
                AckTimeoutMilliseconds = Milliseconds(nameof(options.AcknowledgeTimeout), options.AcknowledgeTimeout, 100, 600_000),
            },
            Mapping = new MqttHubMappingOptions
            {
                HostName = identity.HostName,
                DeviceId = identity.DeviceId,
                ModuleId = identity.ModuleId,
                CleanSession = options.CleanSession,
                ModelId = options.ModelId,
                ProductInfo = UserAgent(options.ProductInfo),
                Will = options.LastWill,
            },
            Transport = ReadTransport(identity, options),
            ClientChain = identity.Certificate is null ? null : ClientChain.Create(identity.Certificate, identity.Chain),
            Clock = options.Clock,
            TokenLifetime = TimeSpan.FromMilliseconds(Milliseconds64(nameof(options.TokenLifetime), options.TokenLifetime, 10_000, 365L * 86_400_000)),
            OperationMilliseconds = options.OperationTimeout == Timeout.InfiniteTimeSpan
                ? long.MaxValue
                : Milliseconds64(nameof(options.OperationTimeout), options.OperationTimeout, 100, 24L * 86_400_000),
            Logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(category),
        };
    }

    /// <summary>Judge of server certificates as the options say.</summary>
    /// <param name="options">The user's options.</param>
    /// <returns>The judge.</returns>
    internal static ServerTrust ReadTrust(HubDeviceClientOptions options) =>
        new(options.TrustedRoots, options.DangerousAcceptAnyServerCertificateForTestBenches, options.CheckCertificateRevocation);

    /// <summary>What the client calls itself towards the service.</summary>
    /// <param name="product">The user's addition, or null.</param>
    /// <returns>Name and version, runtime, system, and the addition.</returns>
    internal static string UserAgent(string? product)
    {
        string text = $"DeviceClient.Linux/{HubMetrics.Version} (.NET {Environment.Version}; {RuntimeInformation.ProcessArchitecture})";
        return product is null ? text : $"{text} {product}";
    }

    private static HubSessionOptions ReadSession(HubIdentity identity, HubDeviceClientOptions options) => new()
    {
        Credential = identity.CredentialKind,
        // A copy: a policy can be changed by its owner, a running session must not.
        Retry = new RetryPolicy
        {
            MinimumDelayMilliseconds = options.Retry.MinimumDelayMilliseconds,
            MaximumDelayMilliseconds = options.Retry.MaximumDelayMilliseconds,
            HealthyMilliseconds = options.Retry.HealthyMilliseconds,
        },
        ConnectTimeoutMilliseconds = Milliseconds(nameof(options.ConnectTimeout), options.ConnectTimeout, 100, 600_000),
        RequestTimeoutMilliseconds = Milliseconds(nameof(options.TwinRequestTimeout), options.TwinRequestTimeout, 100, 600_000),
        SubscribeTimeoutMilliseconds = Milliseconds(nameof(options.AcknowledgeTimeout), options.AcknowledgeTimeout, 100, 600_000),
        TakeOverBackOffMilliseconds = Milliseconds(nameof(options.TakeOverBackOff), options.TakeOverBackOff, 0, 3_600_000),
        RefusedBackOffMilliseconds = Milliseconds(nameof(options.RefusedBackOff), options.RefusedBackOff, 0, 3_600_000),
        MaxInFlight = Number(nameof(options.MaxInFlight), options.MaxInFlight, 1, 1024),
        MessageIdPrefix = options.AddMessageIds ? RandomNumberGenerator.GetHexString(16, lowercase: true) + "-" : null,
        Outbox = new OutboxOptions
        {
            CapacityBytes = Number(nameof(options.OutboxBytes), options.OutboxBytes, 256, 1 << 30),
            MaxMessages = Number(nameof(options.OutboxMessages), options.OutboxMessages, 1, 1 << 20),
            Overflow = options.OutboxOverflow,
        },
    };

    private static TransportSettings ReadTransport(HubIdentity identity, HubDeviceClientOptions options)
    {
        bool isWebSocket = options.Transport == HubTransport.MqttWebSocket;
        int port = Number(nameof(options.Port), options.Port, 0, 65535);
        if (port == 0)
        {
            port = identity.Address.DialPort != 0 ? identity.Address.DialPort : isWebSocket ? HttpsPort : MqttPort;
        }

        return new TransportSettings(identity.Address.DialHost, port, isWebSocket ? TransportSettings.MqttWebSocketPath : null, options.Proxy, ReadTrust(options));
    }

    private static int Number(string name, int value, int minimum, int maximum) =>
        value >= minimum && value <= maximum ? value : throw Wrong(name, value, string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}"));

    private static int Milliseconds(string name, TimeSpan value, long minimum, long maximum) =>
        (int)Math.Min(Milliseconds64(name, value, minimum, maximum), int.MaxValue);

    private static long Milliseconds64(string name, TimeSpan value, long minimum, long maximum)
    {
        double total = value.TotalMilliseconds;
        return total >= minimum && total <= maximum
            ? (long)total
            : throw Wrong(name, value, $"{TimeSpan.FromMilliseconds(minimum)} to {TimeSpan.FromMilliseconds(maximum)}");
    }

    private static ArgumentException Wrong(string name, object value, string range) =>
        new(string.Create(CultureInfo.InvariantCulture, $"HubDeviceClientOptions.{name} is {value}; it must be {range}."));

    private static class Ascii
    {
        internal static bool IsPrintable(string text)
        {
            foreach (char c in text)
            {
                if (c is < ' ' or > '~')
                {
                    return false;
                }
            }

            return true;
        }
    }
}
