namespace DeviceClient.Linux.Tests.Fixtures;

/// <summary>A clock that starts in 1970, untrusted, until the test sets it.</summary>
internal sealed class SettableClock : DeviceClock
{
    private TimeSpan _offset = DateTimeOffset.UnixEpoch - DateTimeOffset.UtcNow;
    private bool _isTrusted;

    public override DateTimeOffset UtcNow => DateTimeOffset.UtcNow + _offset;

    public override bool IsTrusted => _isTrusted;

    internal void Set(TimeSpan offset)
    {
        _offset = offset;
        _isTrusted = true;
        OnTrustChanged();
    }
}
