using System;
using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>How long to wait before the next attempt: the one retry engine for hub, provisioning and upload.</summary>
/// <remarks><para>The service's retry-after comes first and is never shortened. Without one the delay starts at
/// <see cref="MinimumDelayMilliseconds"/>, doubles with each attempt and stays at <see cref="MaximumDelayMilliseconds"/>; each delay
/// is spread by +-25 %, also at the cap, so that a fleet does not come back in one wave. The first retry waits too.</para>
/// <para>A delay counts from the end of the failed attempt. Attempts count from 1 again only after the connection
/// was healthy for <see cref="HealthyMilliseconds"/>: a link that is accepted and dropped at once must see growing delays.</para>
/// <para>The doubling, the bounds and the spread are our choice. Not thread-safe while it is being set up; reading is.</para></remarks>
public sealed class RetryPolicy
{
    /// <summary>Longest retry-after that is honoured, in seconds: one day. Our choice, against a header gone wrong.</summary>
    public const int MaximumRetryAfterSeconds = 86400;

    private const int LargestDelayMilliseconds = 86400000;

    private int _minimumDelayMilliseconds = 1000;
    private int _maximumDelayMilliseconds = 60000;
    private int _healthyMilliseconds = 60000;

    /// <summary>Delay before the first retry, before jitter, in milliseconds.</summary>
    /// <value>1 to 86 400 000. Default 1000. A value above <see cref="MaximumDelayMilliseconds"/> acts as that maximum.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MinimumDelayMilliseconds
    {
        get { return _minimumDelayMilliseconds; }
        set { _minimumDelayMilliseconds = Check(value, 1, nameof(MinimumDelayMilliseconds)); }
    }

    /// <summary>Cap of the doubling, before jitter, in milliseconds: with jitter a delay reaches 125 % of it.</summary>
    /// <value>1 to 86 400 000. Default 60 000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MaximumDelayMilliseconds
    {
        get { return _maximumDelayMilliseconds; }
        set { _maximumDelayMilliseconds = Check(value, 1, nameof(MaximumDelayMilliseconds)); }
    }

    /// <summary>How long a connection must have been online before the attempts count from 1 again, in milliseconds.</summary>
    /// <value>0 to 86 400 000. Default 60 000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int HealthyMilliseconds
    {
        get { return _healthyMilliseconds; }
        set { _healthyMilliseconds = Check(value, 0, nameof(HealthyMilliseconds)); }
    }

    /// <summary>Delay before a retry.</summary>
    /// <param name="attempt">Number of failed attempts in a row, from 1; less counts as 1. Any size is safe.</param>
    /// <param name="retryAfterSeconds">What the service asked for; 0 or less when it did not. Beyond <see cref="MaximumRetryAfterSeconds"/> it counts as that.</param>
    /// <param name="random">Source of the jitter.</param>
    /// <returns>Milliseconds: retry-after plus up to 25 %, or the exponential delay +-25 %; at least 1.</returns>
    /// <exception cref="ArgumentNullException">The source is null.</exception>
    public int GetDelay(int attempt, int retryAfterSeconds, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random, nameof(random));
        if (retryAfterSeconds > 0)
        {
            int asked = (retryAfterSeconds > MaximumRetryAfterSeconds ? MaximumRetryAfterSeconds : retryAfterSeconds) * 1000;
            return asked + random.Next((asked / 4) + 1);
        }

        int delay = _minimumDelayMilliseconds;
        for (int i = 1; i < attempt && delay < _maximumDelayMilliseconds; i++)
        {
            // No overflow: the delay is below a cap of 86 400 000 here.
            delay *= 2;
        }

        if (delay > _maximumDelayMilliseconds)
        {
            delay = _maximumDelayMilliseconds;
        }

        int quarter = delay / 4;
        return delay - quarter + random.Next((2 * quarter) + 1);
    }

    private static int Check(int value, int least, string name)
    {
        if (value < least || value > LargestDelayMilliseconds)
        {
            throw new ArgumentOutOfRangeException(name, "The value " + value.ToString() + " must lie between " + least.ToString() + " and " + LargestDelayMilliseconds.ToString() + " ms.");
        }

        return value;
    }
}
