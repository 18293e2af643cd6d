namespace DeviceClient.Emulator;

/// <summary>
/// What the emulator does where the public documentation of the hub is silent or contradicts itself. Each member offers both
/// readings, so that a device can be tested against either; the default is the stricter or the better supported one.
/// </summary>
public sealed record HubEmulatorBehavior
{
    /// <summary>Answer to SUBSCRIBE with a filter that is not one of the hub's.</summary>
    /// <value>Default <see cref="UnsupportedFilterAnswer.CloseConnection"/>.</value>
    public UnsupportedFilterAnswer UnsupportedFilter { get; init; } = UnsupportedFilterAnswer.CloseConnection;

    /// <summary>CONNACK code for a user name that cannot be parsed.</summary>
    /// <value>1 to 5. Default 4 (bad user name or password).</value>
    public int MalformedUserNameReturnCode { get; init; } = 4;

    /// <summary>CONNACK code for a client id that does not match the user name.</summary>
    /// <value>1 to 5. Default 2 (identifier rejected).</value>
    public int ClientIdMismatchReturnCode { get; init; } = 2;

    /// <summary>CONNACK code for a wrong or expired credential, an unknown or disabled identity, or a wrong hub name.</summary>
    /// <value>1 to 5. Default 5 (not authorized); the hub does not tell these apart.</value>
    public int UnauthorizedReturnCode { get; init; } = 5;

    /// <summary>Whether a user name without <c>api-version</c> is refused. The documentation calls the result undefined; edge hub refuses.</summary>
    /// <value>Default true.</value>
    public bool RequireApiVersion { get; init; } = true;

    /// <summary>Whether keep-alive 0 in CONNECT is treated as the hub's longest interval (1767 s) instead of no limit.</summary>
    /// <value>Default true.</value>
    public bool KeepAliveZeroIsCapped { get; init; } = true;

    /// <summary>Time within which CONNECT must arrive after the TLS handshake.</summary>
    /// <value>1 to 600 s. Default 60 s, as edge hub.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether connecting with clean session also discards queued cloud-to-device messages.</summary>
    /// <value>Default false: the queue belongs to the hub, only the subscriptions go.</value>
    public bool CleanSessionDiscardsMessages { get; init; }

    /// <summary>Whether a cloud-to-device message for a QoS 0 subscription counts as completed once it is sent.</summary>
    /// <value>Default true. False: it stays locked and is sent again after the lock expired.</value>
    public bool QosZeroCompletesOnSend { get; init; } = true;

    /// <summary>Whether the locks of unacknowledged cloud-to-device messages are released when the device's connection ends.</summary>
    /// <value>Default true: they are delivered at once after a reconnect. False: only after the lock of 60 s expired.</value>
    public bool ReleaseLocksOnDisconnect { get; init; } = true;

    /// <summary>Whether a message whose lock expired is sent again on the same connection (with DUP and its packet id).</summary>
    /// <value>Default true. False: only after a reconnect.</value>
    public bool RedeliverOnLockExpiry { get; init; } = true;

    /// <summary>Whether an expired lock raises the delivery count. The 2026 documentation says only an explicit abandon does.</summary>
    /// <value>Default false.</value>
    public bool LockExpiryRaisesDeliveryCount { get; init; }

    /// <summary>Whether a twin patch that changes nothing still raises the section's version.</summary>
    /// <value>Default true.</value>
    public bool UnchangedPatchRaisesVersion { get; init; } = true;

    /// <summary>Whether <c>$version</c> on the topic of a reported patch is a precondition (412 on mismatch) or ignored.</summary>
    /// <value>Default true.</value>
    public bool HonorReportedVersionPrecondition { get; init; } = true;

    /// <summary>Status of a reported patch that would exceed the size of the section.</summary>
    /// <value>400 (default) or 413.</value>
    public int TwinTooLargeStatus { get; init; } = 400;

    /// <summary>Whether a direct method without payload reaches the device with the body <c>null</c> instead of an empty one.</summary>
    /// <value>Default true.</value>
    public bool MethodNullPayloadIsNullText { get; init; } = true;

    /// <summary>Whether the answer to an unknown or finished method request is dropped in silence instead of closing the connection.</summary>
    /// <value>Default true.</value>
    public bool IgnoreUnknownMethodResponse { get; init; } = true;

    /// <summary>Whether a token signed with the device's key for the device's path also lets its modules connect.</summary>
    /// <value>Default false.</value>
    public bool DeviceTokenCoversModules { get; init; }

    /// <summary>Whether a live connection is dropped at once when its identity is disabled or removed.</summary>
    /// <value>Default true. False: the identity is refused at its next CONNECT only.</value>
    public bool DropDisabledAtOnce { get; init; } = true;

    /// <summary>Whether <c>iothub-connection-auth-method</c> carries <c>"acceptingIpFilterRule":null</c>, as seen on real hubs.</summary>
    /// <value>Default true.</value>
    public bool AuthMethodNamesIpFilter { get; init; } = true;

    /// <summary>Whether acknowledgements that wait together leave in one write, or each in a write of its own. How the hub packs them was never measured.</summary>
    /// <value>Default true.</value>
    public bool CoalesceAcknowledgements { get; init; } = true;

    /// <summary>How long past its expiry a token still opens a connection. A live connection is dropped at the expiry itself, or at the end of this time if it was opened after the expiry.</summary>
    /// <value>0 to 300 s. Default 300 s, the clock skew the service allows.</value>
    public TimeSpan TokenExpirySkew { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Whether a certificate known by its thumbprint must also be within its validity dates.</summary>
    /// <value>Default true.</value>
    public bool CheckCertificateDates { get; init; } = true;

    /// <summary>Whether devices may authenticate with shared access signatures (hub property <c>disableDeviceSAS</c> turned round).</summary>
    /// <value>Default true.</value>
    public bool AllowDeviceSas { get; init; } = true;

    /// <summary>Whether modules may authenticate with shared access signatures (hub property <c>disableModuleSAS</c> turned round).</summary>
    /// <value>Default true.</value>
    public bool AllowModuleSas { get; init; } = true;

    internal void Validate()
    {
        HubEmulatorOptions.RequireRange(MalformedUserNameReturnCode, 1, 5, nameof(MalformedUserNameReturnCode));
        HubEmulatorOptions.RequireRange(ClientIdMismatchReturnCode, 1, 5, nameof(ClientIdMismatchReturnCode));
        HubEmulatorOptions.RequireRange(UnauthorizedReturnCode, 1, 5, nameof(UnauthorizedReturnCode));
        HubEmulatorOptions.RequireRange((long)ConnectTimeout.TotalSeconds, 1, 600, nameof(ConnectTimeout));
        HubEmulatorOptions.RequireRange((long)TokenExpirySkew.TotalSeconds, 0, 300, nameof(TokenExpirySkew));
        if (TwinTooLargeStatus is not (400 or 413))
        {
            throw new ArgumentOutOfRangeException(nameof(TwinTooLargeStatus), TwinTooLargeStatus, "TwinTooLargeStatus must be 400 or 413.");
        }
    }
}
