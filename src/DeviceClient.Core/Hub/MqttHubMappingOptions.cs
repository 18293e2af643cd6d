namespace DeviceClient.Protocol;

/// <summary>Identity and habits of a device at the hub's MQTT endpoint.</summary>
public sealed class MqttHubMappingOptions
{
    /// <summary>The hub's host name without port; also when a gateway is dialled.</summary>
    public string HostName { get; set; } = string.Empty;

    /// <summary>The device id.</summary>
    public string DeviceId { get; set; } = string.Empty;

    /// <summary>The module id, or null for a device.</summary>
    public string? ModuleId { get; set; }

    /// <summary>The version of the hub's device API.</summary>
    /// <value>Default 2021-04-12, the newest that is generally available.</value>
    public string ApiVersion { get; set; } = "2021-04-12";

    /// <summary>Text for the hub's operators: product, version, platform. Null for none.</summary>
    public string? ProductInfo { get; set; }

    /// <summary>The DTDL model the device announces, for example <c>dtmi:com:example:Thermostat;1</c>. Null for none.</summary>
    public string? ModelId { get; set; }

    /// <summary>Quality of service of telemetry: 1 waits for the hub's acknowledgement, 0 does not.</summary>
    /// <value>0 or 1. Default 1.</value>
    public int TelemetryQos { get; set; } = 1;

    /// <summary>Whether each connection starts without a session. True loses cloud-to-device messages that were queued while the device was away (P113).</summary>
    /// <value>Default false.</value>
    public bool CleanSession { get; set; }

    /// <summary>Telemetry that the hub sends in the device's name when the connection ends without goodbye. Null for none.</summary>
    public TelemetryMessage? Will { get; set; }
}
