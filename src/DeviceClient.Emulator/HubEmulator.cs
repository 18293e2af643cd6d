using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator;

/// <summary>
/// An IoT Hub and a Device Provisioning Service in this process: MQTT over TLS and WebSocket for devices, REST for services, and
/// everything as objects for tests. Strict: what the real hub refuses, it refuses, and <see cref="Log"/> says why. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// await using HubEmulator hub = await HubEmulator.StartAsync();
/// HubDevice device = hub.Devices.Add("thermostat-1");
/// // give device.ConnectionString and hub.RootCertificate to the client under test
/// HubTelemetryMessage first = await hub.Telemetry.WaitForAsync(message => message.DeviceId == "thermostat-1");
/// </code>
/// </example>
public sealed class HubEmulator : IAsyncDisposable
{
    private readonly HubState _state;
    private readonly HubHost _host;
    private readonly HubCertificates _certificates;
    private int _disposed;

    private HubEmulator(HubState state, HubHost host, HubCertificates certificates, HubProvisioning provisioning)
    {
        _state = state;
        _host = host;
        _certificates = certificates;
        Provisioning = provisioning;
        RootCertificate = certificates.GetRoot();
    }

    /// <summary>Name of the hub: part of user names and token audiences, named by the server certificate.</summary>
    public string HostName => _state.HostName;

    /// <summary>Bound TCP port of the MQTT endpoint.</summary>
    public int MqttPort => _state.MqttPort;

    /// <summary>Bound TCP port of the HTTPS and WebSocket endpoint.</summary>
    public int HttpsPort => _state.HttpsPort;

    /// <summary>What the provisioning service tells devices: <see cref="HostName"/>, with the MQTT port unless it is 8883.</summary>
    public string AssignedHostName => _state.DialName;

    /// <summary>The root that clients must trust to connect here, without its private key.</summary>
    public X509Certificate2 RootCertificate { get; }

    /// <summary>The root as PEM text.</summary>
    public string RootCertificatePem => _certificates.RootPem;

    /// <summary>Where the root's PEM file is; null when <see cref="HubEmulatorOptions.CertificateDirectory"/> is.</summary>
    public string? RootCertificatePath => _certificates.RootPath;

    /// <summary>ID scope of the provisioning service.</summary>
    public string IdScope => Provisioning.IdScope;

    /// <summary>What a service needs: host, policy <c>iothubowner</c> and its key. The host carries the port unless it is 443.</summary>
    public string HubConnectionString => ServiceConnectionString(_state.Policies[0]);

    /// <summary>What a service needs to manage enrollments. The host carries the port unless it is 443.</summary>
    public string ProvisioningConnectionString => ServiceConnectionString(Provisioning.Policy);

    /// <summary>Shared access policies of the hub; contains keys.</summary>
    public IReadOnlyList<HubPolicy> Policies => _state.Policies;

    /// <summary>The identity registry.</summary>
    public HubDevices Devices => _state.Devices;

    /// <summary>Device and module twins.</summary>
    public HubTwins Twins => _state.Twins;

    /// <summary>Cloud-to-device messages and feedback.</summary>
    public HubMessages Messages => _state.Messages;

    /// <summary>Direct methods.</summary>
    public HubMethods Methods => _state.Methods;

    /// <summary>What devices sent.</summary>
    public HubTelemetry Telemetry => _state.Telemetry;

    /// <summary>Who is connected.</summary>
    public HubConnections Connections => _state.Connections;

    /// <summary>The fault script.</summary>
    public HubFaults Faults => _state.Faults;

    /// <summary>Why connections were refused or closed, and what else happened.</summary>
    public HubLog Log => _state.Log;

    /// <summary>The provisioning service: enrollments and registrations.</summary>
    public HubProvisioning Provisioning { get; }

    /// <summary>Starts an emulator and its listeners.</summary>
    /// <param name="options">Null: loopback, free ports, nothing on disk.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">A port is taken or not allowed, or a file cannot be used; the message names it.</exception>
    /// <exception cref="InvalidDataException">The data, certificate or seed file is damaged; the message names it.</exception>
    public static async Task<HubEmulator> StartAsync(HubEmulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new HubEmulatorOptions();
        options.Validate();
        HubState? state = null;
        HubCertificates? certificates = null;
        HubHost? host = null;
        try
        {
            state = new HubState(options, options.DataFile is null ? null : new SqliteHubStore(options.DataFile));
            HubProvisioning provisioning = new(state);
            foreach (HubSeed seed in Seeds(options))
            {
                SeedLoader.Apply(seed, state, provisioning);
            }

            certificates = new HubCertificates(
                options.CertificateDirectory, [options.HostName, .. options.AlternateHostNames], options.TimeProvider);
            host = new HubHost(state, provisioning, certificates);
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return new HubEmulator(state, host, certificates, provisioning);
        }
        catch (Exception error)
        {
            if (host is not null)
            {
                await host.DisposeAsync().ConfigureAwait(false);
            }

            certificates?.Dispose();
            state?.Dispose();
            if (error is JsonInputException)
            {
                throw new InvalidDataException(error.Message, error);
            }

            throw;
        }
    }

    /// <summary>Drops every connection, stops the listeners and closes the data file. Returns within about a second.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _host.DisposeAsync().ConfigureAwait(false);
        _state.Dispose();
        _certificates.Dispose();
        RootCertificate.Dispose();
    }

    private static IEnumerable<HubSeed> Seeds(HubEmulatorOptions options)
    {
        if (options.SeedFile is not null)
        {
            yield return HubSeed.Load(options.SeedFile);
        }

        if (options.Seed is not null)
        {
            yield return options.Seed;
        }
    }

    private string ServiceConnectionString(HubPolicy policy)
    {
        string host = HttpsPort == 443 ? HostName : HostName + ":" + HttpsPort.ToString(CultureInfo.InvariantCulture);
        return $"HostName={host};SharedAccessKeyName={policy.Name};SharedAccessKey={policy.PrimaryKey}";
    }
}
