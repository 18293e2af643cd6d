namespace DeviceClient;

/// <summary>A device's or module's twin as the hub held it at one moment. Desired and reported are kept strictly apart.</summary>
public sealed class Twin
{
    /// <summary>Creates a twin; applications do so in tests only.</summary>
    /// <param name="desired">What the solution wants.</param>
    /// <param name="reported">What the device said last.</param>
    public Twin(TwinProperties desired, TwinProperties reported)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(reported);
        Desired = desired;
        Reported = reported;
    }

    /// <summary>What the solution wants. A device can only read it.</summary>
    public TwinProperties Desired { get; }

    /// <summary>What the device said last.</summary>
    public TwinProperties Reported { get; }
}
