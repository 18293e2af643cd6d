using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace DeviceClient;

/// <summary>Settings of a <see cref="ProvisioningDeviceClient"/>; validated once by its constructor.</summary>
public sealed record ProvisioningDeviceClientOptions
{
    /// <summary>How to talk to the service.</summary>
    /// <value>Default <see cref="ProvisioningTransport.MqttTcp"/>.</value>
    public ProvisioningTransport Transport { get; init; } = ProvisioningTransport.MqttTcp;

    /// <summary>Host name of the service, with <c>:port</c> on a bench.</summary>
    /// <value>Default <c>global.azure-devices-provisioning.net</c>.</value>
    public string HostName { get; init; } = ProvisioningOptions.GlobalHostName;

    /// <summary>HTTP proxy, with its credentials, for WebSocket and HTTPS.</summary>
    /// <value>Default null: none. Together with <see cref="ProvisioningTransport.MqttTcp"/> the constructor refuses it.</value>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Roots to trust in addition to the system's, for this client only.</summary>
    /// <value>Default null.</value>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>Accepts any server certificate, with any name. For a test bench only.</summary>
    /// <value>Default false.</value>
    public bool DangerousAcceptAnyServerCertificateForTestBenches { get; init; }

    /// <summary>Asks the issuer whether the server's certificate was revoked.</summary>
    /// <value>Default false.</value>
    public bool CheckCertificateRevocation { get; init; }

    /// <summary>Longest time of a registration, everything included.</summary>
    /// <value>1 s to 24 h. Default 5 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time to open the transport.</summary>
    /// <value>100 ms to 24 h. Default 30 s.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for one answer.</summary>
    /// <value>100 ms to 24 h. Default 30 s.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before a poll when the service names none.</summary>
    /// <value>1 s to 1 h, whole seconds. Default 2 s.</value>
    public TimeSpan DefaultPollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Life of the token.</summary>
    /// <value>1 minute to 30 days. Default 1 hour.</value>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Waits after failures.</summary>
    /// <value>Default: 1 s doubling to 60 s, with jitter.</value>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>api-version sent with every request.</summary>
    /// <value>Default <see cref="ProvisioningOptions.ApiVersion20190331"/>.</value>
    public string ApiVersion { get; init; } = ProvisioningOptions.ApiVersion20190331;

    /// <summary>Added to the user agent.</summary>
    /// <value>Up to 128 ASCII characters. Default null.</value>
    public string? ProductInfo { get; init; }

    /// <summary>Wall clock for the token.</summary>
    /// <value>Default <see cref="DeviceClock.SystemClock"/>.</value>
    public DeviceClock Clock { get; init; } = DeviceClock.SystemClock;

    /// <summary>Where the client logs; never a secret.</summary>
    /// <value>Default null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }
}
