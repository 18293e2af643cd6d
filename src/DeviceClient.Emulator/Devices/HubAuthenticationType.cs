namespace DeviceClient.Emulator;

/// <summary>Kinds of credential the registry knows.</summary>
public enum HubAuthenticationType
{
    /// <summary>Shared access signatures made with one of two symmetric keys (<c>sas</c>).</summary>
    Sas,

    /// <summary>An X.509 certificate known by its thumbprint (<c>selfSigned</c>).</summary>
    SelfSigned,

    /// <summary>An X.509 certificate whose issuer is registered with the hub (<c>certificateAuthority</c>).</summary>
    CertificateAuthority,

    /// <summary>No credential: the identity cannot connect by itself (<c>none</c>).</summary>
    None,
}
