using System.Net;
using System.Security.Cryptography.X509Certificates;
using DeviceClient.Protocol;
using Microsoft.Extensions.Logging;

namespace DeviceClient;

/// <summary>Settings of a client; all have a working default. The client's constructor validates them once and copies what it needs.</summary>
/// <remarks>Durations are rounded down to whole milliseconds. A value out of range is refused with a message that names it, the range and the value.</remarks>
public sealed record HubDeviceClientOptions
{
    /// <summary>How the bytes travel.</summary>
    /// <value>Default <see cref="HubTransport.MqttTcp"/>.</value>
    public HubTransport Transport { get; init; } = HubTransport.MqttTcp;

    /// <summary>TCP port to dial.</summary>
    /// <value>0 to 65535. Default 0: the port in the connection string, else 8883 for MQTT and 443 for WebSocket.</value>
    public int Port { get; init; }

    /// <summary>HTTP proxy, with its credentials, for <see cref="HubTransport.MqttWebSocket"/> and for HTTPS.</summary>
    /// <value>Default null: no proxy; the environment is not looked at. Together with <see cref="HubTransport.MqttTcp"/> the constructor refuses it rather than ignoring it.</value>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Roots to trust in addition to the system's, for this client only; nothing is written to a store.</summary>
    /// <value>Default null. Copied by the constructor; the caller keeps owning the certificates and must not dispose them before the client.</value>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>Accepts any server certificate, with any name. For a test bench only: whoever sits on the wire can then be the hub.</summary>
    /// <value>Default false.</value>
    public bool DangerousAcceptAnyServerCertificateForTestBenches { get; init; }

    /// <summary>Asks the issuer whether the server's certificate was revoked; needs the issuer's server to be in reach.</summary>
    /// <value>Default false: a device often reaches nothing but its hub.</value>
    public bool CheckCertificateRevocation { get; init; }

    /// <summary>Longest silence towards the hub before the client sends a ping.</summary>
    /// <value>1 s to 1177 s. Default 240 s. The hub closes after 1.5 times this value. Source: docs/protocol.md, "Keep-alive".</value>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>Longest time for one connection attempt: credential, name, TCP, TLS and the hub's acceptance.</summary>
    /// <value>100 ms to 10 minutes. Default 60 s.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Deadline of every operation that has none of its own; it covers queueing, reconnecting, sending and the hub's answer.</summary>
    /// <value>100 ms to 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for none. Default 4 minutes, as long as the official SDKs give an operation.</value>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Longest wait for a PUBACK or SUBACK; then the connection is given up and made anew, and the message sent again.</summary>
    /// <value>100 ms to 10 minutes. Default 60 s.</value>
    public TimeSpan AcknowledgeTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for the answer to one twin request before it is asked again.</summary>
    /// <value>100 ms to 10 minutes. Default 30 s.</value>
    public TimeSpan TwinRequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time a direct method's handler gets; then its token is cancelled and the service told 504.</summary>
    /// <value>100 ms to 1 hour. Default 5 minutes, the longest wait the service offers its callers. Source: docs/protocol.md, "Direct methods".</value>
    public TimeSpan MethodHandlerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Direct-method handlers that may run at once; as many again may wait, further calls are answered with 429.</summary>
    /// <value>1 to 1024. Default 16.</value>
    public int MaxConcurrentMethods { get; init; } = 16;

    /// <summary>Telemetry messages that may wait for the hub's acknowledgement at once.</summary>
    /// <value>1 to 1024. Default 64.</value>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>Telemetry messages that may wait or be in flight.</summary>
    /// <value>1 to 1,048,576. Default 10,000.</value>
    public int OutboxMessages { get; init; } = 10_000;

    /// <summary>Bytes of telemetry that may wait or be in flight.</summary>
    /// <value>256 to 1,073,741,824. Default 4,194,304. Taken as needed.</value>
    public int OutboxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What happens to telemetry that finds no room.</summary>
    /// <value>Default <see cref="OutboxOverflow.Reject"/>: the send fails with <see cref="HubErrorCode.OutboxFull"/>.</value>
    public OutboxOverflow OutboxOverflow { get; init; } = OutboxOverflow.Reject;

    /// <summary>Gives telemetry without a message id one, so that the cloud can recognise a message that was sent twice.</summary>
    /// <value>Default false: an id costs about 40 bytes a message.</value>
    public bool AddMessageIds { get; init; }

    /// <summary>Life of the tokens made from a key or asked of a provider; renewed at about 85 % of it.</summary>
    /// <value>10 s to 365 days. Default 1 hour.</value>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Delays between connection attempts.</summary>
    /// <value>Default: 1 s doubling to 60 s, with jitter; afresh after a healthy minute.</value>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>Shortest wait after the hub closed two connections in a row soon after accepting them: the sign of a second device with the same identity.</summary>
    /// <value>0 to 1 hour. Default 60 s, so that two devices never push each other off more than about twice a minute.</value>
    public TimeSpan TakeOverBackOff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Shortest wait after the hub refused the identity twice in a row, once it had accepted it before.</summary>
    /// <value>0 to 1 hour. Default 60 s: a revoked device must not storm the hub.</value>
    public TimeSpan RefusedBackOff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Forgets the hub's session with every connection. Cloud-to-device messages queued while away are then lost.</summary>
    /// <value>Default false.</value>
    public bool CleanSession { get; init; }

    /// <summary>Plug and Play model id (DTMI) announced at connect.</summary>
    /// <value>Default null: none.</value>
    public string? ModelId { get; init; }

    /// <summary>Added to the user agent, to recognise your product in the hub's logs.</summary>
    /// <value>Up to 128 ASCII characters. Default null.</value>
    public string? ProductInfo { get; init; }

    /// <summary>Telemetry that the hub records when the connection ends without a goodbye.</summary>
    /// <value>Default null: none. Source: docs/protocol.md, "Will".</value>
    public TelemetryMessage? LastWill { get; init; }

    /// <summary>Wall clock for tokens and certificates.</summary>
    /// <value>Default <see cref="DeviceClock.SystemClock"/>.</value>
    public DeviceClock Clock { get; init; } = DeviceClock.SystemClock;

    /// <summary>Where the client logs; never a secret.</summary>
    /// <value>Default null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }
}
