namespace DeviceClient.Protocol;

/// <summary>One thing that a registration wants done. Reused: <see cref="ProvisioningSession.TryTakeWish"/> overwrites it.</summary>
public sealed class ProvisioningWish
{
    private static readonly byte[] s_empty = new byte[0];

    /// <summary>What to do.</summary>
    public ProvisioningWishKind Kind { get; internal set; }

    /// <summary>Id of the request, for matching the answer; empty for other wishes.</summary>
    public string RequestId { get; internal set; } = "";

    /// <summary>Operation to ask about; empty for other wishes.</summary>
    public string OperationId { get; internal set; } = "";

    /// <summary>Holds the body of the register request; it must be sent before the session is used again.</summary>
    public byte[] Body { get; internal set; } = s_empty;

    /// <summary>Number of bytes of the body, from the first byte of <see cref="Body"/>.</summary>
    public int BodyCount { get; internal set; }
}
