using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>The fault script over REST, for rigs that are not .NET.</content>
internal sealed partial class ControlApi
{
    private async Task<RestReply> AddFaultAsync(RestRequest request)
    {
        HubFaultRule rule = FaultJson.Read(await request.ReadObjectAsync().ConfigureAwait(false));
        try
        {
            return new RestReply(201, FaultJson.Write(hub.Faults.Add(rule)));
        }
        catch (ArgumentException error)
        {
            throw HubErrors.ArgumentInvalid(error.Message);
        }
    }

    private RestReply ListFaults() => RestReply.Ok(new JsonArray([.. hub.Faults.List().Select(FaultJson.Write)]));

    private RestReply GetFault(string id) => RestReply.Ok(FaultJson.Write(FindFault(id)));

    private RestReply RemoveFault(string id)
    {
        FindFault(id).Remove();
        return RestReply.NoContent;
    }

    private RestReply ClearFaults()
    {
        hub.Faults.Clear();
        provisioning.FailNext(0);
        return RestReply.NoContent;
    }

    private async Task<RestReply> FailProvisioningAsync(RestRequest request)
    {
        JsonObject body = await request.ReadObjectAsync().ConfigureAwait(false);
        JsonInput.AllowOnly(body, "requests", "status", "retryAfterSeconds");
        long requests = JsonInput.Integer(body, "requests") ?? 1;
        long status = JsonInput.Integer(body, "status") ?? 429;
        long? retryAfter = JsonInput.Integer(body, "retryAfterSeconds");
        try
        {
            provisioning.FailNext(checked((int)requests), checked((int)status), retryAfter is { } seconds ? checked((int)seconds) : null);
            return RestReply.NoContent;
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw HubErrors.ArgumentInvalid(error.Message);
        }
    }

    private HubFault FindFault(string id) =>
        hub.Faults.List().FirstOrDefault(fault => fault.Id.ToString(CultureInfo.InvariantCulture) == id)
        ?? throw new HubServiceException(404000, "NotFound", $"There is no fault '{id}'.");
}
