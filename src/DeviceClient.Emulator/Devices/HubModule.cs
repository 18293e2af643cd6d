namespace DeviceClient.Emulator;

/// <summary>A module identity of a device: an own twin, own methods and telemetry, no cloud-to-device messages.</summary>
public sealed class HubModule : HubRegistryIdentity
{
    private volatile HubAuthentication _authentication;

    internal HubModule(HubState hub, HubDevice device, string moduleId, HubAuthentication authentication, string generationId)
        : base(hub, device.DeviceId, moduleId, generationId)
    {
        Device = device;
        _authentication = authentication;
    }

    /// <summary>The device the module belongs to.</summary>
    public HubDevice Device { get; }

    /// <inheritdoc/>
    public override HubAuthentication Authentication => _authentication;

    /// <inheritdoc/>
    public override bool IsEnabled => Device.IsEnabled && !IsRemoved;

    /// <summary>Who manages the module, for example <c>IotEdge</c>; null if nobody does.</summary>
    public string? ManagedBy { get; internal set; }

    internal void SetAuthentication(HubAuthentication authentication) => _authentication = authentication;
}
