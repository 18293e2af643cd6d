namespace DeviceClient.Protocol;

/// <summary>Where a machine of the core gets its byte buffers from, and where it gives them back.</summary>
/// <remarks>
/// A pool on Linux, a few fixed arrays on a board (<see cref="FixedBufferSource"/>). Called only from inside the machine's
/// methods, so on the thread that owns the machine, unless several machines share one source: then the source must be
/// thread-safe by itself.
/// </remarks>
public abstract class BufferSource
{
    /// <summary>The longest buffer that <see cref="Rent"/> can lend, in bytes; sizes in options may not exceed it.</summary>
    /// <value>By default there is no limit of the source's own.</value>
    public virtual int LargestBytes => int.MaxValue;

    /// <summary>Lends a buffer of at least <paramref name="minimumBytes"/> bytes; its content is undefined.</summary>
    /// <param name="minimumBytes">Smallest length that will do, in bytes; above 0.</param>
    /// <returns>A buffer that belongs to the caller until it is given back; it may be longer than asked for.</returns>
    public abstract byte[] Rent(int minimumBytes);

    /// <summary>Takes a buffer back that <see cref="Rent"/> lent. Each buffer is given back exactly once.</summary>
    /// <param name="buffer">A buffer lent by this source.</param>
    public abstract void Return(byte[] buffer);
}
