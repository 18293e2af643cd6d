using System;

namespace DeviceClient.Protocol;

/// <summary>Comparison of secrets in a time that does not tell where they differ.</summary>
public static class FixedTime
{
    /// <summary>Compares two arrays. The time depends on their lengths only.</summary>
    /// <param name="a">One array.</param>
    /// <param name="b">The other array.</param>
    /// <returns>True when length and all bytes are equal.</returns>
    /// <exception cref="ArgumentNullException">An array is null.</exception>
    public static bool FixedTimeEquals(byte[] a, byte[] b)
    {
        ArgumentNullException.ThrowIfNull(a, nameof(a));
        ArgumentNullException.ThrowIfNull(b, nameof(b));
        if (a.Length != b.Length)
        {
            return false;
        }

        int difference = 0;
        for (int i = 0; i < a.Length; i++)
        {
            difference |= a[i] ^ b[i];
        }

        return difference == 0;
    }
}
