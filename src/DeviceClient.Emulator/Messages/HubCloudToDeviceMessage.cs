namespace DeviceClient.Emulator;

/// <summary>A message from the cloud to one device, as a service hands it over. Immutable; the payload is not copied.</summary>
public sealed record HubCloudToDeviceMessage
{
    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Message id, at most 128 characters; null lets the hub make one.</summary>
    public string? MessageId { get; init; }

    /// <summary>Correlation id, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>User id, or null.</summary>
    public string? UserId { get; init; }

    /// <summary>Content type, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>Content encoding, or null.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>When the message stops being worth delivering.</summary>
    /// <value>Null (default): one hour after it was queued. At most two days ahead.</value>
    public DateTimeOffset? ExpiryTime { get; init; }

    /// <summary>Which outcomes the service wants to hear of.</summary>
    /// <value>Default <see cref="HubFeedbackRequest.None"/>.</value>
    public HubFeedbackRequest Ack { get; init; }

    /// <summary>Application properties in the order they are sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Properties { get; init; } = [];

    /// <summary>Bytes the hub counts: body, values of system properties, names and values of application properties.</summary>
    public long Size
    {
        get
        {
            long size = Payload.Length;
            foreach (string? value in new[] { MessageId, CorrelationId, UserId, ContentType, ContentEncoding })
            {
                size += HubSizes.Utf8(value);
            }

            foreach ((string name, string? value) in Properties)
            {
                size += HubSizes.Utf8(name) + HubSizes.Utf8(value);
            }

            return size;
        }
    }
}
