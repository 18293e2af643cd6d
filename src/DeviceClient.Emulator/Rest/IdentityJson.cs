using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Identities and twins as the documents of the service REST.</summary>
internal static class IdentityJson
{
    private static readonly string[] s_types = ["sas", "selfSigned", "certificateAuthority", "none"];

    internal static JsonObject WriteDevice(HubDevice device)
    {
        HubDeviceSettings settings = device.Settings;
        var body = new JsonObject
        {
            ["deviceId"] = device.DeviceId,
            ["generationId"] = device.GenerationId,
            ["etag"] = device.ETag,
            ["connectionState"] = State(device),
            ["status"] = settings.Enabled ? "enabled" : "disabled",
            ["statusReason"] = settings.StatusReason,
            ["connectionStateUpdatedTime"] = Time(device.ConnectionStateUpdatedTime),
            ["statusUpdatedTime"] = Time(device.StatusUpdatedTime),
            ["lastActivityTime"] = Time(device.LastActivityTime),
            ["cloudToDeviceMessageCount"] = device.CloudToDeviceMessageCount,
            ["authentication"] = WriteAuthentication(device.Authentication),
            ["capabilities"] = new JsonObject { ["iotEdge"] = settings.IotEdge },
        };
        if (settings.DeviceScope is not null)
        {
            body["deviceScope"] = settings.DeviceScope;
        }

        body["parentScopes"] = new JsonArray([.. settings.ParentScopes.Select(scope => (JsonNode)scope)]);
        return body;
    }

    internal static JsonObject WriteModule(HubModule module) => new()
    {
        ["moduleId"] = module.ModuleId,
        ["managedBy"] = module.ManagedBy,
        ["deviceId"] = module.DeviceId,
        ["generationId"] = module.GenerationId,
        ["etag"] = module.ETag,
        ["connectionState"] = State(module),
        ["connectionStateUpdatedTime"] = Time(module.ConnectionStateUpdatedTime),
        ["lastActivityTime"] = Time(module.LastActivityTime),
        ["cloudToDeviceMessageCount"] = 0,
        ["authentication"] = WriteAuthentication(module.Authentication),
    };

    internal static JsonObject WriteTwin(HubRegistryIdentity identity, HubTwin twin)
    {
        HubDevice? device = identity as HubDevice ?? (identity as HubModule)?.Device;
        var body = new JsonObject { ["deviceId"] = twin.DeviceId };
        if (twin.ModuleId is not null)
        {
            body["moduleId"] = twin.ModuleId;
        }

        body["etag"] = twin.ETag;
        body["deviceEtag"] = identity.ETag;
        body["status"] = identity.IsEnabled ? "enabled" : "disabled";
        body["statusUpdateTime"] = Time(device?.StatusUpdatedTime ?? DateTimeOffset.MinValue);
        body["connectionState"] = State(identity);
        body["lastActivityTime"] = Time(identity.LastActivityTime);
        body["cloudToDeviceMessageCount"] = (identity as HubDevice)?.CloudToDeviceMessageCount ?? 0;
        body["authenticationType"] = Type(identity.Authentication);
        body["x509Thumbprint"] = WriteThumbprints(identity.Authentication);
        body["modelId"] = twin.ModelId;
        body["version"] = twin.Version;
        body["tags"] = twin.Tags.DeepClone();
        body["properties"] = new JsonObject
        {
            ["desired"] = twin.Desired.ToJson(withMetadata: true),
            ["reported"] = twin.Reported.ToJson(withMetadata: true),
        };
        if (identity is HubDevice)
        {
            body["capabilities"] = new JsonObject { ["iotEdge"] = device!.Settings.IotEdge };
            body["parentScopes"] = new JsonArray([.. device.Settings.ParentScopes.Select(scope => (JsonNode)scope)]);
        }

        return body;
    }

    /// <summary>What a service may set; the read-only members that SDKs send back are ignored.</summary>
    internal static HubDeviceSettings ReadDevice(JsonObject body)
    {
        JsonObject? capabilities = JsonInput.Object(body, "capabilities");
        return new HubDeviceSettings
        {
            Enabled = JsonInput.Choice(body, "status", "enabled", "disabled") != 1,
            StatusReason = JsonInput.Text(body, "statusReason"),
            Authentication = ReadAuthentication(body),
            IotEdge = capabilities is not null && JsonInput.Flag(capabilities, "iotEdge") == true,
            DeviceScope = JsonInput.Text(body, "deviceScope"),
            ParentScopes = JsonInput.Texts(body, "parentScopes"),
        };
    }

    /// <summary>Null when the body says nothing about authentication; empty keys are left for the registry to make.</summary>
    internal static HubAuthentication? ReadAuthentication(JsonObject body)
    {
        JsonObject? authentication = JsonInput.Object(body, "authentication");
        if (authentication is null)
        {
            return null;
        }

        JsonObject? keys = JsonInput.Object(authentication, "symmetricKey");
        JsonObject? thumbprints = JsonInput.Object(authentication, "x509Thumbprint");
        string? primaryThumbprint = thumbprints is null ? null : Blank(JsonInput.Text(thumbprints, "primaryThumbprint"));
        string? secondaryThumbprint = thumbprints is null ? null : Blank(JsonInput.Text(thumbprints, "secondaryThumbprint"));
        int type = JsonInput.Choice(authentication, "type", s_types);
        if (type < 0)
        {
            // Older clients send no type.
            type = primaryThumbprint is not null || secondaryThumbprint is not null ? 1 : 0;
        }

        return new HubAuthentication
        {
            Type = (HubAuthenticationType)type,
            PrimaryKey = keys is null ? null : Blank(JsonInput.Text(keys, "primaryKey")),
            SecondaryKey = keys is null ? null : Blank(JsonInput.Text(keys, "secondaryKey")),
            PrimaryThumbprint = primaryThumbprint,
            SecondaryThumbprint = secondaryThumbprint,
        };
    }

    internal static string Time(DateTimeOffset time) => time == DateTimeOffset.MinValue
        ? "0001-01-01T00:00:00Z"
        : time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string? Blank(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string State(HubRegistryIdentity identity) => identity.IsConnected ? "Connected" : "Disconnected";

    private static string Type(HubAuthentication authentication) => s_types[(int)authentication.Type];

    private static JsonObject WriteAuthentication(HubAuthentication authentication) => new()
    {
        ["symmetricKey"] = new JsonObject
        {
            ["primaryKey"] = authentication.PrimaryKey,
            ["secondaryKey"] = authentication.SecondaryKey,
        },
        ["x509Thumbprint"] = WriteThumbprints(authentication),
        ["type"] = Type(authentication),
    };

    private static JsonObject WriteThumbprints(HubAuthentication authentication) => new()
    {
        ["primaryThumbprint"] = authentication.PrimaryThumbprint,
        ["secondaryThumbprint"] = authentication.SecondaryThumbprint,
    };
}
