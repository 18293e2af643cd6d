using Microsoft.Extensions.Logging;

namespace DeviceClient.Provisioning;

/// <summary>What registrations log; never a secret.</summary>
internal static partial class ProvisioningLog
{
    [LoggerMessage(101, LogLevel.Information, "The registration of {RegistrationId} ended: status {Status}, error {Error}, hub {Hub}")]
    internal static partial void Ended(ILogger logger, string registrationId, string status, HubErrorCode error, string hub);
}
