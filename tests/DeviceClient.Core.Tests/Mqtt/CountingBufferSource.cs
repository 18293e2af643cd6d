using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>Knows which buffers are out, and keeps returned ones so that a steady state allocates nothing.</summary>
internal sealed class CountingBufferSource : BufferSource
{
    private readonly List<byte[]> _free = [];
    private readonly HashSet<byte[]> _lent = [];

    public int Lent => _lent.Count;

    public int LargestRequest { get; private set; }

    public override byte[] Rent(int minimumBytes)
    {
        LargestRequest = Math.Max(LargestRequest, minimumBytes);
        int at = _free.FindIndex(buffer => buffer.Length >= minimumBytes);
        byte[] lent = at < 0 ? new byte[minimumBytes] : _free[at];
        if (at >= 0)
        {
            _free.RemoveAt(at);
        }

        _lent.Add(lent);
        return lent;
    }

    public override void Return(byte[] buffer)
    {
        if (!_lent.Remove(buffer))
        {
            throw new InvalidOperationException("A buffer was given back that is not out.");
        }

        // Whoever still reads a returned buffer shall notice.
        Array.Fill(buffer, (byte)0xEE);
        _free.Add(buffer);
    }
}
