namespace DeviceClient;

/// <summary>How a registration ended. Each registration that was started ends in exactly one.</summary>
/// <remarks>Immutable. Sources: docs/protocol.md, "Provisioning".</remarks>
public sealed class ProvisioningResult
{
    internal ProvisioningResult(HubErrorCode errorCode, string? message)
    {
        ErrorCode = errorCode;
        Message = message;
    }

    /// <summary>True when the device is assigned to a hub it can use: go on with <see cref="AssignedHub"/> and <see cref="DeviceId"/>.</summary>
    public bool IsAssigned
    {
        get { return ErrorCode == HubErrorCode.None; }
    }

    /// <summary>Why it failed; <see cref="HubErrorCode.None"/> when assigned.</summary>
    public HubErrorCode ErrorCode { get; }

    /// <summary>What went wrong and what to do about it, for people; null when assigned.</summary>
    public string? Message { get; }

    /// <summary>The service's word for the state: assigned, failed, disabled, or the last one heard; null when none was.</summary>
    public string? Status { get; internal set; }

    /// <summary>The service's word for how it was assigned, for example initialAssignment; null when none was told.</summary>
    public string? Substatus { get; internal set; }

    /// <summary>Host name of the hub; null unless the service assigned one.</summary>
    public string? AssignedHub { get; internal set; }

    /// <summary>Device id at the hub; null unless the service assigned one.</summary>
    public string? DeviceId { get; internal set; }

    /// <summary>JSON from custom allocation as it came, in UTF-8; null when there was none.</summary>
    public byte[]? Payload { get; internal set; }

    /// <summary>Profile the hub speaks; null or <c>classic</c> are the ones this client can use, another ends with <see cref="HubErrorCode.NotSupported"/>.</summary>
    public string? ConnectionProfile { get; internal set; }

    /// <summary>Enrollment group, when the service names one for a symmetric key; else null.</summary>
    public string? EnrollmentGroupId { get; internal set; }

    /// <summary>HTTP-like status of the last answer; 0 when there was none.</summary>
    public int ServiceStatus { get; internal set; }

    /// <summary>The service's error number, for example 401002; 0 when there was none.</summary>
    public int ServiceErrorCode { get; internal set; }

    /// <summary>The service's id of the failed request, for its support; null when there was none.</summary>
    public string? TrackingId { get; internal set; }

    /// <summary>Wait that the service asked for with its last answer, in seconds; 0 when it did not.</summary>
    public int RetryAfterSeconds { get; internal set; }
}
