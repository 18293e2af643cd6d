using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>DPS's answer to a device, the same over MQTT and HTTPS.</summary>
/// <param name="Status">202 while assigning, 200 when done, else the refusal's HTTP status.</param>
/// <param name="RetryAfterSeconds">Seconds to wait before the next request, or null.</param>
/// <param name="Body">RegistrationOperationStatus, a registration state, or the error object.</param>
/// <param name="OperationId">The operation to poll, or null.</param>
internal sealed record ProvisioningReply(int Status, int? RetryAfterSeconds, JsonObject Body, string? OperationId = null);
