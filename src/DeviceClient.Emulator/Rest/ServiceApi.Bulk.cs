using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>Up to 100 registry operations in one call.</content>
internal sealed partial class ServiceApi
{
    private const int MaximumBulk = 100;

    private static readonly string[] s_importModes =
    [
        "create", "update", "updateIfMatchETag", "createOrUpdate", "createOrUpdateIfMatchETag", "delete", "deleteIfMatchETag",
        "updateTwin", "updateTwinIfMatchETag",
    ];

    private static HubTwinUpdate ReadTwin(JsonObject entry, string? ifMatch)
    {
        JsonObject? properties = JsonInput.Object(entry, "properties");
        return new HubTwinUpdate
        {
            Tags = JsonInput.Object(entry, "tags"),
            Desired = properties is null ? null : JsonInput.Object(properties, "desired"),
            IfMatch = ifMatch,
        };
    }

    private static void RefuseDuplicates(JsonArray entries)
    {
        var seen = new HashSet<(string, string?)>();
        for (int i = 0; i < entries.Count; i++)
        {
            JsonObject entry = JsonInput.AsObject(entries[i], $"$[{i}]");
            string id = JsonInput.RequiredText(entry, "id");
            if (!seen.Add((id, JsonInput.Text(entry, "moduleId"))))
            {
                throw new HubServiceException(
                    400011, "DeviceDefinedMultipleTimes", $"'{id}' stands more than once in this call; send each identity once.");
            }
        }
    }

    private async Task<RestReply> BulkAsync(RestRequest request)
    {
        JsonArray entries = JsonInput.AsArray(await request.ReadJsonAsync().ConfigureAwait(false), "$");
        if (entries.Count > MaximumBulk)
        {
            throw new HubServiceException(
                413002, "TooManyDevices", $"The call has {entries.Count} entries; at most {MaximumBulk} are allowed.");
        }

        RefuseDuplicates(entries);
        var errors = new JsonArray();
        foreach (JsonObject entry in entries.OfType<JsonObject>())
        {
            int mode = JsonInput.Choice(entry, "importMode", s_importModes);
            try
            {
                Apply(entry, mode < 0 ? "create" : s_importModes[mode]);
            }
            catch (HubServiceException error)
            {
                errors.Add((JsonNode)new JsonObject
                {
                    ["deviceId"] = JsonInput.Text(entry, "id"),
                    ["moduleId"] = JsonInput.Text(entry, "moduleId"),
                    ["errorCode"] = error.Name,
                    ["errorStatus"] = error.Message,
                    ["operation"] = mode < 0 ? "create" : s_importModes[mode],
                });
            }
        }

        var body = new JsonObject { ["isSuccessful"] = errors.Count == 0, ["errors"] = errors, ["warnings"] = new JsonArray() };
        return errors.Count == 0
            ? RestReply.Ok(body)
            // Under this header, and no other, the C# SDK reads the body of a 400 as a result.
            : new RestReply(400, body)
            {
                Headers = [("IotHubErrorCode", "BulkRegistryOperationFailure"), ("iothub-errorcode", "BulkRegistryOperationFailure")],
            };
    }

    private void Apply(JsonObject entry, string mode)
    {
        string id = JsonInput.RequiredText(entry, "id");
        string? moduleId = JsonInput.Text(entry, "moduleId") is { Length: > 0 } module ? module : null;
        string? etag = mode.EndsWith("IfMatchETag", StringComparison.Ordinal)
            ? JsonInput.Text(entry, "eTag") ?? JsonInput.Text(entry, "etag") : "*";
        if (moduleId is not null && !mode.StartsWith("updateTwin", StringComparison.Ordinal))
        {
            RefuseSystemModule(moduleId);
        }

        switch (mode)
        {
            case "delete" or "deleteIfMatchETag":
                Remove(id, moduleId, etag);
                return;
            case "updateTwin" or "updateTwinIfMatchETag":
                hub.Twins.Update(id, moduleId, ReadTwin(entry, mode == "updateTwin" ? null : JsonInput.Text(entry, "twinETag")));
                return;
            case "create":
                Create(entry, id, moduleId);
                return;
            case "createOrUpdate" or "createOrUpdateIfMatchETag" when !hub.Devices.TryGetIdentity(id, moduleId, out _):
                Create(entry, id, moduleId);
                return;
            default:
                Update(entry, id, moduleId, etag);
                return;
        }
    }

    private void Create(JsonObject entry, string id, string? moduleId)
    {
        if (moduleId is null)
        {
            CreateDevice(id, IdentityJson.ReadDevice(entry));
        }
        else
        {
            hub.Devices.AddModule(id, moduleId, IdentityJson.ReadAuthentication(entry), JsonInput.Text(entry, "managedBy"));
        }

        HubTwinUpdate twin = ReadTwin(entry, null);
        if (twin.Tags is not { Count: > 0 } && twin.Desired is not { Count: > 0 })
        {
            return;
        }

        try
        {
            hub.Twins.Initialize(id, moduleId, twin.Tags, twin.Desired);
        }
        catch (HubServiceException)
        {
            // All or nothing for one identity.
            Remove(id, moduleId, null);
            throw;
        }
    }

    private void Update(JsonObject entry, string id, string? moduleId, string? etag)
    {
        if (moduleId is null)
        {
            hub.Devices.Update(id, IdentityJson.ReadDevice(entry), etag);
        }
        else
        {
            hub.Devices.UpdateModule(id, moduleId, IdentityJson.ReadAuthentication(entry), JsonInput.Text(entry, "managedBy"), etag);
        }
    }

    private void Remove(string id, string? moduleId, string? etag)
    {
        if (moduleId is null)
        {
            hub.Devices.Remove(id, etag);
        }
        else
        {
            hub.Devices.RemoveModule(id, moduleId, etag);
        }
    }
}
