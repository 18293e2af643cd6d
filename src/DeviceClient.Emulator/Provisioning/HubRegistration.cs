using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>What DPS knows about a device that registered: its registration state.</summary>
public sealed record HubRegistration
{
    /// <summary>The registration id as the device spelled it first.</summary>
    public required string RegistrationId { get; init; }

    /// <summary>The group that admitted the device, or null for an individual enrollment.</summary>
    public string? GroupId { get; init; }

    /// <summary>The hub the device was told to connect to, or null while there is none.</summary>
    public string? AssignedHub { get; init; }

    /// <summary>The device id in that hub, or null while there is none.</summary>
    public string? DeviceId { get; init; }

    /// <summary><c>assigned</c>, <c>disabled</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary><c>initialAssignment</c>, <c>deviceDataMigrated</c> or <c>deviceDataReset</c>; null unless assigned.</summary>
    public string? Substatus { get; init; }

    /// <summary>0, or the service's number for a failed registration.</summary>
    public int ErrorCode { get; init; }

    /// <summary>Text for people about <see cref="ErrorCode"/>.</summary>
    public string ErrorMessage { get; init; } = "";

    /// <summary>What the device sent as <c>payload</c> last, for tests to look at; never sent back.</summary>
    public JsonNode? DevicePayload { get; init; }

    /// <summary>Changes with every registration; includes its own quotation marks.</summary>
    public required string ETag { get; init; }

    /// <summary>When the device registered first.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When the device registered last.</summary>
    public required DateTimeOffset LastUpdated { get; init; }
}
