using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DeviceClient.Emulator;

/// <summary>The HTTPS endpoint: routes by path, answers in the service's shapes, logs each refusal in one line.</summary>
internal sealed class RestFront
{
    private readonly HubState _hub;
    private readonly ServiceApi _service;
    private readonly ProvisioningDeviceApi _provisioningDevices;
    private readonly ProvisioningServiceApi _provisioning;
    private readonly ControlApi _control;

    /// <summary>Joins the APIs. The host hands every HTTPS request that is no WebSocket to <see cref="HandleAsync"/>.</summary>
    internal RestFront(HubState hub, HubProvisioning provisioning, HubCertificates certificates)
    {
        _hub = hub;
        var authorization = new RestAuthorization(hub, provisioning.Policy);
        _service = new ServiceApi(hub, authorization);
        _provisioningDevices = new ProvisioningDeviceApi(provisioning);
        _provisioning = new ProvisioningServiceApi(provisioning, authorization);
        _control = new ControlApi(hub, provisioning, authorization, certificates);
    }

    internal async Task HandleAsync(HttpContext context)
    {
        try
        {
            var request = new RestRequest(context);
            Area area = FindArea(request.Segments);
            RestReply? reply = await AnswerAsync(request, area).ConfigureAwait(false);
            if (reply is not null)
            {
                await WriteAsync(context, reply).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (context.RequestAborted.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            // The client went away; there is nobody to answer.
        }
    }

    private enum Area
    {
        Hub,
        ProvisioningDevice,
        ProvisioningService,
        Control,
    }

    private static Area FindArea(string[] segments)
    {
        if (segments.Length == 0 || segments[0] == "emulator")
        {
            return Area.Control;
        }

        if (segments.Length >= 2 && Is(segments[1], "registrations") && !Is(segments[0], "registrations"))
        {
            return Area.ProvisioningDevice;
        }

        return Is(segments[0], "enrollments") || Is(segments[0], "enrollmentGroups") || Is(segments[0], "registrations")
            ? Area.ProvisioningService : Area.Hub;
    }

    private static bool Is(string segment, string name) => string.Equals(segment, name, StringComparison.OrdinalIgnoreCase);

    private static async Task WriteAsync(HttpContext context, RestReply reply)
    {
        HttpResponse response = context.Response;
        response.StatusCode = reply.Status;
        foreach ((string name, string value) in reply.Headers)
        {
            response.Headers[name] = value;
        }

        if (reply.ETag is not null)
        {
            // DPS etags carry their quotation marks already.
            response.Headers.ETag = reply.ETag.StartsWith('"') ? reply.ETag : $"\"{reply.ETag}\"";
        }

        if (reply.Body is null)
        {
            return;
        }

        byte[] body = HubJson.ToUtf8(reply.Body);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<RestReply?> AnswerAsync(RestRequest request, Area area)
    {
        try
        {
            return area switch
            {
                Area.Control => await _control.HandleAsync(request).ConfigureAwait(false),
                Area.ProvisioningDevice => await _provisioningDevices.HandleAsync(request).ConfigureAwait(false),
                Area.ProvisioningService => await _provisioning.HandleAsync(request).ConfigureAwait(false),
                _ => await _service.HandleAsync(request).ConfigureAwait(false),
            };
        }
        catch (HubServiceException error)
        {
            return Refuse(request, area, error);
        }
        catch (JsonInputException error)
        {
            return Refuse(request, area, area is Area.ProvisioningDevice or Area.ProvisioningService
                ? ProvisioningErrors.InvalidEnrollment(error.Message)
                : HubErrors.FormatError(error.Message));
        }
        catch (BadHttpRequestException error)
        {
            return Refuse(request, area, new HubServiceException(error.StatusCode * 1000, "BadRequest", error.Message));
        }
        catch (Exception error) when (error is not OperationCanceledException and not IOException)
        {
            // A defect of the emulator: the log has the detail, the answer only the class, as the service's would.
            return Refuse(request, area, new HubServiceException(500001, "ServerError", $"{error.GetType().Name}: {error.Message}"));
        }
    }

    private RestReply Refuse(RestRequest request, Area area, HubServiceException error)
    {
        _hub.Log.Write(HubLogEvent.Rejected, error.Code, null, $"{request.Method} /{request.Path}: {error.Message}");
        DateTimeOffset now = _hub.Time.GetUtcNow();
        RestReply reply = area is Area.ProvisioningDevice or Area.ProvisioningService
            ? RestErrors.Flat(error, now)
            : request.Segments is ["twins", .., "methods"] ? RestErrors.JsonInText(error, MethodInfo(error), now) : RestErrors.Text(error, now);
        if (area == Area.Control && error.HttpStatus == 401)
        {
            reply = reply with { Headers = [.. reply.Headers, ("WWW-Authenticate", "Basic realm=\"devicehub policy name and key\"")] };
        }

        return error.RetryAfterSeconds is { } seconds
            ? reply with { Headers = [.. reply.Headers, ("Retry-After", seconds.ToString(CultureInfo.InvariantCulture))] }
            : reply;
    }

    // The service sends an info object with the two time-outs, with the waited time in the first.
    private static JsonObject? MethodInfo(HubServiceException error) => error.Code switch
    {
        404103 => new JsonObject { ["timeout"] = "00:00:00" },
        504101 => [],
        _ => null,
    };
}
