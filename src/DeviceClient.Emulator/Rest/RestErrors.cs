using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>The three shapes in which the services tell an error. Source: docs/emulator.md, "Errors".</summary>
internal static class RestErrors
{
    /// <summary>Registry, twins, queries: <c>{"Message":"ErrorCode:Name;text","ExceptionMessage":"Tracking ID:..."}</c>.</summary>
    internal static RestReply Text(HubServiceException error, DateTimeOffset now) => new(error.HttpStatus, new JsonObject
    {
        // The Node SDK splits at semicolons and takes the second part as the message.
        ["Message"] = $"ErrorCode:{error.Name};{error.Message.Replace(';', ',')}",
        ["ExceptionMessage"] = "Tracking ID:" + TrackingId(now),
    })
    {
        Headers = [("iothub-errorcode", error.Name)],
    };

    /// <summary>Direct methods: a JSON text inside <c>Message</c>.</summary>
    internal static RestReply JsonInText(HubServiceException error, JsonObject? info, DateTimeOffset now)
    {
        var inner = new JsonObject
        {
            ["errorCode"] = error.Code,
            ["trackingId"] = TrackingId(now),
            ["message"] = error.Message,
        };
        if (info is not null)
        {
            inner["info"] = info;
        }

        inner["timestampUtc"] = ProvisioningJson.Time(now);
        var body = new JsonObject { ["Message"] = HubJson.ToText(inner), ["ExceptionMessage"] = "" };
        return new RestReply(error.HttpStatus, body) { Headers = [("iothub-errorcode", error.Name)] };
    }

    /// <summary>DPS: one flat object.</summary>
    internal static RestReply Flat(HubServiceException error, DateTimeOffset now) => new(error.HttpStatus, FlatBody(error, now))
    {
        Headers = [("x-ms-error-code", error.Code.ToString(CultureInfo.InvariantCulture))],
    };

    internal static JsonObject FlatBody(HubServiceException error, DateTimeOffset now) => new()
    {
        ["errorCode"] = error.Code,
        ["trackingId"] = TrackingId(now),
        ["message"] = error.Message,
        ["info"] = new JsonObject(),
        ["timestampUtc"] = ProvisioningJson.Time(now),
    };

    private static string TrackingId(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"{Guid.NewGuid():N}-G:1-TimeStamp:{now.UtcDateTime:MM/dd/yyyy HH:mm:ss}");
}
