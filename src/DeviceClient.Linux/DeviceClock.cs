namespace DeviceClient;

/// <summary>The wall clock of the device and whether it can be believed.</summary>
/// <remarks>
/// The client uses it for token expiry, certificate dates and the times in its reports, never for deadlines: those
/// run on a monotonic clock. A device without a battery-backed clock derives a class that answers
/// <see cref="IsTrusted"/> false until its time service has spoken, then calls <see cref="OnTrustChanged"/>.
/// Members may be called from any thread and must not block.
/// </remarks>
public class DeviceClock
{
    /// <summary>Earlier than any moment this code can run at: a clock that shows less was never set. Our choice: the year of the first release.</summary>
    private static readonly DateTimeOffset s_earliestPlausible = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TimeProvider _timeProvider;

    /// <summary>Creates a clock over the operating system's time.</summary>
    public DeviceClock()
        : this(TimeProvider.System)
    {
    }

    /// <summary>Creates a clock over a time provider, such as a test's.</summary>
    /// <param name="timeProvider">Where the time comes from.</param>
    public DeviceClock(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
    }

    /// <summary>Raised when <see cref="IsTrusted"/> or the time may have jumped; clients look at both again.</summary>
    public event EventHandler? TrustChanged;

    /// <summary>The clock of the operating system, trusted when it shows 2026 or later.</summary>
    public static DeviceClock SystemClock { get; } = new();

    /// <summary>Now, in UTC.</summary>
    public virtual DateTimeOffset UtcNow => _timeProvider.GetUtcNow();

    /// <summary>True when <see cref="UtcNow"/> may be used to make a token.</summary>
    /// <value>By default true from 1 January 2026 on: a device without a clock starts in 1970 or at its firmware's build date.</value>
    public virtual bool IsTrusted => UtcNow >= s_earliestPlausible;

    /// <summary>Tells the clients that the trust or the time changed; call it after setting the clock.</summary>
    public void OnTrustChanged() => TrustChanged?.Invoke(this, EventArgs.Empty);
}
