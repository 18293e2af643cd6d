namespace DeviceClient.Engine;

/// <summary>What a successful operation brought.</summary>
/// <param name="Version">The accepted version of reported properties; -1 when there is none.</param>
/// <param name="Body">The twin; null when there is none.</param>
internal readonly record struct OperationResult(long Version, byte[]? Body);
