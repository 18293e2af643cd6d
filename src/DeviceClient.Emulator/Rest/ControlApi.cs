using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DeviceClient.Emulator;

/// <summary>Our own API under <c>/emulator</c> and the status page at <c>/</c>. Source: docs/emulator.md, "The emulator's own API".</summary>
internal sealed partial class ControlApi(
    HubState hub, HubProvisioning provisioning, RestAuthorization authorization, HubCertificates certificates)
{
    // On loopback the machine's users are trusted; anywhere else the owner's key is asked for.
    private readonly bool _isOpen = IPAddress.IsLoopback(hub.Options.Address);

    internal async Task<RestReply?> HandleAsync(RestRequest request)
    {
        if (request is { Method: "GET", Segments: ["emulator", "root.pem"] })
        {
            // A certificate is no secret, and a device needs it before it can trust anything else here.
            await WriteTextAsync(request, "application/x-pem-file", certificates.RootPem).ConfigureAwait(false);
            return null;
        }

        CheckOrigin(request);
        CheckHost(request);
        if (!_isOpen)
        {
            authorization.DemandControl(request);
        }

        switch (request.Method, request.Segments)
        {
            case ("GET", []):
                // Nothing may run or be loaded: what devices send stands on this page.
                request.Context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
                await WriteTextAsync(request, "text/html; charset=utf-8", StatusPage.Write(hub, provisioning)).ConfigureAwait(false);
                return null;
            case ("GET", ["emulator"]):
                return RestReply.Ok(Describe());
            case ("GET", ["emulator", "telemetry"]):
                return await StreamTelemetryAsync(request).ConfigureAwait(false);
            case ("GET", ["emulator", "feedback"]):
                return await StreamFeedbackAsync(request).ConfigureAwait(false);
            case ("GET", ["emulator", "log"]):
                return await StreamLogAsync(request).ConfigureAwait(false);
            case ("POST", ["emulator", "devices", var id, "messages"]):
                return await SendMessageAsync(request, id).ConfigureAwait(false);
            case ("GET", ["emulator", "devices", var id, "messages"]):
                return RestReply.Ok(new JsonArray([.. hub.Messages.Pending(id).Select(ControlJson.WriteQueued)]));
            case ("GET", ["emulator", "connections"]):
                return RestReply.Ok(new JsonArray([.. hub.Connections.List().Select(ControlJson.WriteConnection)]));
            case ("DELETE", ["emulator", "connections", var id]):
                return Drop(id, null);
            case ("DELETE", ["emulator", "connections", var id, "modules", var module]):
                return Drop(id, module);
            case ("POST", ["emulator", "seed"]):
                HubSeed seed = HubSeed.Parse(await request.ReadBytesAsync().ConfigureAwait(false), "the request body");
                return RestReply.Ok(ControlJson.WriteSeeded(SeedLoader.Apply(seed, hub, provisioning)));
            case ("GET", ["emulator", "faults"]):
                return ListFaults();
            case ("POST", ["emulator", "faults"]):
                return await AddFaultAsync(request).ConfigureAwait(false);
            case ("DELETE", ["emulator", "faults"]):
                return ClearFaults();
            case ("GET", ["emulator", "faults", var fault]):
                return GetFault(fault);
            case ("DELETE", ["emulator", "faults", var fault]):
                return RemoveFault(fault);
            case ("POST", ["emulator", "provisioning", "faults"]):
                return await FailProvisioningAsync(request).ConfigureAwait(false);
            default:
                throw new HubServiceException(
                    404000, "NotFound", $"There is nothing for {request.Method} at /{request.Path}; docs/emulator.md lists what there is.");
        }
    }

    // A page of another site, or a name that was made to point here, must not reach the open API through a browser.
    private static void CheckOrigin(RestRequest request)
    {
        string? origin = request.Header("Origin");
        if (origin is not null && !string.Equals(origin, $"https://{request.Context.Request.Host}", StringComparison.OrdinalIgnoreCase))
        {
            throw HubErrors.UnauthorizedAccess($"The origin '{origin}' may not use the emulator's API.");
        }
    }

    private void CheckHost(RestRequest request)
    {
        string host = request.Context.Request.Host.Host;
        bool isKnown = IPAddress.TryParse(host.Trim('[', ']'), out _)
            || hub.Options.AlternateHostNames.Append(hub.HostName).Append("localhost").Contains(host, StringComparer.OrdinalIgnoreCase);
        if (_isOpen && !isKnown)
        {
            throw HubErrors.UnauthorizedAccess($"The host name '{host}' is not this emulator's.");
        }
    }

    private JsonObject Describe() => new()
    {
        ["hostName"] = hub.HostName,
        ["dialName"] = hub.DialName,
        ["mqttPort"] = hub.MqttPort,
        ["httpsPort"] = hub.HttpsPort,
        ["idScope"] = provisioning.IdScope,
        ["rootCertificatePath"] = certificates.RootPath,
        ["devices"] = hub.Devices.Count,
        ["connections"] = hub.Connections.Count,
        ["telemetry"] = hub.Telemetry.TotalCount,
    };

    private RestReply Drop(string deviceId, string? moduleId)
    {
        hub.Devices.GetIdentity(deviceId, moduleId);
        return hub.Connections.Drop(deviceId, moduleId, "Dropped by the emulator's API.")
            ? RestReply.NoContent
            : throw HubErrors.DeviceNotOnline(TimeSpan.Zero);
    }

    private async Task<RestReply> SendMessageAsync(RestRequest request, string deviceId)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        HubQueuedMessage queued = await hub.Messages
            .SendCloudToDeviceAsync(deviceId, ControlJson.ReadMessage(body, hub.Time.GetUtcNow()), request.Aborted).ConfigureAwait(false);
        return new RestReply(201, ControlJson.WriteQueued(queued));
    }

    private static async Task WriteTextAsync(RestRequest request, string contentType, string text)
    {
        request.Context.Response.ContentType = contentType;
        await request.Context.Response.WriteAsync(text, request.Aborted).ConfigureAwait(false);
    }
}
