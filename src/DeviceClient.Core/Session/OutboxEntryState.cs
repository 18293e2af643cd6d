namespace DeviceClient.Protocol;

/// <summary>Where a message of the outbox stands. A table of its own would be longer than its three moves:
/// Queued to InFlight when carried, InFlight to Abandoned when given up, all to Settled at their end.</summary>
internal enum OutboxEntryState
{
    /// <summary>Not sent yet.</summary>
    Queued = 0,

    /// <summary>Sent, its acknowledgement is awaited.</summary>
    InFlight = 1,

    /// <summary>Sent and given up by the application; its packet id is still taken.</summary>
    Abandoned = 2,

    /// <summary>Settled; its room is reclaimed as soon as nothing older lives.</summary>
    Settled = 3,
}
