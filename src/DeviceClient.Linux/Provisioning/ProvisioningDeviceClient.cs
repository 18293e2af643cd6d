using DeviceClient.Engine;
using DeviceClient.Identity;
using DeviceClient.Protocol;
using DeviceClient.Provisioning;
using DeviceClient.Threading;
using DeviceClient.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeviceClient;

/// <summary>Registers a device with the Device Provisioning Service (DPS): asks which hub it belongs to and under which name.</summary>
/// <remarks>
/// Holds no connection between registrations and needs no disposing. Safe for calls from any thread; registrations of one
/// client run one after the other. Each call ends in exactly one result or exception, within <see cref="ProvisioningDeviceClientOptions.Timeout"/>,
/// and may be repeated after any failure. Members are virtual and there is a protected constructor, for tests of applications.
/// </remarks>
/// <example>
/// <code>
/// ProvisioningIdentity identity = ProvisioningIdentity.FromSharedAccessKey("pump-7", key);
/// ProvisioningResult result = await new ProvisioningDeviceClient(idScope, identity).RegisterAsync();
/// await using HubDeviceClient device = new(identity.ToHubIdentity(result));
/// </code>
/// </example>
public class ProvisioningDeviceClient
{
    private readonly ProvisioningIdentity? _identity;
    private readonly ProvisioningDeviceClientOptions _options = new();
    private readonly ProvisioningOptions? _core;
    private readonly TransportSettings? _transport;
    private readonly ILogger _logger = NullLogger.Instance;
    private Task _previous = Task.CompletedTask;

    /// <summary>Creates a client; nothing is connected.</summary>
    /// <param name="idScope">ID scope of the service instance.</param>
    /// <param name="identity">The device.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option or the scope is out of range, or two options exclude each other.</exception>
    public ProvisioningDeviceClient(string idScope, ProvisioningIdentity identity, ProvisioningDeviceClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(idScope);
        ArgumentNullException.ThrowIfNull(identity);
        _identity = identity;
        _options = options ?? _options;
        _core = ReadOptions(idScope, identity, _options);
        _transport = ReadTransport(_options);
        _logger = (_options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("DeviceClient.ProvisioningDeviceClient");
    }

    /// <summary>For tests of applications: a client without a connection, whose members are overridden.</summary>
    protected ProvisioningDeviceClient()
    {
    }

    /// <summary>Registers and waits for the assignment. Each registration is billed by the service: keep its result.</summary>
    /// <param name="payload">JSON in UTF-8 for custom allocation, for example with <c>modelId</c>; empty for none. Copied before the call returns.</param>
    /// <param name="cancellationToken">Ends the registration.</param>
    /// <returns>The assignment: hub and device id; never an unassigned result.</returns>
    /// <exception cref="ProvisioningException">
    /// <see cref="HubErrorCode.RegistrationRejected"/> when the service says failed or disabled, <see cref="HubErrorCode.Unauthorized"/>,
    /// <see cref="HubErrorCode.TlsFailed"/>, <see cref="HubErrorCode.Timeout"/>, <see cref="HubErrorCode.WaitingForTime"/> when a token is needed and the clock is not trusted.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public virtual Task<ProvisioningResult> RegisterAsync(ReadOnlyMemory<byte> payload = default, CancellationToken cancellationToken = default)
    {
        if (_identity is null)
        {
            throw new InvalidOperationException("This client was made by the constructor for tests and has no connection; override the member.");
        }

        byte[]? body = payload.IsEmpty ? null : payload.ToArray();
        lock (_core!)
        {
            // One connection for each registration id: a second registration waits for the first.
            Task<ProvisioningResult> next = RegisterAfterAsync(_previous, body, cancellationToken);
            _previous = next;
            return next;
        }
    }

    private static ProvisioningOptions ReadOptions(string idScope, ProvisioningIdentity identity, ProvisioningDeviceClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Retry);
        ArgumentNullException.ThrowIfNull(options.Clock);
        if (options.TokenLifetime < TimeSpan.FromMinutes(1) || options.TokenLifetime > TimeSpan.FromDays(30))
        {
            throw new ArgumentException($"ProvisioningDeviceClientOptions.TokenLifetime is {options.TokenLifetime}; it must be 00:01:00 to 30 days.", nameof(options));
        }

        ProvisioningOptions core = new(idScope, identity.RegistrationId)
        {
            ApiVersion = options.ApiVersion,
            ProductInfo = OptionsReader.UserAgent(options.ProductInfo),
            TimeoutMilliseconds = Milliseconds(options.Timeout),
            ConnectTimeoutMilliseconds = Milliseconds(options.ConnectTimeout),
            RequestTimeoutMilliseconds = Milliseconds(options.RequestTimeout),
            DefaultPollSeconds = Milliseconds(options.DefaultPollInterval) / 1000,
        };
        core.Retry.MinimumDelayMilliseconds = options.Retry.MinimumDelayMilliseconds;
        core.Retry.MaximumDelayMilliseconds = options.Retry.MaximumDelayMilliseconds;
        return core;
    }

