namespace DeviceClient.Emulator;

/// <summary>
/// An identity in the registry: a device or a module. The object is live, its properties show the present state; they are
/// safe to read from any thread.
/// </summary>
public abstract class HubRegistryIdentity
{
    private long _lastActivityTicks;

    private protected HubRegistryIdentity(HubState hub, string deviceId, string? moduleId, string generationId)
    {
        Hub = hub;
        DeviceId = deviceId;
        ModuleId = moduleId;
        Id = moduleId is null ? deviceId : deviceId + "/" + moduleId;
        GenerationId = generationId;
        ETag = hub.NextIdentityETag();
        Twin = new TwinRecord(hub.Time.GetUtcNow());
    }

    /// <summary>Device id, 1 to 128 characters, case-sensitive.</summary>
    public string DeviceId { get; }

    /// <summary>Module id, or null for a device.</summary>
    public string? ModuleId { get; }

    /// <summary>The device id, or <c>device/module</c>: also the MQTT client id.</summary>
    public string Id { get; }

    /// <summary>Changes when the identity is removed and made again.</summary>
    public string GenerationId { get; }

    /// <summary>Changes with each write to the identity. Not the twin's etag.</summary>
    public string ETag { get; internal set; }

    /// <summary>How the identity proves itself.</summary>
    public abstract HubAuthentication Authentication { get; }

    /// <summary>Whether the identity may connect now. A module also needs its device to be enabled.</summary>
    public abstract bool IsEnabled { get; }

    /// <summary>Whether a connection is open.</summary>
    public bool IsConnected => Link is not null;

    /// <summary>When <see cref="IsConnected"/> changed last; <see cref="DateTimeOffset.MinValue"/> if never.</summary>
    public DateTimeOffset ConnectionStateUpdatedTime { get; internal set; }

    /// <summary>When the identity last connected or sent something; <see cref="DateTimeOffset.MinValue"/> if never.</summary>
    public DateTimeOffset LastActivityTime
    {
        get => new(Volatile.Read(ref _lastActivityTicks), TimeSpan.Zero);
        internal set => Volatile.Write(ref _lastActivityTicks, value.UtcTicks);
    }

    /// <summary>
    /// What the device's program needs to connect here: <c>HostName=..;DeviceId=..;SharedAccessKey=..</c> or <c>..;x509=true</c>.
    /// Contains the primary key. The host name carries the port when it is not 8883.
    /// </summary>
    public string ConnectionString
    {
        get
        {
            string text = $"HostName={Hub.DialName};DeviceId={DeviceId}";
            if (ModuleId is not null)
            {
                text += $";ModuleId={ModuleId}";
            }

            return Authentication.Type == HubAuthenticationType.Sas
                ? $"{text};SharedAccessKey={Authentication.PrimaryKey}"
                : $"{text};x509=true";
        }
    }

    /// <summary>Guards twin, link and queue notices of this identity, so that notices leave in the order of the changes.</summary>
    internal object Gate { get; } = new();

    internal HubState Hub { get; }

    internal TwinRecord Twin { get; set; }

    /// <summary>The open connection, or null. Written under <see cref="Gate"/>.</summary>
    internal DeviceLink? Link { get; set; }

    /// <summary>MQTT session that survives the connection (clean session 0), or null. Written under <see cref="Gate"/>.</summary>
    internal MqttSessionState? MqttSession { get; set; }

    internal bool IsRemoved { get; set; }
}
