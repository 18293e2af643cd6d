using System.Text;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>The documents of the emulator's own API.</summary>
internal static class ControlJson
{
    private static readonly string[] s_payloadNames = ["payload", "payloadText", "payloadBase64"];
    private static readonly UTF8Encoding s_strictUtf8 = new(false, true);

    internal static JsonObject WriteTelemetry(HubTelemetryMessage message)
    {
        var body = new JsonObject
        {
            ["sequence"] = message.SequenceNumber,
            ["deviceId"] = message.DeviceId,
        };
        if (message.ModuleId is not null)
        {
            body["moduleId"] = message.ModuleId;
        }

        body["enqueuedTime"] = IdentityJson.Time(message.EnqueuedTime);
        body["isWill"] = message.IsWill;
        WritePayload(body, message.Payload.Span);
        body["properties"] = new JsonObject(message.Properties.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        body["systemProperties"] =
            new JsonObject(message.SystemProperties.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        return body;
    }

    internal static JsonObject WriteQueued(HubQueuedMessage queued)
    {
        var body = new JsonObject
        {
            ["sequence"] = queued.Sequence,
            ["messageId"] = queued.Message.MessageId,
            ["enqueuedTime"] = IdentityJson.Time(queued.EnqueuedTime),
            ["expiryTime"] = IdentityJson.Time(queued.ExpiryTime),
            ["deliveryCount"] = queued.DeliveryCount,
            ["isLocked"] = queued.LockToken is not null,
        };
        WritePayload(body, queued.Message.Payload.Span);
        return body;
    }

    internal static JsonObject WriteFeedback(HubFeedbackRecord record) => new()
    {
        ["originalMessageId"] = record.OriginalMessageId,
        ["enqueuedTimeUtc"] = IdentityJson.Time(record.EnqueuedTime),
        ["statusCode"] = record.Status.ToString(),
        ["description"] = record.Description,
        ["deviceId"] = record.DeviceId,
        ["deviceGenerationId"] = record.DeviceGenerationId,
    };

    internal static JsonObject WriteLog(HubLogEntry entry) => new()
    {
        ["sequence"] = entry.Sequence,
        ["time"] = IdentityJson.Time(entry.Time),
        ["event"] = entry.Event.ToString(),
        ["code"] = entry.Code,
        ["id"] = entry.Id,
        ["text"] = entry.Text,
    };

    internal static JsonObject WriteConnection(HubConnectionInfo connection) => new()
    {
        ["deviceId"] = connection.DeviceId,
        ["moduleId"] = connection.ModuleId,
        ["protocol"] = connection.Protocol,
        ["remoteEndPoint"] = connection.RemoteEndPoint,
        ["since"] = IdentityJson.Time(connection.Since),
        ["authenticationType"] = connection.AuthenticationType,
        ["tokenExpiry"] = connection.TokenExpiry is { } expiry ? IdentityJson.Time(expiry) : null,
        ["cleanSession"] = connection.CleanSession,
        ["keepAliveSeconds"] = connection.KeepAliveSeconds,
        ["apiVersion"] = connection.ApiVersion,
        ["clientType"] = connection.ClientType,
        ["modelId"] = connection.ModelId,
        ["subscriptions"] = new JsonArray([.. connection.Subscriptions.Select(filter => (JsonNode)filter)]),
    };

    internal static JsonObject WriteSeeded(SeedResult result) => new()
    {
        ["devices"] = result.Devices,
        ["modules"] = result.Modules,
        ["enrollments"] = result.Enrollments,
        ["enrollmentGroups"] = result.Groups,
    };

    internal static HubCloudToDeviceMessage ReadMessage(JsonObject body, DateTimeOffset now)
    {
        JsonInput.AllowOnly(
            body, "payload", "payloadText", "payloadBase64", "messageId", "correlationId", "userId", "contentType", "contentEncoding",
            "expirySeconds", "ack", "properties");
        int ack = JsonInput.Choice(body, "ack", "none", "positive", "negative", "full");
        return new HubCloudToDeviceMessage
        {
            Payload = ReadPayload(body),
            MessageId = JsonInput.Text(body, "messageId"),
            CorrelationId = JsonInput.Text(body, "correlationId"),
            UserId = JsonInput.Text(body, "userId"),
            ContentType = JsonInput.Text(body, "contentType"),
            ContentEncoding = JsonInput.Text(body, "contentEncoding"),
            ExpiryTime = JsonInput.Number(body, "expirySeconds") is { } seconds ? Later(now, seconds) : null,
            Ack = ack switch
            {
                1 => HubFeedbackRequest.Positive,
                2 => HubFeedbackRequest.Negative,
                3 => HubFeedbackRequest.Full,
                _ => HubFeedbackRequest.None,
            },
            Properties =
            [
                .. (JsonInput.Object(body, "properties") ?? []).Select(pair =>
                    KeyValuePair.Create(pair.Key, JsonInput.Text(body["properties"]!.AsObject(), pair.Key))),
            ],
        };
    }

    private static DateTimeOffset Later(DateTimeOffset now, double seconds) => seconds is > 0 and <= 172_800
        ? now.AddSeconds(seconds)
        : throw new JsonInputException("$.expirySeconds: must be more than 0 and at most 172800 (two days)");

    private static byte[] ReadPayload(JsonObject body)
    {
        string[] given = [.. s_payloadNames.Where(body.ContainsKey)];
        if (given.Length > 1)
        {
            throw new JsonInputException($"$: give one of {string.Join(" and ", given)}, not both");
        }

        switch (given.FirstOrDefault())
        {
            case "payload":
                return HubJson.ToUtf8(body["payload"]);
            case "payloadText":
                return Encoding.UTF8.GetBytes(JsonInput.Text(body, "payloadText") ?? "");
            case "payloadBase64":
                string text = JsonInput.Text(body, "payloadBase64") ?? "";
                byte[] bytes = new byte[text.Length];
                return Convert.TryFromBase64String(text, bytes, out int count)
                    ? bytes[..count]
                    : throw new JsonInputException("$.payloadBase64: not base64");
            default:
                return [];
        }
    }

    // JSON as JSON, text as text, the rest as base64: a rig's script should not have to decode what it can read.
    private static void WritePayload(JsonObject body, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > 0 && HubJson.TryParse(payload, out JsonNode? json, out _))
        {
            body["payload"] = json;
            return;
        }

        try
        {
            body["payloadText"] = s_strictUtf8.GetString(payload);
        }
        catch (DecoderFallbackException)
        {
            body["payloadBase64"] = Convert.ToBase64String(payload);
        }
    }
}
