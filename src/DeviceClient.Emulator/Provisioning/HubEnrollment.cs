using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>One entry of DPS: a single device's enrollment, or a group that shares one key.</summary>
/// <remarks>Immutable; change it with <c>with</c> and hand it to <see cref="HubProvisioning.Put"/>. Attestation is by symmetric
/// key. The JSON members are treated as immutable too: they are copied when a twin is made from them.
/// Source: docs/emulator.md, "Provisioning".</remarks>
public sealed record HubEnrollment
{
    /// <summary>The registration id, or the group's id.</summary>
    /// <value>1 to 128 letters, digits, <c>- . _ :</c>, ending in a letter, digit or <c>-</c>; letter case does not matter.</value>
    public required string Id { get; init; }

    /// <summary>Whether this is a group: each member's key is derived from the group's.</summary>
    public bool IsGroup { get; init; }

    /// <summary>The device id in the hub; null means the registration id. Not for groups.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Base64 of 16 to 64 bytes; null asks <see cref="HubProvisioning.Put"/> to make a key of 64 bytes.</summary>
    public string? PrimaryKey { get; init; }

    /// <summary>Base64 of 16 to 64 bytes; null asks <see cref="HubProvisioning.Put"/> to make a key of 64 bytes.</summary>
    public string? SecondaryKey { get; init; }

    /// <summary>Whether devices may register; a disabled enrollment answers them with status <c>disabled</c>.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether the device is made an IoT Edge device.</summary>
    public bool IotEdge { get; init; }

    /// <summary>How the hub is chosen; null is the instance's default, and static when <see cref="IotHubHostName"/> is set.</summary>
    public AllocationPolicy? Allocation { get; init; }

    /// <summary>What happens when the device registers again.</summary>
    public ReprovisionPolicy Reprovision { get; init; }

    /// <summary>The hub for static allocation; must be this emulator's hub.</summary>
    public string? IotHubHostName { get; init; }

    /// <summary>The hubs to choose from; each must be this emulator's hub. Empty means every linked hub.</summary>
    public IReadOnlyList<string> IotHubs { get; init; } = [];

    /// <summary>Tags of the twin at the first assignment and after a reset.</summary>
    public JsonObject? InitialTags { get; init; }

    /// <summary>Desired properties of the twin at the first assignment and after a reset.</summary>
    public JsonObject? InitialDesired { get; init; }

    /// <summary>Free text of the enrollment's owner, kept as it is.</summary>
    public JsonNode? OptionalDeviceInformation { get; init; }

    /// <summary>Changes with every write; includes its own quotation marks, as the service's etags do. Set by DPS.</summary>
    public string ETag { get; init; } = "";

    /// <summary>When the entry was made. Set by DPS.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When the entry was last written. Set by DPS.</summary>
    public DateTimeOffset LastUpdated { get; init; }

    /// <summary>Kind and id, without the keys.</summary>
    public override string ToString() => (IsGroup ? "group " : "individual ") + Id;
}
