namespace DeviceClient.Protocol;

/// <summary>One twin request that waits for its answer.</summary>
internal sealed class TwinRequest
{
    internal string Id = string.Empty;

    internal TwinRequestKind Kind;

    /// <summary>The operation it serves; 0 when it serves the session.</summary>
    internal int OperationId;

    internal long Deadline;
}
