using System;
using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>A message from the device to the hub.</summary>
/// <remarks>The payload is not copied: leave it alone until the message is accepted or refused. Not thread-safe. The hub counts at most
/// 262 144 bytes a message: payload, values of system properties, names and values of application properties.</remarks>
public sealed class TelemetryMessage
{
    private readonly PropertyBag _properties = new PropertyBag();

    /// <summary>Makes a message of a whole array.</summary>
    /// <param name="payload">The body; may be empty.</param>
    /// <exception cref="ArgumentNullException">The payload is null.</exception>
    public TelemetryMessage(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload, nameof(payload));
        Payload = payload;
        PayloadCount = payload.Length;
    }

    /// <summary>Makes a message of a slice.</summary>
    /// <param name="payload">The array with the body.</param>
    /// <param name="offset">First byte of the body.</param>
    /// <param name="count">Number of bytes of the body.</param>
    /// <exception cref="ArgumentNullException">The payload is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array.</exception>
    public TelemetryMessage(byte[] payload, int offset, int count)
    {
        Slice.Check(payload, offset, count);
        Payload = payload;
        PayloadOffset = offset;
        PayloadCount = count;
    }

    /// <summary>The array with the body.</summary>
    public byte[] Payload { get; }

    /// <summary>First byte of the body.</summary>
    public int PayloadOffset { get; }

    /// <summary>Number of bytes of the body.</summary>
    public int PayloadCount { get; }

    /// <summary>message-id, at most 128 characters of the device id's set; null for none.</summary>
    public string? MessageId { get; set; }

    /// <summary>correlation-id; null for none.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>user-id; null for none.</summary>
    public string? UserId { get; set; }

    /// <summary>content-type; routing on the body needs <c>application/json</c>. Null for none.</summary>
    public string? ContentType { get; set; }

    /// <summary>content-encoding; routing on the body needs <c>utf-8</c>, <c>utf-16</c> or <c>utf-32</c>. Null for none.</summary>
    public string? ContentEncoding { get; set; }

    /// <summary>Plug and Play component the message comes from; null for the default component.</summary>
    public string? ComponentName { get; set; }

    /// <summary>Output of a module; null for none.</summary>
    public string? OutputName { get; set; }

    /// <summary>iothub-interface-id, for example of a security message; null for none.</summary>
    public string? InterfaceId { get; set; }

    /// <summary>iothub-message-schema; null for none.</summary>
    public string? Schema { get; set; }

    /// <summary>When the message was made, as ISO 8601 in UTC, for example <c>2026-01-31T12:00:00.000Z</c>; null for none. The text is sent as it is.</summary>
    public string? CreationTimeUtc { get; set; }

    /// <summary>When the message loses its worth, as ISO 8601 in UTC; null for none. The text is sent as it is.</summary>
    public string? ExpiryTimeUtc { get; set; }

    /// <summary>The application's own properties. Names should not start with <c>$</c>: those are the hub's.</summary>
    public PropertyBag Properties
    {
        get { return _properties; }
    }

    /// <summary>False when no system property is set, so that the encoder need not ask for each.</summary>
    internal bool HasSystemProperties
    {
        get
        {
            return MessageId != null || CorrelationId != null || UserId != null || ContentType != null || ContentEncoding != null
                || CreationTimeUtc != null || ExpiryTimeUtc != null || ComponentName != null || InterfaceId != null
                || OutputName != null || Schema != null;
        }
    }
}
