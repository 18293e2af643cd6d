using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>Queries over twins.</content>
internal sealed partial class ServiceApi
{
    private async Task<RestReply> QueryAsync(RestRequest request)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        TwinQuery query = QueryParser.Parse(JsonInput.RequiredText(body, "query"));
        // The C# SDK compares these words with their letter case.
        string itemType = query.Source == "devices.jobs" ? "DeviceJob" : query.Columns is null ? "Twin" : "Raw";
        return ContinuationToken.Page(request, TwinQueryRun.Apply(query, Rows(query.Source)), itemType);
    }

    private IEnumerable<(string Key, JsonObject Row)> Rows(string source) => source switch
    {
        "devices" => hub.Devices.List().Select(Row),
        "devices.modules" => hub.Devices.List()
            .SelectMany(ListModules)
            .OrderBy(module => module.Id, StringComparer.Ordinal)
            .Select(Row),
        // The emulator runs no jobs.
        _ => [],
    };

    private static HubModule[] ListModules(HubDevice device)
    {
        lock (device.Hub.Gate)
        {
            return [.. device.Modules.Values];
        }
    }

    private static (string Key, JsonObject Row) Row(HubRegistryIdentity identity)
    {
        HubTwin twin;
        lock (identity.Gate)
        {
            twin = identity.Twin.ToTwin(identity);
        }

        return (identity.Id, IdentityJson.WriteTwin(identity, twin));
    }
}
