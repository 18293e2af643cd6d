using System;

namespace DeviceClient.Protocol;

/// <summary>What a connection can be asked to deliver. Telemetry needs no subscription and is no member.</summary>
[Flags]
public enum HubFeature
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Direct methods.</summary>
    DirectMethods = 1,

    /// <summary>Answers to twin requests; wanted by itself as soon as the twin is used.</summary>
    TwinResponses = 2,

    /// <summary>Changes of desired properties.</summary>
    DesiredProperties = 4,

    /// <summary>Cloud-to-device messages; not available to modules.</summary>
    CloudToDevice = 8,

    /// <summary>Messages to the inputs of a module.</summary>
    ModuleInputs = 16,
}
