using System.Globalization;

namespace DeviceClient.Identity;

/// <summary>Names and ports of an identity, checked once.</summary>
/// <param name="HostName">Host name of the hub, without a port; it is the audience of tokens also behind a gateway.</param>
/// <param name="Port">Port to dial at the hub; 0 for the transport's default.</param>
/// <param name="DeviceId">The device id.</param>
/// <param name="ModuleId">The module id; null for a device.</param>
/// <param name="GatewayHostName">Host to dial instead; null for none.</param>
/// <param name="GatewayPort">Port to dial at the gateway; 0 for the transport's default.</param>
internal sealed record HubAddress(string HostName, int Port, string DeviceId, string? ModuleId, string? GatewayHostName, int GatewayPort)
{
    /// <summary>Resource that a token of this identity names. Source: docs/protocol.md, "SAS tokens".</summary>
    internal string Audience => ModuleId is null ? $"{HostName}/devices/{DeviceId}" : $"{HostName}/devices/{DeviceId}/modules/{ModuleId}";

    /// <summary>Name to dial, and to find in the server's certificate.</summary>
    internal string DialHost => GatewayHostName ?? HostName;

    /// <summary>Port to dial; 0 for the transport's default.</summary>
    internal int DialPort => GatewayHostName is null ? Port : GatewayPort;

    internal static HubAddress From(HubConnectionString parts) =>
        new(parts.HostName, parts.Port, parts.DeviceId, parts.ModuleId, parts.GatewayHostName, parts.GatewayPort);

    internal static HubAddress From(string hostName, string deviceId, string? moduleId, string? gatewayHostName)
    {
        ArgumentNullException.ThrowIfNull(hostName);
        ArgumentNullException.ThrowIfNull(deviceId);
        (string host, int port) = Split(hostName, nameof(hostName));
        if (!DeviceIdRules.IsValidDeviceId(deviceId, out string? error))
        {
            throw new ArgumentException(error, nameof(deviceId));
        }

        if (moduleId is not null && !DeviceIdRules.IsValidModuleId(moduleId, out error))
        {
            throw new ArgumentException(error, nameof(moduleId));
        }

        (string? gateway, int gatewayPort) = gatewayHostName is null ? (null, 0) : Split(gatewayHostName, nameof(gatewayHostName));
        return new HubAddress(host, port, deviceId, moduleId, gateway, gatewayPort);
    }

    /// <summary>Splits <c>host:port</c>.</summary>
    /// <param name="text">Host name, with or without a port.</param>
    /// <param name="parameter">Name of the caller's parameter.</param>
    /// <returns>Host, and port or 0.</returns>
    internal static (string Host, int Port) Split(string text, string parameter)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        int port = 0;
        if (colon >= 0 && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw new ArgumentException($"The port in '{text}' is not a number from 1 to 65535.", parameter);
        }

        return DeviceIdRules.IsValidHostName(host, out string? error) ? (host, port) : throw new ArgumentException(error, parameter);
    }
}
