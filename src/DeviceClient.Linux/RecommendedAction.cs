namespace DeviceClient;

/// <summary>What an application should do about a connection status.</summary>
public enum RecommendedAction
{
    /// <summary>Nothing: all is well, or the client was closed on purpose.</summary>
    None = 0,

    /// <summary>Wait: the client is working on it.</summary>
    Wait = 1,

    /// <summary>Call OpenAsync.</summary>
    Open = 2,

    /// <summary>Check the network: name resolution, route, firewall for the port in use, proxy.</summary>
    CheckNetwork = 3,

    /// <summary>Check the credential, and that the identity exists, is enabled and belongs to this hub; then open again. MQTT does not tell which.</summary>
    CheckCredential = 4,

    /// <summary>Find the other program or device that uses this identity; each identity has one connection.</summary>
    CheckIdentityUse = 5,

    /// <summary>Set the device's clock.</summary>
    CheckClock = 6,

    /// <summary>Check the roots this device trusts and the host name of the hub.</summary>
    CheckTrust = 7,

    /// <summary>Read the log and report the event: a peer broke the protocol.</summary>
    Report = 8,
}
