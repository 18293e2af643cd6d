using System.Text.RegularExpressions;

namespace DeviceClient.Emulator;

/// <summary>The hub for services: registry, twins, direct methods, queries. Source: docs/emulator.md, "Service REST".</summary>
internal sealed partial class ServiceApi(HubState hub, RestAuthorization authorization)
{
    internal Task<RestReply> HandleAsync(RestRequest request)
    {
        (HubRights right, Func<RestRequest, Task<RestReply>> handler) = Route(request);
        authorization.Demand(request, right);
        CheckVersion(request);
        return handler(request);
    }

    [GeneratedRegex("^20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    private static void CheckVersion(RestRequest request)
    {
        string? version = request.Query("api-version");
        if (version is null || !Version().IsMatch(version))
        {
            throw new HubServiceException(
                400001, "InvalidProtocolVersion", $"The query parameter api-version is '{version}'; send a date such as 2021-04-12.");
        }
    }

    private static HubServiceException NotServed(RestRequest request, bool known) => known
        ? new HubServiceException(405000, "MethodNotAllowed", $"The method {request.Method} is not allowed on /{request.Path}.")
        : new HubServiceException(404000, "NotFound", $"There is nothing at /{request.Path}; docs/emulator.md lists what the emulator serves.");

    private static (HubRights Right, Func<RestRequest, Task<RestReply>> Handler) Do(
        HubRights right, Func<RestReply> handler) => (right, _ => Task.FromResult(handler()));

    // Unknown paths are refused after the token is judged, as the service does: nothing is told to strangers.
    private (HubRights Right, Func<RestRequest, Task<RestReply>> Handler) Route(RestRequest request) =>
        (request.Method, request.Segments) switch
        {
            ("GET", ["devices"]) => Do(HubRights.RegistryRead, () => ListDevices(request)),
            ("POST", ["devices"]) => (HubRights.RegistryWrite, BulkAsync),
            ("POST", ["devices", "query"]) => (HubRights.ServiceConnect, QueryAsync),
            ("GET", ["devices", var id]) => Do(HubRights.RegistryRead, () => Answer(hub.Devices.Get(id))),
            ("PUT", ["devices", var id]) => (HubRights.RegistryWrite, _ => PutDeviceAsync(request, id)),
            ("DELETE", ["devices", var id]) => Do(HubRights.RegistryWrite, () => DeleteDevice(request, id)),
            ("DELETE", ["devices", var id, "commands"]) => Do(HubRights.ServiceConnect, () => Purge(id)),
            ("POST", ["devices", var id, "messages", var bound]) when IsDeviceBound(bound) =>
                (HubRights.ServiceConnect, _ => SendMessageAsync(request, id)),
            ("GET", ["devices", var id, "modules"]) => Do(HubRights.RegistryRead, () => ListModules(id)),
            ("GET", ["devices", var id, "modules", var module]) =>
                Do(HubRights.RegistryRead, () => Answer(hub.Devices.GetModule(id, module))),
            ("PUT", ["devices", var id, "modules", var module]) =>
                (HubRights.RegistryWrite, _ => PutModuleAsync(request, id, module)),
            ("DELETE", ["devices", var id, "modules", var module]) =>
                Do(HubRights.RegistryWrite, () => DeleteModule(request, id, module)),
            ("GET", ["statistics", "devices"]) => Do(HubRights.RegistryRead, DeviceStatistics),
            ("GET", ["statistics", "service"]) => Do(HubRights.RegistryRead, ServiceStatistics),
            ("GET", ["twins", var id]) => Do(HubRights.ServiceConnect, () => Twin(id, null)),
            ("GET", ["twins", var id, "modules", var module]) => Do(HubRights.ServiceConnect, () => Twin(id, module)),
            ("PATCH" or "PUT", ["twins", var id]) => (HubRights.ServiceConnect, _ => WriteTwinAsync(request, id, null)),
            ("PATCH" or "PUT", ["twins", var id, "modules", var module]) =>
                (HubRights.ServiceConnect, _ => WriteTwinAsync(request, id, module)),
            ("POST", ["twins", var id, "methods"]) => (HubRights.ServiceConnect, _ => InvokeAsync(request, id, null)),
            ("POST", ["twins", var id, "modules", var module, "methods"]) =>
                (HubRights.ServiceConnect, _ => InvokeAsync(request, id, module)),
            (_, ["devices", ..] or ["twins", _, ..] or ["statistics", "devices" or "service"]) =>
                Do(HubRights.None, () => throw NotServed(request, known: true)),
            _ => Do(HubRights.None, () => throw NotServed(request, known: false)),
        };
}
