using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Enrollments and registration states as the documents of the DPS service REST.</summary>
internal static class ProvisioningJson
{
    /// <exception cref="JsonInputException">A member has a wrong kind.</exception>
    /// <exception cref="HubServiceException">400: something that this emulator does not do.</exception>
    internal static HubEnrollment ReadEnrollment(JsonObject body, bool isGroup, string? pathId)
    {
        string idName = isGroup ? "enrollmentGroupId" : "registrationId";
        string? id = JsonInput.Text(body, idName);
        if (pathId is not null && id is not null && !string.Equals(id, pathId, StringComparison.OrdinalIgnoreCase))
        {
            throw ProvisioningErrors.InvalidEnrollment($"{idName} is '{id}' in the body and '{pathId}' in the path; they must agree.");
        }

        JsonObject? keys = ReadAttestation(body);
        JsonObject? twin = JsonInput.Object(body, "initialTwin");
        JsonObject? capabilities = JsonInput.Object(body, "capabilities");
        return new HubEnrollment
        {
            Id = id ?? pathId ?? JsonInput.RequiredText(body, idName),
            IsGroup = isGroup,
            DeviceId = JsonInput.Text(body, "deviceId") is { Length: > 0 } deviceId ? deviceId : null,
            PrimaryKey = keys is null ? null : JsonInput.Text(keys, "primaryKey"),
            SecondaryKey = keys is null ? null : JsonInput.Text(keys, "secondaryKey"),
            Enabled = JsonInput.Choice(body, "provisioningStatus", "enabled", "disabled") != 1,
            IotEdge = capabilities is not null && JsonInput.Flag(capabilities, "iotEdge") == true,
            Allocation = ReadAllocation(body),
            Reprovision = ReadReprovision(body),
            IotHubHostName = JsonInput.Text(body, "iotHubHostName") is { Length: > 0 } hub ? hub : null,
            IotHubs = JsonInput.Texts(body, "iotHubs"),
            InitialTags = Copy(twin is null ? null : JsonInput.Object(twin, "tags")),
            InitialDesired = Copy(ReadDesired(twin)),
            OptionalDeviceInformation = body["optionalDeviceInformation"]?.DeepClone(),
            ETag = JsonInput.Text(body, "etag") ?? "",
        };
    }

    internal static JsonObject WriteEnrollment(HubEnrollment entry, HubRegistration? state, bool withKeys)
    {
        var body = new JsonObject { [entry.IsGroup ? "enrollmentGroupId" : "registrationId"] = entry.Id };
        if (entry.DeviceId is not null)
        {
            body["deviceId"] = entry.DeviceId;
        }

        if (state is not null)
        {
            body["registrationState"] = WriteRegistration(state, forDevice: false);
        }

        body["attestation"] = WriteAttestation(entry, withKeys);
        body["capabilities"] = new JsonObject { ["iotEdge"] = entry.IotEdge };
        if (entry.IotHubHostName is not null)
        {
            body["iotHubHostName"] = entry.IotHubHostName;
        }

        if (entry.InitialTags is not null || entry.InitialDesired is not null)
        {
            body["initialTwin"] = new JsonObject
            {
                ["tags"] = Copy(entry.InitialTags) ?? [],
                ["properties"] = new JsonObject { ["desired"] = Copy(entry.InitialDesired) ?? [] },
            };
        }

        body["provisioningStatus"] = entry.Enabled ? "enabled" : "disabled";
        body["reprovisionPolicy"] = new JsonObject
        {
            ["updateHubAssignment"] = entry.Reprovision != ReprovisionPolicy.Never,
            ["migrateDeviceData"] = entry.Reprovision == ReprovisionPolicy.MigrateData,
        };
        if (entry.Allocation is { } allocation)
        {
            body["allocationPolicy"] = allocation switch
            {
                AllocationPolicy.GeoLatency => "geoLatency",
                AllocationPolicy.Static => "static",
                _ => "hashed",
            };
        }

        if (entry.IotHubs.Count > 0)
        {
            body["iotHubs"] = new JsonArray([.. entry.IotHubs.Select(hub => (JsonNode)hub)]);
        }

        if (entry.OptionalDeviceInformation is not null)
        {
            body["optionalDeviceInformation"] = entry.OptionalDeviceInformation.DeepClone();
        }

        body["etag"] = entry.ETag;
        body["createdDateTimeUtc"] = Time(entry.Created);
        body["lastUpdatedDateTimeUtc"] = Time(entry.LastUpdated);
        return body;
    }

