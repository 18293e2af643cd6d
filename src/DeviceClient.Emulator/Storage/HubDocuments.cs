using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>The hub's things as JSON documents, and back.</summary>
internal static class HubDocuments
{
    internal static JsonObject FromDevice(HubDevice device) => new()
    {
        ["generationId"] = device.GenerationId,
        ["etag"] = device.ETag,
        ["enabled"] = device.Settings.Enabled,
        ["statusReason"] = device.Settings.StatusReason,
        ["authentication"] = FromAuthentication(device.Authentication),
        ["iotEdge"] = device.Settings.IotEdge,
        ["deviceScope"] = device.Settings.DeviceScope,
        ["parentScopes"] = new JsonArray(device.Settings.ParentScopes.Select(static scope => (JsonNode?)scope).ToArray()),
    };

    internal static JsonObject FromModule(HubModule module) => new()
    {
        ["deviceId"] = module.DeviceId,
        ["moduleId"] = module.ModuleId,
        ["generationId"] = module.GenerationId,
        ["etag"] = module.ETag,
        ["authentication"] = FromAuthentication(module.Authentication),
        ["managedBy"] = module.ManagedBy,
    };

    internal static JsonObject FromTwin(TwinRecord twin) => new()
    {
        ["version"] = twin.Version,
        ["modelId"] = twin.ModelId,
        ["tags"] = twin.Tags.DeepClone(),
        ["desired"] = FromSection(twin.Desired),
        ["reported"] = FromSection(twin.Reported),
    };

    internal static JsonObject FromMessage(HubDevice device, HubQueuedMessage message) => new()
    {
        ["deviceId"] = device.DeviceId,
        ["sequence"] = message.Sequence,
        ["enqueued"] = message.EnqueuedTime.ToString("O", CultureInfo.InvariantCulture),
        ["expiry"] = message.ExpiryTime.ToString("O", CultureInfo.InvariantCulture),
        ["payload"] = Convert.ToBase64String(message.Message.Payload.Span),
        ["messageId"] = message.Message.MessageId,
        ["correlationId"] = message.Message.CorrelationId,
        ["userId"] = message.Message.UserId,
        ["contentType"] = message.Message.ContentType,
        ["contentEncoding"] = message.Message.ContentEncoding,
        ["ack"] = (int)message.Message.Ack,
        ["properties"] = new JsonArray(message.Message.Properties.Select(static p => (JsonNode?)new JsonArray(p.Key, p.Value)).ToArray()),
    };

    internal static void Restore(HubState hub, string kind, string key, JsonObject document)
    {
        switch (kind)
        {
            case HubState.DeviceKind:
                RestoreDevice(hub, key, document);
                break;
            case HubState.ModuleKind:
                RestoreModule(hub, document);
                break;
            case HubState.TwinKind:
                RestoreTwin(hub, key, document);
                break;
            case HubState.MessageKind:
                RestoreMessage(hub, document);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of document the hub keeps.");
        }
    }

    private static void RestoreDevice(HubState hub, string deviceId, JsonObject document)
    {
        HubDeviceSettings settings = new()
        {
            Enabled = (bool)document["enabled"]!,
            StatusReason = (string?)document["statusReason"],
            Authentication = ToAuthentication(document["authentication"]!.AsObject()),
            IotEdge = (bool)document["iotEdge"]!,
            DeviceScope = (string?)document["deviceScope"],
            ParentScopes = document["parentScopes"]!.AsArray().Select(static scope => (string)scope!).ToArray(),
        };
        hub.Devices.Restore(deviceId, settings, (string)document["generationId"]!).ETag = (string)document["etag"]!;
    }

    private static void RestoreModule(HubState hub, JsonObject document)
    {
        if (!hub.Devices.TryGet((string)document["deviceId"]!, out HubDevice? device))
        {
            return;
        }

        HubModule module = hub.Devices.RestoreModule(
            device, (string)document["moduleId"]!, ToAuthentication(document["authentication"]!.AsObject()), (string)document["generationId"]!);
        module.ETag = (string)document["etag"]!;
        module.ManagedBy = (string?)document["managedBy"];
    }

    private static void RestoreTwin(HubState hub, string id, JsonObject document)
    {
        string[] parts = id.Split('/', 2);
        if (hub.Devices.TryGetIdentity(parts[0], parts.Length == 2 ? parts[1] : null, out HubRegistryIdentity? identity))
        {
            identity.Twin = new TwinRecord(DateTimeOffset.UnixEpoch)
            {
                Version = (long)document["version"]!,
                ModelId = (string)document["modelId"]!,
                Tags = (JsonObject)document["tags"]!.DeepClone(),
                Desired = ToSection(document["desired"]!.AsObject()),
                Reported = ToSection(document["reported"]!.AsObject()),
            };
        }
    }

    private static void RestoreMessage(HubState hub, JsonObject document)
    {
        if (!hub.Devices.TryGet((string)document["deviceId"]!, out HubDevice? device))
        {
            return;
        }

        HubCloudToDeviceMessage message = new()
        {
            Payload = Convert.FromBase64String((string)document["payload"]!),
            MessageId = (string?)document["messageId"],
            CorrelationId = (string?)document["correlationId"],
            UserId = (string?)document["userId"],
            ContentType = (string?)document["contentType"],
            ContentEncoding = (string?)document["contentEncoding"],
            Ack = (HubFeedbackRequest)(int)document["ack"]!,
            Properties = document["properties"]!.AsArray()
                .Select(static pair => new KeyValuePair<string, string?>((string)pair![0]!, (string?)pair[1])).ToArray(),
        };
        long sequence = (long)document["sequence"]!;
        hub.Messages.RestoreSequence(sequence);
        device.Messages.Restore(new HubQueuedMessage(sequence, message, ToTime(document["enqueued"]), ToTime(document["expiry"])));
    }

    private static JsonObject FromAuthentication(HubAuthentication authentication) => new()
    {
        ["type"] = (int)authentication.Type,
        ["primaryKey"] = authentication.PrimaryKey,
        ["secondaryKey"] = authentication.SecondaryKey,
        ["primaryThumbprint"] = authentication.PrimaryThumbprint,
        ["secondaryThumbprint"] = authentication.SecondaryThumbprint,
    };

    private static HubAuthentication ToAuthentication(JsonObject document) => new()
    {
        Type = (HubAuthenticationType)(int)document["type"]!,
        PrimaryKey = (string?)document["primaryKey"],
        SecondaryKey = (string?)document["secondaryKey"],
        PrimaryThumbprint = (string?)document["primaryThumbprint"],
        SecondaryThumbprint = (string?)document["secondaryThumbprint"],
    };

    private static JsonObject FromSection(TwinSection section) => new()
    {
        ["values"] = section.Values.DeepClone(),
        ["metadata"] = section.Metadata.DeepClone(),
        ["version"] = section.Version,
    };

    private static TwinSection ToSection(JsonObject document) => new(
        (JsonObject)document["values"]!.DeepClone(), (JsonObject)document["metadata"]!.DeepClone(), (long)document["version"]!);

    private static DateTimeOffset ToTime(JsonNode? text) =>
        DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
