namespace DeviceClient.Emulator;

/// <summary>
/// Where the hub keeps what must survive its process. The hub calls it after each change, one call at a time, and reads everything
/// once at start. An implementation need not be thread-safe.
/// </summary>
public interface IHubStore : IDisposable
{
    /// <summary>All documents, in the order in which they were first saved.</summary>
    IEnumerable<HubStoreDocument> Load();

    /// <summary>Creates or replaces a document.</summary>
    void Save(HubStoreDocument document);

    /// <summary>Removes a document; does nothing if it does not exist.</summary>
    /// <param name="kind">Its <see cref="HubStoreDocument.Kind"/>.</param>
    /// <param name="key">Its <see cref="HubStoreDocument.Key"/>.</param>
    void Delete(string kind, string key);
}
