namespace DeviceClient;

/// <summary>Signs shared access signatures: the seam where a TPM, an HSM or a secure element takes the place of a key in memory.</summary>
/// <remarks>The core calls it from one thread at a time, rarely (once per connection), and it may take as long as a chip needs.</remarks>
public abstract class SasSigner
{
    /// <summary>Computes HMAC-SHA256 with the key this object stands for.</summary>
    /// <param name="data">The bytes to sign.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The 32 bytes of the code.</returns>
    public abstract byte[] Sign(byte[] data, int offset, int count);
}
