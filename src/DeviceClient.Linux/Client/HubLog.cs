using Microsoft.Extensions.Logging;

namespace DeviceClient;

/// <summary>Every line the clients log; none carries a key, a token or a payload.</summary>
internal static partial class HubLog
{
    [LoggerMessage(1, LogLevel.Information, "{DeviceId}: {Status}")]
    internal static partial void StatusChanged(ILogger logger, string deviceId, ConnectionStatus status);

    [LoggerMessage(2, LogLevel.Warning, "{DeviceId}: the credential ends at {ExpiresAt} ({Error}): {Detail}")]
    internal static partial void CredentialExpiring(ILogger logger, string deviceId, DateTimeOffset? expiresAt, HubErrorCode error, string detail);

    [LoggerMessage(3, LogLevel.Error, "The handler of '{Name}' failed.")]
    internal static partial void HandlerFailed(ILogger logger, string name, Exception error);

    [LoggerMessage(4, LogLevel.Error, "A handler let an exception out.")]
    internal static partial void HandlerLeaked(ILogger logger, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "The event {Name} was dropped: {Count} events wait for a handler that blocks.")]
    internal static partial void EventDropped(ILogger logger, string name, int count);

    [LoggerMessage(6, LogLevel.Information, "The hub invoked the unknown direct method '{Name}'; answered 404.")]
    internal static partial void MethodUnknown(ILogger logger, string name);

    [LoggerMessage(7, LogLevel.Warning, "The direct method '{Name}' was answered with 429: {Count} handlers run and as many calls wait.")]
    internal static partial void MethodRefused(ILogger logger, string name, int count);

    [LoggerMessage(8, LogLevel.Information, "An answer with status {Status} came after the connection of its call was gone, or after 504; the service has told its caller.")]
    internal static partial void AnswerLate(ILogger logger, int status);

    [LoggerMessage(9, LogLevel.Warning, "The hub refuses {Feature}: {Detail}")]
    internal static partial void FeatureRefused(ILogger logger, string feature, string detail);

    [LoggerMessage(10, LogLevel.Warning, "The message '{MessageId}' is left to the hub: {Count} messages wait for a handler that is slow.")]
    internal static partial void MessageLeft(ILogger logger, string messageId, int count);

    [LoggerMessage(11, LogLevel.Information, "The message '{MessageId}' lost its lock with its connection; the hub delivers it again.")]
    internal static partial void LockLost(ILogger logger, string messageId);

    [LoggerMessage(12, LogLevel.Warning, "The message '{MessageId}' cannot be rejected over MQTT; the hub keeps delivering it until it expires. Complete it instead.")]
    internal static partial void CannotReject(ILogger logger, string messageId);
}
