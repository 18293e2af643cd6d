namespace DeviceClient.Emulator;

/// <summary>What the hub does with a subscription it does not offer.</summary>
public enum UnsupportedFilterAnswer
{
    /// <summary>The connection is closed without a SUBACK.</summary>
    CloseConnection,

    /// <summary>SUBACK carries the failure code 0x80 for this filter; the connection stays.</summary>
    SubAckFailure,
}
