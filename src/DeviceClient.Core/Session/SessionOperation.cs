namespace DeviceClient.Protocol;

/// <summary>One operation of the application that is not completed yet.</summary>
internal sealed class SessionOperation
{
    internal int Id;
    internal SessionOperationKind Kind;
    internal long Deadline;

    /// <summary>A request for it is on its way.</summary>
    internal bool Issued;

    /// <summary>Earliest time of the next request; 0 for at once.</summary>
    internal long RetryAt;

    internal int Attempt;

    /// <summary>Report: the patch that carries it; 0 for other kinds.</summary>
    internal int PatchId;
}
