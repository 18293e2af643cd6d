using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Shared access policies, kept with the data so that connection strings outlive a restart.</summary>
internal sealed partial class HubState
{
    private const string PolicyKind = "policy";

    /// <summary>A policy with its stored keys, or with new ones.</summary>
    /// <param name="name">Policy name.</param>
    /// <param name="rights">What its tokens allow.</param>
    /// <param name="primaryKey">Key that the options demand, or null.</param>
    internal HubPolicy CreatePolicy(string name, HubRights rights, string? primaryKey = null)
    {
        HubStoreDocument? stored = Documents.FirstOrDefault(document => document.Kind == PolicyKind && document.Key == name);
        JsonObject? keys = stored is null ? null : JsonNode.Parse(stored.Json)!.AsObject();
        var policy = new HubPolicy(
            name,
            rights,
            primaryKey ?? (string?)keys?["primaryKey"] ?? HubAuthentication.NewKey(),
            (string?)keys?["secondaryKey"] ?? HubAuthentication.NewKey());
        Save(PolicyKind, name, () => new JsonObject { ["primaryKey"] = policy.PrimaryKey, ["secondaryKey"] = policy.SecondaryKey });
        return policy;
    }

    private HubPolicy[] CreatePolicies() =>
    [
        CreatePolicy(
            "iothubowner",
            HubRights.RegistryRead | HubRights.RegistryWrite | HubRights.ServiceConnect | HubRights.DeviceConnect,
            Options.OwnerPolicyKey),
        CreatePolicy("service", HubRights.ServiceConnect),
        CreatePolicy("device", HubRights.DeviceConnect),
        CreatePolicy("registryRead", HubRights.RegistryRead),
        CreatePolicy("registryReadWrite", HubRights.RegistryRead | HubRights.RegistryWrite),
    ];
}
