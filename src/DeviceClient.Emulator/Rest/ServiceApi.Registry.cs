using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>Devices, modules, statistics.</content>
internal sealed partial class ServiceApi
{
    private const int MaximumList = 1000;

    private static RestReply Answer(HubDevice device) => RestReply.Ok(IdentityJson.WriteDevice(device)) with { ETag = device.ETag };

    private static RestReply Answer(HubModule module) => RestReply.Ok(IdentityJson.WriteModule(module)) with { ETag = module.ETag };

    private static void CheckId(JsonObject body, string name, string pathId)
    {
        string? id = JsonInput.Text(body, name);
        if (id is not null && id != pathId)
        {
            throw HubErrors.ArgumentInvalid($"{name} is '{id}' in the body and '{pathId}' in the path; they must agree.");
        }
    }

    private static void RefuseSystemModule(string moduleId)
    {
        if (moduleId is "$edgeAgent" or "$edgeHub")
        {
            throw new HubServiceException(
                401100, "SystemModuleModifyUnauthorizedAccess", $"The system module '{moduleId}' cannot be created, changed or deleted.");
        }
    }

    private RestReply ListDevices(RestRequest request)
    {
        string? top = request.Query("top");
        int count = MaximumList;
        if (top is not null && (!int.TryParse(top, out count) || count is < 1 or > MaximumList))
        {
            throw HubErrors.ArgumentInvalid($"top is '{top}'; allowed are 1 to {MaximumList}.");
        }

        return RestReply.Ok(new JsonArray([.. hub.Devices.List(count).Select(IdentityJson.WriteDevice)]));
    }

    private async Task<RestReply> PutDeviceAsync(RestRequest request, string id)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        CheckId(body, "deviceId", id);
        HubDeviceSettings settings = IdentityJson.ReadDevice(body);
        return request.IfMatch is null
            ? Answer(CreateDevice(id, settings))
            : Answer(hub.Devices.Update(id, settings, request.IfMatch));
    }

    private HubDevice CreateDevice(string id, HubDeviceSettings settings)
    {
        HubDevice device = hub.Devices.Add(id, settings);
        if (settings.IotEdge)
        {
            var none = new HubAuthentication { Type = HubAuthenticationType.None };
            hub.Devices.AddModule(id, "$edgeAgent", none, "IotEdge");
            hub.Devices.AddModule(id, "$edgeHub", none, "IotEdge");
        }

        return device;
    }

    private RestReply DeleteDevice(RestRequest request, string id)
    {
        hub.Devices.Remove(id, request.IfMatch);
        return RestReply.NoContent;
    }

    private RestReply Purge(string id) => RestReply.Ok(new JsonObject
    {
        ["deviceId"] = id,
        ["totalMessagesPurged"] = hub.Messages.Purge(id),
    });

    private RestReply ListModules(string id) =>
        RestReply.Ok(new JsonArray([.. hub.Devices.ListModules(id).Select(IdentityJson.WriteModule)]));

    private async Task<RestReply> PutModuleAsync(RestRequest request, string id, string moduleId)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        CheckId(body, "deviceId", id);
        CheckId(body, "moduleId", moduleId);
        RefuseSystemModule(moduleId);
        HubAuthentication? authentication = IdentityJson.ReadAuthentication(body);
        string? managedBy = JsonInput.Text(body, "managedBy");
        return request.IfMatch is null
            ? Answer(hub.Devices.AddModule(id, moduleId, authentication, managedBy))
            : Answer(hub.Devices.UpdateModule(id, moduleId, authentication, managedBy, request.IfMatch));
    }

    private RestReply DeleteModule(RestRequest request, string id, string moduleId)
    {
        RefuseSystemModule(moduleId);
        hub.Devices.RemoveModule(id, moduleId, request.IfMatch);
        return RestReply.NoContent;
    }

    private RestReply DeviceStatistics()
    {
        IReadOnlyList<HubDevice> devices = hub.Devices.List();
        int enabled = devices.Count(device => device.Settings.Enabled);
        return RestReply.Ok(new JsonObject
        {
            ["totalDeviceCount"] = devices.Count,
            ["enabledDeviceCount"] = enabled,
            ["disabledDeviceCount"] = devices.Count - enabled,
        });
    }

    private RestReply ServiceStatistics() => RestReply.Ok(new JsonObject
    {
        ["connectedDeviceCount"] = hub.Connections.List().Select(connection => connection.DeviceId).Distinct().Count(),
    });
}
