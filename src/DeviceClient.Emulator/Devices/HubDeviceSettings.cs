namespace DeviceClient.Emulator;

/// <summary>What a service may set on a device identity. Immutable.</summary>
public sealed record HubDeviceSettings
{
    /// <summary>Whether the device may connect.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; init; } = true;

    /// <summary>Free text beside the status.</summary>
    /// <value>At most 128 characters, or null (default).</value>
    public string? StatusReason { get; init; }

    /// <summary>How the device proves itself.</summary>
    /// <value>Null (default): two new symmetric keys, or, in an update, the present ones.</value>
    public HubAuthentication? Authentication { get; init; }

    /// <summary>Whether the device is an IoT Edge device.</summary>
    /// <value>Default false.</value>
    public bool IotEdge { get; init; }

    /// <summary>Security scope of a parent edge device, or null (default).</summary>
    public string? DeviceScope { get; init; }

    /// <summary>Scopes of the parents.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<string> ParentScopes { get; init; } = [];

    internal HubDeviceSettings Complete(HubAuthentication? present)
    {
        if (StatusReason is { Length: > 128 })
        {
            throw HubErrors.ArgumentInvalid($"statusReason has {StatusReason.Length} characters, at most 128 are allowed.");
        }

        return this with { Authentication = (Authentication ?? present ?? HubAuthentication.NewSymmetricKeys()).Complete() };
    }
}
