namespace DeviceClient.Threading;

/// <summary>The end of an operation that waits for its continuation to be run outside every lock.</summary>
internal abstract class PooledCompletion
{
    /// <summary>The next one in the pump's list; owned by the pump.</summary>
    internal PooledCompletion? NextInPump { get; set; }

    /// <summary>Runs the continuation of whoever waits. User code may run here, for as long as it likes.</summary>
    internal abstract void Complete();
}
