namespace DeviceClient.Emulator;

/// <summary>What the hub knows of a sender and stamps on its telemetry. One per connection, shared by its messages.</summary>
internal sealed class TelemetryOrigin
{
    private readonly string _generationId;
    private readonly string _authMethod;
    private readonly string _modelId;

    /// <param name="identity">The sender.</param>
    /// <param name="scope"><c>hub</c> for a policy key, else <c>device</c> or <c>module</c>.</param>
    /// <param name="type"><c>sas</c>, <c>symkey</c> or <c>x509</c>.</param>
    /// <param name="modelId">Plug and Play model id, or empty.</param>
    /// <param name="namesIpFilter">Whether the auth method names the (absent) filter rule, as real hubs do.</param>
    internal TelemetryOrigin(HubRegistryIdentity identity, string scope, string type, string modelId, bool namesIpFilter)
    {
        DeviceId = identity.DeviceId;
        ModuleId = identity.ModuleId;
        _generationId = identity.GenerationId;
        _modelId = modelId;
        string filter = namesIpFilter ? ",\"acceptingIpFilterRule\":null" : "";
        string issuer = type == "x509" ? "external" : "iothub";
        _authMethod = $"{{\"scope\":\"{scope}\",\"type\":\"{type}\",\"issuer\":\"{issuer}\"{filter}}}";
    }

    internal string DeviceId { get; }

    internal string? ModuleId { get; }

    internal void Stamp(Dictionary<string, string> system)
    {
        system["iothub-connection-device-id"] = DeviceId;
        if (ModuleId is not null)
        {
            system["iothub-connection-module-id"] = ModuleId;
        }

        system["iothub-connection-auth-generation-id"] = _generationId;
        system["iothub-connection-auth-method"] = _authMethod;
        if (_modelId.Length > 0)
        {
            system["dt-dataschema"] = _modelId;
        }
    }
}
