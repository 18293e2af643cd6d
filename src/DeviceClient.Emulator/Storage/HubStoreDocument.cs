namespace DeviceClient.Emulator;

/// <summary>One stored thing.</summary>
/// <param name="Kind"><c>device</c>, <c>module</c>, <c>twin</c>, <c>message</c>, or a kind of the provisioning service.</param>
/// <param name="Key">Unique within its kind, for example the device id.</param>
/// <param name="Json">The content, a JSON object.</param>
public sealed record HubStoreDocument(string Kind, string Key, string Json);
