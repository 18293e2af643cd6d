namespace DeviceClient.Protocol;

/// <summary>One patch of reported properties that the hub has not accepted yet.</summary>
internal sealed class ReportedPatch
{
    internal ReportedPatch(int id, int maxBytes)
    {
        Id = id;
        Text = new ByteWriter(2, maxBytes);
    }

    /// <summary>What its operations name it by.</summary>
    internal int Id { get; set; }

    internal ByteWriter Text { get; set; }
}
