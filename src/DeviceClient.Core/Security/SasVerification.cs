namespace DeviceClient.Protocol;

/// <summary>What a check of a shared access signature found.</summary>
public enum SasVerification
{
    /// <summary>Signature, resource and time are good.</summary>
    Valid = 0,

    /// <summary>The signature was not made with this key over this resource and expiry.</summary>
    SignatureMismatch = 1,

    /// <summary>The token's resource does not cover the endpoint.</summary>
    ResourceMismatch = 2,

    /// <summary>The token's expiry, plus the allowed skew, is past.</summary>
    Expired = 3,
}
