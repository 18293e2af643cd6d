namespace DeviceClient;

/// <summary>A registration with the Device Provisioning Service ended without an assignment.</summary>
/// <remarks>The shape of <see cref="HubClientException"/>, with what the service told in addition. Registering again on the same client is always possible.</remarks>
public class ProvisioningException : HubClientException
{
    /// <summary>Creates an exception; tests of applications may do so as well.</summary>
    /// <param name="errorCode">Why it failed.</param>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The exception below, if there is one.</param>
    public ProvisioningException(HubErrorCode errorCode, string message, Exception? innerException = null)
        : base(errorCode, message, innerException)
    {
    }

    /// <summary>The service's word for the registration's state: failed, disabled, or the last one heard; null when none was.</summary>
    public string? RegistrationStatus { get; init; }

    /// <summary>The service's error number, for example 401002; 0 when there was none.</summary>
    public int ServiceErrorCode { get; init; }

    internal static ProvisioningException From(ProvisioningResult result) =>
        new(result.ErrorCode, result.Message ?? $"The registration ended with {result.ErrorCode}.")
        {
            ServiceStatus = result.ServiceStatus,
            ServiceErrorCode = result.ServiceErrorCode,
            RegistrationStatus = result.Status,
            TrackingId = result.TrackingId,
            RetryAfter = result.RetryAfterSeconds > 0 ? TimeSpan.FromSeconds(result.RetryAfterSeconds) : null,
        };
}
