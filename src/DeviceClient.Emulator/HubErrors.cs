using System.Globalization;

namespace DeviceClient.Emulator;

/// <summary>The refusals of the hub. Numbers and names: troubleshoot-error-codes.md of the Azure documentation (2026-01).</summary>
internal static class HubErrors
{
    internal static HubServiceException ArgumentInvalid(string message) => new(400004, "ArgumentInvalid", message);

    internal static HubServiceException FormatError(string message) => new(400006, "IotHubFormatError", message);

    internal static HubServiceException Unauthorized(string message) => new(401003, "IotHubUnauthorized", message);

    internal static HubServiceException UnauthorizedAccess(string message) => new(401002, "IotHubUnauthorizedAccess", message);

    internal static HubServiceException QueueFull(string deviceId, int depth) => new(
        403004, "DeviceMaximumQueueDepthExceeded",
        Text($"Device '{deviceId}' already has {depth} queued messages, the most the hub keeps. Let the device take some, or purge the queue."));

    internal static HubServiceException DeviceNotFound(string deviceId) => new(
        404001, "DeviceNotFound", $"Device '{deviceId}' is not registered. Add it to the hub first.");

    internal static HubServiceException ModuleNotFound(string deviceId, string moduleId) => new(
        404010, "ModuleNotFound", $"Module '{moduleId}' of device '{deviceId}' is not registered. Add it to the hub first.");

    internal static HubServiceException DeviceNotOnline(TimeSpan timeout) => new(
        404103, "DeviceNotOnline", Text($"Timed out waiting for device to connect. Waited {timeout.TotalSeconds} s for a subscription to direct methods."));

    internal static HubServiceException ConnectionClosedRemotely() => new(
        404104, "DeviceConnectionClosedRemotely", "The device's connection was closed before it answered.");

    internal static HubServiceException DeviceExists(string deviceId) => new(
        409001, "DeviceAlreadyExists", $"Device '{deviceId}' is already registered. Update it with an If-Match header instead.");

    internal static HubServiceException ModuleExists(string deviceId, string moduleId) => new(
        409301, "ModuleAlreadyExistsOnDevice", $"Module '{moduleId}' of device '{deviceId}' is already registered. Update it with an If-Match header instead.");

    internal static HubServiceException PreconditionFailed(string id, string given, string current) => new(
        412001, "PreconditionFailed", $"'{id}' has the etag '{current}', the request asked for '{given}'. Read it again and repeat the change.");

    internal static HubServiceException LockLost(string lockToken) => new(
        412002, "DeviceMessageLockLost", $"No message is locked with the token '{lockToken}': the lock of 60 s expired or the message was settled. It will be delivered again if it is still queued.");

    internal static HubServiceException MessageTooLarge(long size, int limit, string what) => new(
        413001, "MessageTooLarge", Text($"{what} has {size} bytes, the hub takes at most {limit}."));

    internal static HubServiceException TooManyModules(string deviceId, int limit) => new(
        413003, "TooManyModulesOnDevice", Text($"Device '{deviceId}' already has {limit} modules, the most the hub keeps."));

    internal static HubServiceException GatewayTimeout(TimeSpan timeout) => new(
        504101, "GatewayTimeout", Text($"Timed out waiting for the response from device. Waited {timeout.TotalSeconds} s."));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
