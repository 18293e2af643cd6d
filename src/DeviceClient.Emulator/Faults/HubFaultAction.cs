namespace DeviceClient.Emulator;

/// <summary>What a fault does.</summary>
public enum HubFaultAction
{
    /// <summary>Cuts the connection (log 404104). Allowed at every point but <see cref="HubFaultPoint.Disconnected"/>.</summary>
    Drop,

    /// <summary>Refuses the CONNECT with <see cref="HubFaultRule.ReturnCode"/>. Allowed at <see cref="HubFaultPoint.Connect"/>.</summary>
    Refuse,

    /// <summary>The packet is lost: what arrived is not acted upon, what should leave does not. Not at Timer and Disconnected.</summary>
    Swallow,

    /// <summary>What should leave does so <see cref="HubFaultRule.Delay"/> later. Allowed where something should leave.</summary>
    Delay,

    /// <summary>Stops reading and writing on the connection for <see cref="HubFaultRule.Delay"/>; zero: until it ends. Not at Connect and Disconnected.</summary>
    Stall,

    /// <summary>Answers that too much is asked: 429 to a twin request; telemetry is taken, its PUBACK leaves <see cref="HubFaultRule.Delay"/> later. Allowed at Telemetry and TwinRequest.</summary>
    Throttle,

    /// <summary>Cuts the connection as the hub does when a token expires (log 401003). As <see cref="Drop"/>.</summary>
    ExpireToken,

    /// <summary>Cuts the connection as if the same identity had connected elsewhere (log 400027). As <see cref="Drop"/>.</summary>
    TakeOver,

    /// <summary>Merges <see cref="HubFaultRule.Patch"/> into the desired properties; the packet goes on its way. Allowed at every point.</summary>
    ChangeDesired,
}
