namespace DeviceClient.Protocol;

/// <summary>How a session proves the identity of its device.</summary>
public enum CredentialKind
{
    /// <summary>A shared access signature that can be made anew at any time, by key or by provider.</summary>
    SasToken = 0,

    /// <summary>A ready-made shared access signature that nobody renews; the session warns ahead of its end and stops after it.</summary>
    FixedToken = 1,

    /// <summary>An X.509 client certificate in the TLS handshake.</summary>
    Certificate = 2,
}
