namespace Quickstart;

/// <summary>What has to happen for this lesson to count as told. The exit code is 0 only when all of it did.</summary>
internal enum Chapter
{
    Registered,
    Connected,
    Measured,
    IntervalChanged,
    MethodAnswered,
    MessageReceived,
    ConnectionLost,
    Recovered,
}
