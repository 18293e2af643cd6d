using System;

namespace DeviceClient.Protocol;

/// <summary>A buffer source for boards: all buffers are allocated once, by the constructor, and never again.</summary>
/// <remarks>
/// <para>How many are needed for one <see cref="MqttConnection"/>: one that is filled with output, one for each output buffer
/// the transport is still writing, and one for a received packet that arrived in pieces. Three are enough for a driver
/// that writes one buffer at a time.</para>
/// <para>Two sizes can be held, so that a board does not pay the largest inbound packet for each output buffer.</para>
/// <para>Not thread-safe.</para>
/// </remarks>
public sealed class FixedBufferSource : BufferSource
{
    private readonly byte[][] _buffers;
    private readonly bool[] _lent;

    /// <summary>Allocates <paramref name="bufferCount"/> buffers of one size.</summary>
    /// <param name="bufferBytes">Length of each buffer in bytes, 1 or more.</param>
    /// <param name="bufferCount">Number of buffers, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public FixedBufferSource(int bufferBytes, int bufferCount)
        : this(bufferBytes, bufferCount, 0, 0)
    {
    }

    /// <summary>Allocates buffers of two sizes; a request takes the smallest free one that is long enough.</summary>
    /// <param name="smallBytes">Length of each small buffer in bytes, 1 or more.</param>
    /// <param name="smallCount">Number of small buffers, 1 or more.</param>
    /// <param name="largeBytes">Length of each large buffer in bytes; above <paramref name="smallBytes"/> unless there is none.</param>
    /// <param name="largeCount">Number of large buffers, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public FixedBufferSource(int smallBytes, int smallCount, int largeBytes, int largeCount)
    {
        if (smallBytes < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(smallBytes), "A buffer has at least 1 byte.");
        }

        if (smallCount < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(smallCount), "At least 1 buffer is needed.");
        }

        if (largeCount < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(largeCount), "The number of large buffers is 0 or more.");
        }

        if (largeCount > 0 && largeBytes <= smallBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(largeBytes), "A large buffer is longer than a small one.");
        }

        _buffers = new byte[smallCount + largeCount][];
        _lent = new bool[smallCount + largeCount];
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = new byte[i < smallCount ? smallBytes : largeBytes];
        }
    }

    /// <inheritdoc/>
    public override int LargestBytes => _buffers[_buffers.Length - 1].Length;

    /// <summary>Number of buffers that are free now.</summary>
    public int Available
    {
        get
        {
            int free = 0;
            for (int i = 0; i < _lent.Length; i++)
            {
                if (!_lent[i])
                {
                    free++;
                }
            }

            return free;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No free buffer is long enough.</exception>
    public override byte[] Rent(int minimumBytes)
    {
        // Small buffers come first in the array, so the first that fits is the smallest that fits.
        for (int i = 0; i < _buffers.Length; i++)
        {
            if (!_lent[i] && _buffers[i].Length >= minimumBytes)
            {
                _lent[i] = true;
                return _buffers[i];
            }
        }

        throw new InvalidOperationException(
            "No buffer of " + minimumBytes.ToString() + " bytes is free: " + Available.ToString() + " of " + _buffers.Length.ToString()
            + " are free and the longest has " + _buffers[_buffers.Length - 1].Length.ToString()
            + " bytes. Give the source more or longer buffers, or lower MaxInboundPacketBytes.");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The buffer is not one of this source's, or it was given back before.</exception>
    public override void Return(byte[] buffer)
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            if (_buffers[i] == buffer && _lent[i])
            {
                _lent[i] = false;
                return;
            }
        }

        throw new ArgumentException("The buffer is not lent by this source, or was given back before.", nameof(buffer));
    }
}
