using System.Globalization;
using System.Text;

namespace DeviceClient.Emulator;

/// <summary>
/// The hub without its listeners: everything REST, MQTT and tests act upon. <c>HubEmulator</c> shows its parts to users.
/// Lock order: <see cref="Gate"/>, then an identity's gate, then the store's.
/// </summary>
internal sealed partial class HubState : IDisposable
{
    private readonly object _storeGate = new();
    private long _nextIdentityETag;
    private long _lastGeneration;

    internal HubState(HubEmulatorOptions options, IHubStore? store = null)
    {
        options.Validate();
        Options = options;
        Store = store;
        MqttPort = options.MqttPort;
        HttpsPort = options.HttpsPort;
        Log = new HubLog(options.LogCapacity, options.TimeProvider, options.LoggerFactory);
        Devices = new HubDevices(this);
        Twins = new HubTwins(this);
        Messages = new HubMessages(this);
        Methods = new HubMethods(this);
        Telemetry = new HubTelemetry(options.TelemetryHistory, options.TelemetryHistoryBytes);
        Connections = new HubConnections(this);
        Faults = new HubFaults(this);
        _nextIdentityETag = options.TimeProvider.GetUtcNow().ToUnixTimeSeconds() % 1_000_000_000;
        Policies = CreatePolicies();
        Load();
    }

    /// <summary>Guards the registry.</summary>
    internal object Gate { get; } = new();

    internal HubEmulatorOptions Options { get; }

    internal HubEmulatorBehavior Behavior => Options.Behavior;

    internal TimeProvider Time => Options.TimeProvider;

    internal IHubStore? Store { get; }

    internal string HostName => Options.HostName;

    /// <summary>Set by the host once the listeners are bound.</summary>
    internal int MqttPort { get; set; }

    /// <summary>Set by the host once the listeners are bound.</summary>
    internal int HttpsPort { get; set; }

    /// <summary>Host name as a device should dial it: with the port unless it is the usual one.</summary>
    internal string DialName => MqttPort is 0 or 8883 ? HostName : HostName + ":" + MqttPort.ToString(CultureInfo.InvariantCulture);

    internal HubLog Log { get; }

    internal HubDevices Devices { get; }

    internal HubTwins Twins { get; }

    internal HubMessages Messages { get; }

    internal HubMethods Methods { get; }

    internal HubTelemetry Telemetry { get; }

    internal HubConnections Connections { get; }

    internal HubFaults Faults { get; }

    internal IReadOnlyList<HubPolicy> Policies { get; }

    public void Dispose()
    {
        Faults.Clear();
        foreach (HubDevice device in Devices.List())
        {
            device.Messages.Dispose();
        }

        lock (_storeGate)
        {
            Store?.Dispose();
        }
    }

    /// <summary>Refuses a change when the caller's etag is stale. Accepts <c>*</c>, <c>"*"</c>, <c>"tag"</c> and a bare <c>tag</c>, as SDKs send them.</summary>
    internal static void RequireETag(string id, string current, string? ifMatch)
    {
        string? wanted = ifMatch?.Trim().Trim('"');
        if (!string.IsNullOrEmpty(wanted) && wanted != "*" && wanted != current)
        {
            throw HubErrors.PreconditionFailed(id, wanted, current);
        }
    }

    internal string NextIdentityETag() =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(Interlocked.Increment(ref _nextIdentityETag).ToString("D9", CultureInfo.InvariantCulture)));

    /// <summary>Ticks of now, as the service; raised where two identities are made within one tick.</summary>
    internal string NextGenerationId()
    {
        lock (Gate)
        {
            _lastGeneration = Math.Max(_lastGeneration + 1, Time.GetUtcNow().UtcTicks);
            return _lastGeneration.ToString(CultureInfo.InvariantCulture);
        }
    }
}
