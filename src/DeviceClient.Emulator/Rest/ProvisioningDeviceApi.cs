using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>DPS for devices over HTTPS: register, operation status, look-up. Source: docs/emulator.md, "Provisioning".</summary>
internal sealed class ProvisioningDeviceApi(HubProvisioning provisioning)
{
    internal async Task<RestReply> HandleAsync(RestRequest request)
    {
        string[] segments = request.Segments;
        if (request.Query("api-version") is not { Length: > 0 })
        {
            throw ProvisioningErrors.InvalidRequest("The query parameter api-version is missing.");
        }

        switch (request.Method, segments)
        {
            case ("PUT", [var scope, _, var id, var last]) when Is(last, "register"):
                {
                    ProvisioningIdentity identity = provisioning.Authenticate(scope, id, request.Authorization);
                    JsonNode? payload = await ReadPayloadAsync(request, id).ConfigureAwait(false);
                    provisioning.ThrowIfFaulted();
                    ProvisioningReply reply = provisioning.Register(identity, payload);
                    return Answer(reply, $"/{scope}/registrations/{id}/operations/{reply.OperationId}");
                }

            case ("GET", [var scope, _, var id, var operations, var operation]) when Is(operations, "operations"):
                {
                    ProvisioningIdentity identity = provisioning.Authenticate(scope, id, request.Authorization);
                    provisioning.ThrowIfFaulted();
                    return Answer(provisioning.GetOperation(identity, operation), null);
                }

            case ("POST", [var scope, _, var id]):
                {
                    ProvisioningIdentity identity = provisioning.Authenticate(scope, id, request.Authorization);
                    await ReadPayloadAsync(request, id).ConfigureAwait(false);
                    provisioning.ThrowIfFaulted();
                    return Answer(provisioning.LookUp(identity), null);
                }

            case (_, [_, _, _] or [_, _, _, _] or [_, _, _, _, _]):
                throw new HubServiceException(405000, "MethodNotAllowed", $"The method {request.Method} is not allowed on /{request.Path}.");

            default:
                throw new HubServiceException(404000, "NotFound", $"There is nothing at /{request.Path}.");
        }
    }

    /// <summary>The <c>payload</c> of a DeviceRegistration body, after the checks that HTTPS and MQTT share.</summary>
    internal static JsonNode? ReadPayload(JsonNode? body, string registrationId)
    {
        if (body is null)
        {
            return null;
        }

        if (body is not JsonObject registration)
        {
            throw ProvisioningErrors.InvalidRequest("The body must be a DeviceRegistration object or empty.");
        }

        string? id = JsonInput.Text(registration, "registrationId");
        if (id is not null && !string.Equals(id, registrationId, StringComparison.OrdinalIgnoreCase))
        {
            throw ProvisioningErrors.InvalidRequest($"registrationId is '{id}' in the body and '{registrationId}' in the request.");
        }

        foreach (string member in new[] { "tpm", "csr" })
        {
            if (registration[member] is not null)
            {
                throw ProvisioningErrors.InvalidRequest(
                    $"The member '{member}' is not supported: this emulator attests by symmetric key and issues no certificates.");
            }
        }

        return registration["payload"];
    }

    private static bool Is(string segment, string name) => string.Equals(segment, name, StringComparison.OrdinalIgnoreCase);

    private static async Task<JsonNode?> ReadPayloadAsync(RestRequest request, string registrationId)
    {
        byte[] bytes = await request.ReadBytesAsync().ConfigureAwait(false);
        if (bytes.Length == 0)
        {
            return null;
        }

        string? contentType = request.Header("Content-Type");
        if (contentType is null || !contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw new HubServiceException(
                415000, "UnsupportedMediaType", $"The content type is '{contentType}'; send application/json; charset=utf-8.");
        }

        return ReadPayload(JsonInput.Parse(bytes), registrationId);
    }

    private static RestReply Answer(ProvisioningReply reply, string? location)
    {
        var headers = new List<(string, string)>();
        if (reply.RetryAfterSeconds is { } seconds)
        {
            headers.Add(("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
            if (location is not null)
            {
                headers.Add(("Location", location));
            }
        }

        return new RestReply(reply.Status, reply.Body) { Headers = headers };
    }
}
