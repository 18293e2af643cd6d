using System;

namespace DeviceClient.Protocol;

/// <summary>Checks of the (buffer, offset, count) arguments which the core takes everywhere.</summary>
internal static class Slice
{
    /// <summary>Throws unless offset and count lie inside the buffer.</summary>
    internal static void Check(byte[] buffer, int offset, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer, nameof(buffer));
        if (offset < 0 || offset > buffer.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), "The offset " + offset.ToString() + " is outside the buffer of " + buffer.Length.ToString() + " bytes.");
        }

        if (count < 0 || count > buffer.Length - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(count), "The count " + count.ToString() + " at offset " + offset.ToString() + " is outside the buffer of " + buffer.Length.ToString() + " bytes.");
        }
    }
}
