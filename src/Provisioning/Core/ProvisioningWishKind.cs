namespace DeviceClient.Protocol;

/// <summary>What a registration wants done next.</summary>
public enum ProvisioningWishKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>For the driver: open the transport with a fresh token, then report it.</summary>
    OpenTransport = 1,

    /// <summary>For the mapping: send the register request with the body.</summary>
    SendRegister = 2,

    /// <summary>For the mapping: ask for the state of the operation.</summary>
    SendPoll = 3,

    /// <summary>For the driver: close the transport. This close is not reported back.</summary>
    CloseTransport = 4,
}
