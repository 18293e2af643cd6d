namespace DeviceClient.Protocol;

/// <summary>SUBSCRIBE and UNSUBSCRIBE packets without answer. They do not outlive their transport.</summary>
internal sealed class MqttPendingRequests
{
    // IoT Hub knows six filters (docs/protocol.md); our choice leaves room to end and renew each of them at once.
    private const int Size = 16;

    // Publishes use the ids from 1 to the window's size; the upper half of the range is ours alone.
    private const int FirstId = 0x8000;
    private const int LastId = 0xFFFF;

    private readonly int[] _packetIds = new int[Size];
    private readonly MqttPacketType[] _answers = new MqttPacketType[Size];
    private readonly long[] _sentAt = new long[Size];
    private int _count;
    private int _nextId = FirstId;

    internal bool IsFull => _count == Size;

    internal bool IsEmpty => _count == 0;

    /// <summary>The id that <see cref="Add"/> will use.</summary>
    internal int NextId => _nextId;

    /// <summary>When the oldest request was sent; only when not empty. Requests stay in the order they were sent.</summary>
    internal long FirstSentAt => _sentAt[0];

    internal void Add(MqttPacketType answer, long nowMilliseconds)
    {
        _packetIds[_count] = _nextId;
        _answers[_count] = answer;
        _sentAt[_count] = nowMilliseconds;
        _count++;
        _nextId = _nextId == LastId ? FirstId : _nextId + 1;
    }

    /// <summary>Removes the request with this id, if it waits for this kind of answer.</summary>
    internal bool TryComplete(int packetId, MqttPacketType answer)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_packetIds[i] == packetId && _answers[i] == answer)
            {
                _count--;
                for (int j = i; j < _count; j++)
                {
                    _packetIds[j] = _packetIds[j + 1];
                    _answers[j] = _answers[j + 1];
                    _sentAt[j] = _sentAt[j + 1];
                }

                return true;
            }
        }

        return false;
    }

    internal void Clear() => _count = 0;
}
