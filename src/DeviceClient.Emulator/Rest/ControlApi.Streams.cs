using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DeviceClient.Emulator;

/// <content>Telemetry, feedback and log as streams: one JSON object a line, or server-sent events when the client asks for them.</content>
internal sealed partial class ControlApi
{
    private static readonly byte[] s_newLine = "\n"u8.ToArray();
    private static readonly byte[] s_eventStart = "data: "u8.ToArray();
    private static readonly byte[] s_eventEnd = "\n\n"u8.ToArray();

    private static bool Flag(RestRequest request, string name, bool normal) => request.Query(name)?.ToLowerInvariant() switch
    {
        null => normal,
        "" or "true" or "1" => true,
        "false" or "0" => false,
        string other => throw HubErrors.ArgumentInvalid($"{name} is '{other}'; allowed are true and false."),
    };

    private static int Maximum(RestRequest request)
    {
        string? text = request.Query("max");
        return text is null ? int.MaxValue
            : int.TryParse(text, out int count) && count > 0 ? count
            : throw HubErrors.ArgumentInvalid($"max is '{text}'; allowed is a number from 1.");
    }

    private static async Task SendAsync(RestRequest request, IAsyncEnumerable<JsonObject> items, int maximum)
    {
        HttpResponse response = request.Context.Response;
        bool events = request.Header("Accept")?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;
        response.ContentType = events ? "text/event-stream" : "application/x-ndjson";
        response.Headers.CacheControl = "no-store";
        // The headers go out at once: a rig knows from them that the stream listens, before the first item.
        await response.StartAsync(request.Aborted).ConfigureAwait(false);
        await response.Body.FlushAsync(request.Aborted).ConfigureAwait(false);
        int count = 0;
        await foreach (JsonObject item in items.WithCancellation(request.Aborted).ConfigureAwait(false))
        {
            byte[] json = HubJson.ToUtf8(item);
            byte[] line = events ? [.. s_eventStart, .. json, .. s_eventEnd] : [.. json, .. s_newLine];
            await response.Body.WriteAsync(line, request.Aborted).ConfigureAwait(false);
            await response.Body.FlushAsync(request.Aborted).ConfigureAwait(false);
            if (++count == maximum)
            {
                return;
            }
        }
    }

    private async Task<RestReply?> StreamTelemetryAsync(RestRequest request)
    {
        string? deviceId = request.Query("deviceId");
        string? moduleId = request.Query("moduleId");
        bool Wanted(HubTelemetryMessage message) =>
            (deviceId is null || message.DeviceId == deviceId) && (moduleId is null || message.ModuleId == moduleId);
        bool history = Flag(request, "history", normal: false);
        int maximum = Maximum(request);
        if (!Flag(request, "follow", normal: true))
        {
            return RestReply.Ok(new JsonArray(
                [.. hub.Telemetry.History.Where(Wanted).TakeLast(maximum).Select(ControlJson.WriteTelemetry)]));
        }

        await SendAsync(
            request,
            hub.Telemetry.ReadAsync(Wanted, history, request.Aborted).Select(ControlJson.WriteTelemetry),
            maximum).ConfigureAwait(false);
        return null;
    }

    private async Task<RestReply?> StreamFeedbackAsync(RestRequest request)
    {
        if (!Flag(request, "follow", normal: true))
        {
            return RestReply.Ok(new JsonArray([.. hub.Messages.Feedback.Select(ControlJson.WriteFeedback)]));
        }

        await SendAsync(
            request, hub.Messages.ReadFeedbackAsync(request.Aborted).Select(ControlJson.WriteFeedback), Maximum(request)).ConfigureAwait(false);
        return null;
    }

    private async Task<RestReply?> StreamLogAsync(RestRequest request)
    {
        string? deviceId = request.Query("deviceId");
        bool Wanted(HubLogEntry entry) => deviceId is null || entry.Id == deviceId;
        if (!Flag(request, "follow", normal: false))
        {
            return RestReply.Ok(new JsonArray([.. hub.Log.Entries.Where(Wanted).Select(ControlJson.WriteLog)]));
        }

        await SendAsync(
            request, hub.Log.ReadAsync(request.Aborted).Where(Wanted).Select(ControlJson.WriteLog), Maximum(request)).ConfigureAwait(false);
        return null;
    }
}
