namespace DeviceClient.Emulator;

/// <summary>A device identity in the registry.</summary>
public sealed class HubDevice : HubRegistryIdentity
{
    private volatile HubDeviceSettings _settings;

    internal HubDevice(HubState hub, string deviceId, HubDeviceSettings settings, string generationId)
        : base(hub, deviceId, null, generationId)
    {
        _settings = settings;
        Messages = new CloudToDeviceQueue(hub, this);
    }

    /// <summary>What a service set on the identity.</summary>
    public HubDeviceSettings Settings
    {
        get => _settings;
        internal set => _settings = value;
    }

    /// <inheritdoc/>
    public override HubAuthentication Authentication => _settings.Authentication!;

    /// <inheritdoc/>
    public override bool IsEnabled => _settings.Enabled && !IsRemoved;

    /// <summary>When the status changed between enabled and disabled; <see cref="DateTimeOffset.MinValue"/> if never.</summary>
    public DateTimeOffset StatusUpdatedTime { get; internal set; }

    /// <summary>Cloud-to-device messages waiting for the device, locked ones included.</summary>
    public int CloudToDeviceMessageCount => Messages.Count;

    internal CloudToDeviceQueue Messages { get; }

    internal SortedDictionary<string, HubModule> Modules { get; } = new(StringComparer.Ordinal);
}
