namespace DeviceClient;

/// <summary>What a desired-properties handler gets: the section after the change, and the change itself where it is known.</summary>
public sealed class DesiredPropertiesChange
{
    /// <summary>Creates a change; applications do so in tests only.</summary>
    /// <param name="desired">The section after the change.</param>
    /// <param name="patch">The change as the hub sent it; null when the section was read as a whole.</param>
    public DesiredPropertiesChange(TwinProperties desired, TwinProperties? patch = null)
    {
        ArgumentNullException.ThrowIfNull(desired);
        Desired = desired;
        Patch = patch;
    }

    /// <summary>The whole section after the change; its version says which.</summary>
    public TwinProperties Desired { get; }

    /// <summary>
    /// The merge patch of this change, with null for removed members. Null when the section was read as a whole: at the
    /// first connection, and after a reconnect that missed changes.
    /// </summary>
    public TwinProperties? Patch { get; }
}
