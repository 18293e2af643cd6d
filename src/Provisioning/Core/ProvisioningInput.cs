namespace DeviceClient.Protocol;

/// <summary>What can happen to a registration.</summary>
public enum ProvisioningInput
{
    /// <summary>The application asks for a registration.</summary>
    Register = 0,

    /// <summary>The transport is open and the service knows no operation of this registration yet.</summary>
    Opened = 1,

    /// <summary>The transport is open again and an operation is under way at the service.</summary>
    Resumed = 2,

    /// <summary>The transport failed, or an answer did not come in time.</summary>
    Lost = 3,

    /// <summary>The service answered that it is at work.</summary>
    Assigning = 4,

    /// <summary>The service answered 429 or 5xx.</summary>
    Throttled = 5,

    /// <summary>The wait is over.</summary>
    DelayElapsed = 6,

    /// <summary>There is a result: a terminal status, a refusal, the overall deadline or a cancellation.</summary>
    Ended = 7,
}
