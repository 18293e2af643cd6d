using System.Globalization;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>What the hub state saves, and how it comes back.</summary>
internal sealed partial class HubState
{
    internal const string DeviceKind = "device";
    internal const string ModuleKind = "module";
    internal const string TwinKind = "twin";
    internal const string MessageKind = "message";

    private HubStoreDocument[]? _documents;

    /// <summary>What the store held when the hub started; read once, by whoever asks first.</summary>
    internal IReadOnlyList<HubStoreDocument> Documents => _documents ??= Store?.Load().ToArray() ?? [];

    /// <summary>Everybody has read; a fleet's documents need not stay in memory.</summary>
    internal void ReleaseDocuments() => _documents = [];

    internal void Persist(HubDevice device) => Save(DeviceKind, device.Id, () => HubDocuments.FromDevice(device));

    internal void Persist(HubModule module) => Save(ModuleKind, module.Id, () => HubDocuments.FromModule(module));

    internal void PersistTwin(HubRegistryIdentity identity) => Save(TwinKind, identity.Id, () => HubDocuments.FromTwin(identity.Twin));

    internal void PersistMessage(HubDevice device, HubQueuedMessage message) =>
        Save(MessageKind, MessageKey(device, message), () => HubDocuments.FromMessage(device, message));

    internal void ForgetMessage(HubDevice device, HubQueuedMessage message) => Delete(MessageKind, MessageKey(device, message));

    internal void Forget(HubDevice device)
    {
        foreach (HubModule module in device.Modules.Values)
        {
            module.IsRemoved = true;
            Forget(module);
        }

        Delete(DeviceKind, device.Id);
        Delete(TwinKind, device.Id);
    }

    internal void Forget(HubModule module)
    {
        Delete(ModuleKind, module.Id);
        Delete(TwinKind, module.Id);
    }

    /// <summary>Saves a document of another part of the emulator, one call at a time with the hub's own.</summary>
    internal void Save(string kind, string key, Func<JsonObject> content)
    {
        if (Store is null)
        {
            return;
        }

        string json = HubJson.ToText(content());
        lock (_storeGate)
        {
            Store.Save(new HubStoreDocument(kind, key, json));
        }
    }

    internal void Delete(string kind, string key)
    {
        if (Store is null)
        {
            return;
        }

        lock (_storeGate)
        {
            Store.Delete(kind, key);
        }
    }

    private static string MessageKey(HubDevice device, HubQueuedMessage message) =>
        message.Sequence.ToString("D12", CultureInfo.InvariantCulture) + "/" + device.DeviceId;

    /// <summary>Devices before modules before what belongs to them, whatever the order in the store.</summary>
    private void Load()
    {
        if (Store is null)
        {
            return;
        }

        foreach (string kind in new[] { DeviceKind, ModuleKind, TwinKind, MessageKind })
        {
            foreach (HubStoreDocument document in Documents.Where(d => d.Kind == kind).OrderBy(static d => d.Key, StringComparer.Ordinal))
            {
                HubDocuments.Restore(this, kind, document.Key, JsonNode.Parse(document.Json)!.AsObject());
            }
        }
    }
}
