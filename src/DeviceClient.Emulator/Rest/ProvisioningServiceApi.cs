using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>DPS for services: enrollments, groups, registration states. Paths match in any letter case.</summary>
internal sealed class ProvisioningServiceApi(HubProvisioning provisioning, RestAuthorization authorization)
{
    private const int MaximumBulk = 10;

    internal async Task<RestReply> HandleAsync(RestRequest request)
    {
        authorization.DemandProvisioning(request);
        if (request.Query("api-version") is not { Length: > 0 })
        {
            throw ProvisioningErrors.InvalidEnrollment("The query parameter api-version is missing.");
        }

        string[] segments = request.Segments;
        return segments[0].ToLowerInvariant() switch
        {
            "enrollments" => await EnrollmentAsync(request, isGroup: false).ConfigureAwait(false),
            "enrollmentgroups" => await EnrollmentAsync(request, isGroup: true).ConfigureAwait(false),
            _ => Registration(request),
        };
    }

    private static bool Is(string segment, string name) => string.Equals(segment, name, StringComparison.OrdinalIgnoreCase);

    private static HubServiceException NotAllowed(RestRequest request) =>
        new(405000, "MethodNotAllowed", $"The method {request.Method} is not allowed on /{request.Path}; perhaps the id is missing.");

    private async Task<RestReply> EnrollmentAsync(RestRequest request, bool isGroup)
    {
        switch (request.Method, request.Segments)
        {
            case ("POST", [_]):
                return await BulkAsync(request, isGroup).ConfigureAwait(false);
            case ("POST", [_, var query]) when Is(query, "query"):
                await request.ReadObjectAsync().ConfigureAwait(false);
                return ContinuationToken.Page(
                    request,
                    provisioning.List(isGroup)
                        .Select(entry => (Key: entry.Id.ToLowerInvariant(), Row: (JsonNode)Write(entry)))
                        .OrderBy(row => row.Key, StringComparer.Ordinal),
                    isGroup ? "EnrollmentGroup" : "Enrollment");
            case ("POST", [_, var id, var mechanism]) when Is(mechanism, "attestationmechanism"):
                {
                    HubEnrollment entry = Find(id, isGroup);
                    return RestReply.Ok(ProvisioningJson.WriteAttestation(entry, withKeys: true)) with { ETag = entry.ETag };
                }

            case ("GET", [_, var id]):
                return Answer(Find(id, isGroup));
            case ("PUT", [_, var id]):
                {
                    JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
                    return Answer(provisioning.Put(ProvisioningJson.ReadEnrollment(body, isGroup, id), request.IfMatch));
                }

            case ("DELETE", [_, var id]):
                provisioning.Delete(id, isGroup, request.IfMatch);
                return RestReply.NoContent;
            default:
                throw NotAllowed(request);
        }
    }

    private RestReply Registration(RestRequest request)
    {
        switch (request.Method, request.Segments)
        {
            case ("GET", [_, var id]):
                {
                    HubRegistration state = provisioning.GetRegistration(id) ?? throw ProvisioningErrors.RegistrationNotFound(id);
                    return RestReply.Ok(ProvisioningJson.WriteRegistration(state, forDevice: false)) with { ETag = state.ETag };
                }

            case ("DELETE", [_, var id]):
                provisioning.DeleteRegistration(id, request.IfMatch);
                return RestReply.NoContent;
            case ("POST", [_, var group, var query]) when Is(query, "query"):
                Find(group, isGroup: true);
                return ContinuationToken.Page(
                    request,
                    provisioning.ListRegistrations(group)
                        .Select(state => (
                            Key: state.RegistrationId.ToLowerInvariant(),
                            Row: (JsonNode)ProvisioningJson.WriteRegistration(state, forDevice: false)))
                        .OrderBy(row => row.Key, StringComparer.Ordinal),
                    "DeviceRegistration");
            default:
                throw NotAllowed(request);
        }
    }

    private async Task<RestReply> BulkAsync(RestRequest request, bool isGroup)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        string name = isGroup ? "enrollmentGroups" : "enrollments";
        JsonArray entries = JsonInput.Array(body, name) ?? throw new JsonInputException($"$.{name}: required, an array");
        if (entries.Count is 0 or > MaximumBulk)
        {
            throw ProvisioningErrors.InvalidEnrollment($"{name} has {entries.Count} entries; allowed are 1 to {MaximumBulk}.");
        }

        int mode = JsonInput.Choice(body, "mode", "create", "update", "updateIfMatchETag", "delete");
        if (mode < 0)
        {
            throw new JsonInputException("$.mode: required; one of create, update, updateIfMatchETag, delete");
        }

        var errors = new JsonArray();
        for (int i = 0; i < entries.Count; i++)
        {
            JsonObject entry = JsonInput.AsObject(entries[i], $"$.{name}[{i}]");
            string id = JsonInput.RequiredText(entry, isGroup ? "enrollmentGroupId" : "registrationId");
            try
            {
                Apply(mode, entry, id, isGroup);
            }
            catch (HubServiceException error)
            {
                errors.Add((JsonNode)new JsonObject { ["registrationId"] = id, ["errorCode"] = error.Code, ["errorStatus"] = error.Message });
            }
        }

        return RestReply.Ok(new JsonObject { ["isSuccessful"] = errors.Count == 0, ["errors"] = errors });
    }

    private void Apply(int mode, JsonObject entry, string id, bool isGroup)
    {
        string? etag = JsonInput.Text(entry, "etag");
        switch (mode)
        {
            case 0:
                provisioning.Put(ProvisioningJson.ReadEnrollment(entry, isGroup, null));
                break;
            case 1:
                provisioning.Put(ProvisioningJson.ReadEnrollment(entry, isGroup, null), "*");
                break;
            case 2:
                provisioning.Put(
                    ProvisioningJson.ReadEnrollment(entry, isGroup, null),
                    etag ?? throw ProvisioningErrors.InvalidEnrollment($"'{id}' has no etag to match."));
                break;
            default:
                provisioning.Delete(id, isGroup, etag);
                break;
        }
    }

    private HubEnrollment Find(string id, bool isGroup) =>
        (isGroup ? provisioning.GetGroup(id) : provisioning.GetIndividual(id))
        ?? throw ProvisioningErrors.EnrollmentNotFound(isGroup ? "Enrollment group" : "Enrollment", id);

    private RestReply Answer(HubEnrollment entry) => RestReply.Ok(Write(entry)) with { ETag = entry.ETag };

    private JsonObject Write(HubEnrollment entry) => ProvisioningJson.WriteEnrollment(
        entry, entry.IsGroup ? null : provisioning.GetRegistration(entry.Id), withKeys: false);
}
