using System;

namespace DeviceClient.Protocol;

/// <summary>The topics and names of one device or module at IoT Hub, as bytes. Nothing else in the client builds a topic (P56).</summary>
/// <remarks>Source: learn.microsoft.com, "Communicate with an IoT hub using the MQTT protocol".</remarks>
public sealed class HubTopics
{
    private readonly string _hostName;

    /// <summary>Makes the topics of one identity.</summary>
    /// <param name="hostName">The hub's host name without port.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="moduleId">The module id, or null for a device.</param>
    /// <exception cref="ArgumentNullException"><paramref name="hostName"/> or <paramref name="deviceId"/> is null.</exception>
    public HubTopics(string hostName, string deviceId, string? moduleId)
    {
        if (hostName == null)
        {
            throw new ArgumentNullException(nameof(hostName));
        }

        if (deviceId == null)
        {
            throw new ArgumentNullException(nameof(deviceId));
        }

        _hostName = hostName;
        ClientId = moduleId == null ? deviceId : deviceId + "/" + moduleId;
        string device = moduleId == null ? "devices/" + deviceId : "devices/" + deviceId + "/modules/" + moduleId;
        TelemetryPrefix = Utf8Text.GetBytes(device + "/messages/events/");
        CloudToDevicePrefix = moduleId == null ? Utf8Text.GetBytes(device + "/messages/devicebound/") : null;
        InputPrefix = moduleId == null ? null : Utf8Text.GetBytes(device + "/inputs/");
        CloudToDeviceFilter = moduleId == null ? Utf8Text.GetBytes(device + "/messages/devicebound/#") : null;
        InputFilter = moduleId == null ? null : Utf8Text.GetBytes(device + "/#");
    }

    /// <summary>Filter of direct methods.</summary>
    public static byte[] MethodFilter { get; } = Utf8Text.GetBytes("$iothub/methods/POST/#");

    /// <summary>Filter of answers to twin requests.</summary>
    public static byte[] TwinResponseFilter { get; } = Utf8Text.GetBytes("$iothub/twin/res/#");

    /// <summary>Filter of changes of desired properties.</summary>
    public static byte[] DesiredFilter { get; } = Utf8Text.GetBytes("$iothub/twin/PATCH/properties/desired/#");

    /// <summary>The MQTT client id: <c>{device}</c> or <c>{device}/{module}</c>.</summary>
    public string ClientId { get; }

    /// <summary><c>devices/{device}/messages/events/</c>; encoded properties follow.</summary>
    public byte[] TelemetryPrefix { get; }

    /// <summary>Prefix of cloud-to-device messages; null for a module, which cannot receive them.</summary>
    public byte[]? CloudToDevicePrefix { get; }

    /// <summary>Prefix of messages to a module's inputs; null for a device.</summary>
    public byte[]? InputPrefix { get; }

    /// <summary>Filter of cloud-to-device messages; null for a module.</summary>
    public byte[]? CloudToDeviceFilter { get; }

    /// <summary>Filter of a module's inputs; null for a device.</summary>
    public byte[]? InputFilter { get; }

    /// <summary>The filter of a feature, or null when this kind of identity cannot have it.</summary>
    /// <param name="feature">One feature.</param>
    /// <returns>The filter in UTF-8.</returns>
    public byte[]? GetFilter(HubFeature feature)
    {
        switch (feature)
        {
            case HubFeature.DirectMethods:
                return MethodFilter;
            case HubFeature.TwinResponses:
                return TwinResponseFilter;
            case HubFeature.DesiredProperties:
                return DesiredFilter;
            case HubFeature.CloudToDevice:
                return CloudToDeviceFilter;
            case HubFeature.ModuleInputs:
                return InputFilter;
            default:
                return null;
        }
    }

    /// <summary>The MQTT user name.</summary>
    /// <param name="apiVersion">For example <c>2021-04-12</c>.</param>
    /// <param name="productInfo">Text for the hub's operators, or null.</param>
    /// <param name="modelId">The DTDL model the device announces, or null.</param>
    /// <returns><c>{host}/{client id}/?api-version=...</c> with values percent-encoded.</returns>
    public string GetUserName(string apiVersion, string? productInfo, string? modelId)
    {
        string name = _hostName + "/" + ClientId + "/?api-version=" + PercentEncoding.Encode(apiVersion);
        if (productInfo != null && productInfo.Length > 0)
        {
            name += "&DeviceClientType=" + PercentEncoding.Encode(productInfo);
        }

        if (modelId != null && modelId.Length > 0)
        {
            name += "&model-id=" + PercentEncoding.Encode(modelId);
        }

        return name;
    }

    /// <summary>The topic that asks for the twin.</summary>
    /// <param name="requestId">Comes back with the answer.</param>
    /// <returns>The topic in UTF-8.</returns>
    public static byte[] GetTwinTopic(string requestId)
    {
        return Utf8Text.GetBytes("$iothub/twin/GET/?$rid=" + requestId);
    }

    /// <summary>The topic that reports properties.</summary>
    /// <param name="requestId">Comes back with the answer.</param>
    /// <returns>The topic in UTF-8.</returns>
    public static byte[] GetReportedTopic(string requestId)
    {
        return Utf8Text.GetBytes("$iothub/twin/PATCH/properties/reported/?$rid=" + requestId);
    }

    /// <summary>The topic that answers a direct method.</summary>
    /// <param name="status">The method's status.</param>
    /// <param name="requestId">As it came with the request.</param>
    /// <returns>The topic in UTF-8.</returns>
    public static byte[] GetMethodAnswerTopic(int status, string requestId)
    {
        return Utf8Text.GetBytes("$iothub/methods/res/" + status.ToString() + "/?$rid=" + requestId);
    }
}
