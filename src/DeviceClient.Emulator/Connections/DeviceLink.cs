namespace DeviceClient.Emulator;

/// <summary>
/// An open connection of one identity, whatever protocol carries it. The hub's state talks to devices through this class alone;
/// none of its methods blocks or throws, each may be called from any thread.
/// </summary>
internal abstract class DeviceLink
{
    protected DeviceLink(HubRegistryIdentity identity) => Identity = identity;

    internal HubRegistryIdentity Identity { get; }

    /// <summary>Whether the device can be asked for a direct method now.</summary>
    internal abstract bool TakesMethods { get; }

    /// <summary>What services and tests may know of the connection.</summary>
    internal abstract HubConnectionInfo Describe();

    /// <summary>Sends a direct method request; the answer comes back through <see cref="HubMethods.Answer"/>.</summary>
    /// <returns>False when the device does not listen (any more).</returns>
    internal abstract bool TryInvoke(string requestId, string method, ReadOnlyMemory<byte> payload);

    /// <summary>Desired properties changed; called under the identity's gate, in the order of the changes.</summary>
    internal abstract void DesiredChanged(byte[] body, long version);

    /// <summary>The device's queue has a message that nobody holds.</summary>
    internal abstract void CloudToDeviceAvailable();

    /// <summary>Called under the identity's gate just before the link becomes the identity's: what it sends now leaves before any notice.</summary>
    internal abstract void Attaching();

    /// <summary>Carries out a fault that does not concern a packet.</summary>
    internal abstract void Suffer(HubFaultRule fault);

    /// <summary>Closes the connection; the log line names the code and the reason.</summary>
    internal abstract void Close(int code, string reason);
}