    internal static JsonObject WriteAttestation(HubEnrollment entry, bool withKeys)
    {
        var attestation = new JsonObject { ["type"] = "symmetricKey" };
        if (withKeys)
        {
            attestation["symmetricKey"] = new JsonObject
            {
                ["primaryKey"] = entry.PrimaryKey,
                ["secondaryKey"] = entry.SecondaryKey,
            };
        }

        return attestation;
    }

    internal static JsonObject WriteRegistration(HubRegistration state, bool forDevice)
    {
        var body = new JsonObject
        {
            ["registrationId"] = state.RegistrationId,
            ["createdDateTimeUtc"] = Time(state.Created),
        };
        if (state.Status == "assigned")
        {
            body["assignedHub"] = state.AssignedHub;
            body["deviceId"] = state.DeviceId;
        }

        body["status"] = state.Status;
        if (state.Substatus is not null)
        {
            body["substatus"] = state.Substatus;
        }

        body["lastUpdatedDateTimeUtc"] = Time(state.LastUpdated);
        if (state.ErrorCode != 0)
        {
            body["errorCode"] = state.ErrorCode;
            body["errorMessage"] = state.ErrorMessage;
        }

        body["etag"] = state.ETag;
        if (forDevice && state.GroupId is not null)
        {
            body["symmetricKey"] = new JsonObject { ["enrollmentGroupId"] = state.GroupId };
        }

        return body;
    }

    /// <summary>A registration state as it is stored.</summary>
    internal static JsonObject StoreRegistration(HubRegistration state)
    {
        JsonObject body = WriteRegistration(state, forDevice: false);
        body["groupId"] = state.GroupId;
        body["devicePayload"] = state.DevicePayload?.DeepClone();
        return body;
    }

    internal static HubRegistration RestoreRegistration(JsonObject body) => new()
    {
        RegistrationId = JsonInput.RequiredText(body, "registrationId"),
        GroupId = JsonInput.Text(body, "groupId"),
        AssignedHub = JsonInput.Text(body, "assignedHub"),
        DeviceId = JsonInput.Text(body, "deviceId"),
        Status = JsonInput.RequiredText(body, "status"),
        Substatus = JsonInput.Text(body, "substatus"),
        ErrorCode = (int)(JsonInput.Integer(body, "errorCode") ?? 0),
        ErrorMessage = JsonInput.Text(body, "errorMessage") ?? "",
        DevicePayload = body["devicePayload"]?.DeepClone(),
        ETag = JsonInput.RequiredText(body, "etag"),
        Created = ReadTime(body, "createdDateTimeUtc"),
        LastUpdated = ReadTime(body, "lastUpdatedDateTimeUtc"),
    };

    internal static DateTimeOffset ReadTime(JsonObject body, string name) =>
        DateTimeOffset.Parse(JsonInput.RequiredText(body, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    internal static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static JsonObject? ReadAttestation(JsonObject body)
    {
        JsonObject? attestation = JsonInput.Object(body, "attestation");
        if (attestation is null)
        {
            throw ProvisioningErrors.InvalidEnrollment("attestation is missing; give {\"type\":\"symmetricKey\"}.");
        }

        string? type = JsonInput.Text(attestation, "type");
        return type == "symmetricKey"
            ? JsonInput.Object(attestation, "symmetricKey")
            : throw ProvisioningErrors.InvalidEnrollment(
                $"The attestation type '{type}' is not supported by this emulator; it attests by symmetricKey.");
    }

    private static AllocationPolicy? ReadAllocation(JsonObject body)
    {
        if (JsonInput.Text(body, "allocationPolicy") == "custom")
        {
            throw ProvisioningErrors.InvalidEnrollment(
                "The allocation policy 'custom' is not supported by this emulator; use hashed, geoLatency or static.");
        }

        int choice = JsonInput.Choice(body, "allocationPolicy", "hashed", "geoLatency", "static");
        return choice < 0 ? null : (AllocationPolicy)choice;
    }

    private static ReprovisionPolicy ReadReprovision(JsonObject body)
    {
        JsonObject? policy = JsonInput.Object(body, "reprovisionPolicy");
        if (policy is null)
        {
            return ReprovisionPolicy.MigrateData;
        }

        return JsonInput.Flag(policy, "updateHubAssignment") == false ? ReprovisionPolicy.Never
            : JsonInput.Flag(policy, "migrateDeviceData") == false ? ReprovisionPolicy.ResetData
            : ReprovisionPolicy.MigrateData;
    }

    private static JsonObject? ReadDesired(JsonObject? twin)
    {
        JsonObject? properties = twin is null ? null : JsonInput.Object(twin, "properties");
        return properties is null ? null : JsonInput.Object(properties, "desired");
    }

    private static JsonObject? Copy(JsonObject? source) => source?.DeepClone().AsObject();
}
