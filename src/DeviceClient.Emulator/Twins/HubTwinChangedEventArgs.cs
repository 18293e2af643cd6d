namespace DeviceClient.Emulator;

/// <summary>Tells of a change of a twin.</summary>
public sealed class HubTwinChangedEventArgs : EventArgs
{
    internal HubTwinChangedEventArgs(HubTwinChange change) => Change = change;

    /// <summary>What changed.</summary>
    public HubTwinChange Change { get; }
}
