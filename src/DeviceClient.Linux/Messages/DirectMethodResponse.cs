using System.Text;
using System.Text.Json;

namespace DeviceClient;

/// <summary>The answer to a direct method.</summary>
public sealed class DirectMethodResponse
{
    /// <summary>Largest body the hub passes on. Source: docs/protocol.md, "Direct methods".</summary>
    public const int MaxPayloadBytes = 128 * 1024;

    /// <summary>Creates an answer.</summary>
    /// <param name="status">Any number of the application's choice; 200 is usual for success. It reaches the caller unchanged.</param>
    /// <param name="payload">Body: JSON in UTF-8, or empty. At most <see cref="MaxPayloadBytes"/>.</param>
    /// <exception cref="ArgumentException">The body is too large or not JSON: the hub would drop the answer and the caller would wait in vain.</exception>
    public DirectMethodResponse(int status, ReadOnlyMemory<byte> payload = default)
    {
        if (payload.Length > MaxPayloadBytes)
        {
            throw new ArgumentException($"The body of a direct method's answer has {payload.Length} bytes; the hub passes on {MaxPayloadBytes} at most. Send less, or upload it and answer with its place.", nameof(payload));
        }

        if (!payload.IsEmpty && !IsJson(payload.Span))
        {
            throw new ArgumentException($"The body of a direct method's answer ({payload.Length} bytes) is not JSON. Write text as a JSON string, with quotes.", nameof(payload));
        }

        Status = status;
        Payload = payload;
    }

    /// <summary>Creates an answer from text.</summary>
    /// <param name="status">Any number of the application's choice.</param>
    /// <param name="json">Body as JSON text.</param>
    /// <exception cref="ArgumentException">The text is too long or not JSON.</exception>
    public DirectMethodResponse(int status, string json)
        : this(status, Encoding.UTF8.GetBytes(json ?? throw new ArgumentNullException(nameof(json))))
    {
    }

    /// <summary>The number that the caller gets as status.</summary>
    public int Status { get; }

    /// <summary>The body: JSON in UTF-8, or empty.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
