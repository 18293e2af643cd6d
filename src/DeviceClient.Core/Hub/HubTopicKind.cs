namespace DeviceClient.Protocol;

/// <summary>What a topic received from the hub stands for.</summary>
public enum HubTopicKind
{
    /// <summary>None of the topics below.</summary>
    NoMatch = 0,

    /// <summary><c>devices/{device}/messages/devicebound/{bag}</c>.</summary>
    CloudToDevice = 1,

    /// <summary><c>devices/{device}/modules/{module}/inputs/{input}/{bag}</c>.</summary>
    ModuleInput = 2,

    /// <summary><c>$iothub/methods/POST/{method}/?$rid={request id}</c>.</summary>
    DirectMethod = 3,

    /// <summary><c>$iothub/twin/res/{status}/?$rid={request id}&amp;$version={version}</c>.</summary>
    TwinResponse = 4,

    /// <summary><c>$iothub/twin/PATCH/properties/desired/?$version={version}</c>.</summary>
    DesiredProperties = 5,
}