    private static int Milliseconds(TimeSpan value) => (int)Math.Clamp(value.TotalMilliseconds, int.MinValue, int.MaxValue);

    private static TransportSettings ReadTransport(ProvisioningDeviceClientOptions options)
    {
        if (options.Proxy is not null && options.Transport == ProvisioningTransport.MqttTcp)
        {
            throw new ArgumentException("ProvisioningDeviceClientOptions.Proxy is set and Transport is MqttTcp, which no HTTP proxy carries: use MqttWebSocket or Https, or leave Proxy null.", nameof(options));
        }

        (string host, int port) = HubAddress.Split(options.HostName, nameof(options));
        if (port == 0)
        {
            port = options.Transport == ProvisioningTransport.MqttTcp ? OptionsReader.MqttPort : OptionsReader.HttpsPort;
        }

        ServerTrust trust = new(options.TrustedRoots, options.DangerousAcceptAnyServerCertificateForTestBenches, options.CheckCertificateRevocation);
        return new TransportSettings(host, port, options.Transport == ProvisioningTransport.MqttWebSocket ? TransportSettings.MqttWebSocketPath : null, options.Proxy, trust);
    }

    private async Task<ProvisioningResult> RegisterAfterAsync(Task previous, byte[]? body, CancellationToken cancellationToken)
    {
        // Never in the caller's time, and whatever became of the one before.
        await Task.WhenAny(previous).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ProvisioningSession session = new(_core!, CryptographicRandomSource.Shared);
        session.Register(body, 0, body?.Length ?? 0, Environment.TickCount64);
        IRegistrationChannel channel = _options.Transport == ProvisioningTransport.Https
            ? new HttpsRegistrationChannel(_core!, session, _transport!, _identity!, CreateToken)
            : new MqttRegistrationChannel(_core!, session, _transport!, _identity!, CreateToken);
        ProvisioningResult result;
        await using (channel.ConfigureAwait(false))
        {
            result = await RegistrationLoop.RunAsync(session, channel, cancellationToken).ConfigureAwait(false);
        }

        ProvisioningLog.Ended(_logger, _identity!.RegistrationId, result.Status ?? "-", result.ErrorCode, result.AssignedHub ?? "-");
        if (result.ErrorCode == HubErrorCode.Cancelled)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return result.IsAssigned ? result : throw ProvisioningException.From(result);
    }

    private string? CreateToken()
    {
        if (_identity!.Signer is null)
        {
            return null;
        }

        if (!_options.Clock.IsTrusted)
        {
            throw new ProvisioningException(HubErrorCode.WaitingForTime, $"A token cannot be made: the wall clock shows {_options.Clock.UtcNow:u} and is not trusted. Set it and register again.");
        }

        return SasToken.Create(_core!.TokenResource, "registration", (_options.Clock.UtcNow + _options.TokenLifetime).ToUnixTimeSeconds(), _identity.Signer);
    }
}
