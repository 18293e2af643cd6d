using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>Twins, direct methods, cloud-to-device messages.</content>
internal sealed partial class ServiceApi
{
    private static readonly (string Header, Func<HubCloudToDeviceMessage, string, HubCloudToDeviceMessage> Set)[] s_messageHeaders =
    [
        ("iothub-messageid", (message, value) => message with { MessageId = value }),
        ("iothub-correlationid", (message, value) => message with { CorrelationId = value }),
        ("iothub-userid", (message, value) => message with { UserId = value }),
        ("iothub-contenttype", (message, value) => message with { ContentType = value }),
        ("iothub-contentencoding", (message, value) => message with { ContentEncoding = value }),
    ];

    private static bool IsDeviceBound(string segment) => string.Equals(segment, "deviceBound", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan ReadTimeout(JsonObject body, string name, int minimum, int normal)
    {
        long seconds = JsonInput.Integer(body, name) ?? normal;
        return seconds >= minimum && seconds <= 300
            ? TimeSpan.FromSeconds(seconds)
            : throw HubErrors.ArgumentInvalid(string.Create(CultureInfo.InvariantCulture, $"{name} must be within [{minimum}; 300]."));
    }

    private RestReply Twin(string id, string? moduleId)
    {
        HubTwin twin = hub.Twins.Get(id, moduleId);
        return RestReply.Ok(IdentityJson.WriteTwin(hub.Devices.GetIdentity(id, moduleId), twin)) with { ETag = twin.ETag };
    }

    private async Task<RestReply> WriteTwinAsync(RestRequest request, string id, string? moduleId)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        JsonObject? properties = JsonInput.Object(body, "properties");
        HubTwin twin = hub.Twins.Update(id, moduleId, new HubTwinUpdate
        {
            Tags = JsonInput.Object(body, "tags"),
            Desired = properties is null ? null : JsonInput.Object(properties, "desired"),
            Replace = request.Method == "PUT",
            IfMatch = request.IfMatch,
        });
        return RestReply.Ok(IdentityJson.WriteTwin(hub.Devices.GetIdentity(id, moduleId), twin)) with { ETag = twin.ETag };
    }

    private async Task<RestReply> InvokeAsync(RestRequest request, string id, string? moduleId)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        string method = JsonInput.RequiredText(body, "methodName");
        var call = new HubMethodRequest(method)
        {
            Payload = body.TryGetPropertyValue("payload", out JsonNode? payload) ? HubJson.ToUtf8(payload) : default,
            ResponseTimeout = ReadTimeout(body, "responseTimeoutInSeconds", 5, 30),
            ConnectTimeout = ReadTimeout(body, "connectTimeoutInSeconds", 0, 0),
        };
        try
        {
            HubMethodResult result = await hub.Methods.InvokeAsync(id, call, moduleId, request.Aborted).ConfigureAwait(false);
            return RestReply.Ok(new JsonObject { ["status"] = result.Status, ["payload"] = result.ToJson() });
        }
        catch (HubServiceException error) when (error.Code is 404103 or 504101)
        {
            // Word for word what the service answers; rigs compare these texts.
            bool offline = error.Code == 404103;
            hub.Log.Write(HubLogEvent.Rejected, error.Code, id, $"POST /{request.Path}: {error.Message}");
            return RestErrors.JsonInText(
                new HubServiceException(error.Code, error.Name, offline
                    ? "Timed out waiting for device to connect." : "Timed out waiting for the response from device."),
                offline ? new JsonObject { ["timeout"] = call.ConnectTimeout.ToString("c", CultureInfo.InvariantCulture) } : [],
                hub.Time.GetUtcNow());
        }
    }

    private async Task<RestReply> SendMessageAsync(RestRequest request, string id)
    {
        var message = new HubCloudToDeviceMessage
        {
            Payload = await request.ReadBytesAsync().ConfigureAwait(false),
            Properties =
            [
                .. request.Context.Request.Headers
                    .Where(header => header.Key.StartsWith("iothub-app-", StringComparison.OrdinalIgnoreCase))
                    .Select(header => KeyValuePair.Create(header.Key["iothub-app-".Length..], (string?)header.Value.ToString())),
            ],
        };
        foreach ((string header, Func<HubCloudToDeviceMessage, string, HubCloudToDeviceMessage> set) in s_messageHeaders)
        {
            message = request.Header(header) is { Length: > 0 } value ? set(message, value) : message;
        }

        if (request.Header("iothub-expiry") is { Length: > 0 } expiry)
        {
            message = DateTimeOffset.TryParse(expiry, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                ? message with { ExpiryTime = time }
                : throw HubErrors.ArgumentInvalid($"iothub-expiry is '{expiry}'; send a time such as 2026-11-23T12:00:00Z.");
        }

        if (request.Header("iothub-ack") is { Length: > 0 } ack)
        {
            message = Enum.TryParse(ack, ignoreCase: true, out HubFeedbackRequest wanted) && Enum.IsDefined(wanted) && !char.IsAsciiDigit(ack[0])
                ? message with { Ack = wanted }
                : throw HubErrors.ArgumentInvalid($"iothub-ack is '{ack}'; allowed are none, positive, negative and full.");
        }

        await hub.Messages.SendCloudToDeviceAsync(id, message, request.Aborted).ConfigureAwait(false);
        return RestReply.NoContent;
    }
}
