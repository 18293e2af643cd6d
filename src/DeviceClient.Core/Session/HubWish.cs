namespace DeviceClient.Protocol;

/// <summary>One thing a session wants done. The object is reused: <see cref="HubSession.TryTakeWish"/> overwrites it.</summary>
/// <remarks>A wish that cannot be carried out for lack of room is kept by the driver and tried again before the next one is taken.</remarks>
public sealed class HubWish
{
    /// <summary>What is wanted.</summary>
    public HubWishKind Kind { get; internal set; }

    /// <summary>The feature to subscribe or unsubscribe.</summary>
    public HubFeature Feature { get; internal set; }

    /// <summary>Telemetry: the message's token.</summary>
    public long Token { get; internal set; }

    /// <summary>The bytes that the slices below point into. They do not change until the message is settled.</summary>
    public byte[]? Buffer { get; internal set; }

    /// <summary>Start of the encoded properties in <see cref="Buffer"/>.</summary>
    public int BagOffset { get; internal set; }

    /// <summary>Length of the encoded properties.</summary>
    public int BagCount { get; internal set; }

    /// <summary>Start of the payload in <see cref="Buffer"/>.</summary>
    public int PayloadOffset { get; internal set; }

    /// <summary>Length of the payload.</summary>
    public int PayloadCount { get; internal set; }

    /// <summary>Telemetry: the packet id of the earlier attempt, 0 for a first attempt. Settle: the packet id to acknowledge.</summary>
    public int PacketId { get; internal set; }

    /// <summary>Correlates twin requests and direct methods with their answers; opaque.</summary>
    public string? RequestId { get; internal set; }

    /// <summary>The status of a direct method's answer.</summary>
    public int Status { get; internal set; }

    /// <summary>How a message is settled.</summary>
    public MessageDisposition Disposition { get; internal set; }

    /// <summary>OpenTransport: the token to present; null when a client certificate is the credential.</summary>
    public string? Credential { get; internal set; }

    /// <summary>CloseTransport: whether to flush and say goodbye (up to a second) before closing.</summary>
    public bool Graceful { get; internal set; }

    internal void Clear(HubWishKind kind)
    {
        Kind = kind;
        Feature = HubFeature.None;
        Token = 0;
        Buffer = null;
        BagOffset = 0;
        BagCount = 0;
        PayloadOffset = 0;
        PayloadCount = 0;
        PacketId = 0;
        RequestId = null;
        Status = 0;
        Disposition = MessageDisposition.Complete;
        Credential = null;
        Graceful = false;
    }

    internal void CopyFrom(HubWish other)
    {
        Kind = other.Kind;
        Feature = other.Feature;
        Token = other.Token;
        Buffer = other.Buffer;
        BagOffset = other.BagOffset;
        BagCount = other.BagCount;
        PayloadOffset = other.PayloadOffset;
        PayloadCount = other.PayloadCount;
        PacketId = other.PacketId;
        RequestId = other.RequestId;
        Status = other.Status;
        Disposition = other.Disposition;
        Credential = other.Credential;
        Graceful = other.Graceful;
    }
}
