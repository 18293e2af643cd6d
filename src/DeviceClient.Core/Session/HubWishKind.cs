namespace DeviceClient.Protocol;

/// <summary>What a session wants done by the driver or the transport mapping.</summary>
public enum HubWishKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Driver: make a credential and report it by <see cref="HubSession.HandleCredential"/> or <see cref="HubSession.HandleCredentialFailed"/>.</summary>
    RequestCredential = 1,

    /// <summary>Driver: open a transport with <see cref="HubWish.Credential"/>.</summary>
    OpenTransport = 2,

    /// <summary>Driver: close the transport; <see cref="HubWish.Graceful"/> says whether to say goodbye first.</summary>
    CloseTransport = 3,

    /// <summary>Subscribe <see cref="HubWish.Feature"/>.</summary>
    Subscribe = 4,

    /// <summary>Unsubscribe <see cref="HubWish.Feature"/>.</summary>
    Unsubscribe = 5,

    /// <summary>Send the message <see cref="HubWish.Token"/>; properties and payload are slices of <see cref="HubWish.Buffer"/>.</summary>
    SendTelemetry = 6,

    /// <summary>Ask for the twin under <see cref="HubWish.RequestId"/>.</summary>
    GetTwin = 7,

    /// <summary>Send a reported patch (the payload slice) under <see cref="HubWish.RequestId"/>.</summary>
    PatchReported = 8,

    /// <summary>Answer the direct method <see cref="HubWish.RequestId"/> with <see cref="HubWish.Status"/> and the payload slice.</summary>
    AnswerMethod = 9,

    /// <summary>Settle the message <see cref="HubWish.PacketId"/> as <see cref="HubWish.Disposition"/>.</summary>
    Settle = 10,
}
