using System;

namespace DeviceClient.Protocol;

/// <content>Telemetry: accept, size check, message id, acknowledgement.</content>
public sealed partial class HubSession
{
    private readonly byte[]? _messageIdPrefix;

    /// <summary>Hands a message over. Its bytes are copied before the call returns.</summary>
    /// <param name="message">The message.</param>
    /// <param name="expiresAt">End of its life in monotonic milliseconds; <see cref="long.MaxValue"/> for never. A message in flight on a standing connection is left to its acknowledgement.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <param name="token">The message's number: 0 for the first accepted message, one more for each next. -1 when refused.</param>
    /// <returns><see cref="HubErrorCode.None"/>: accepted, one result will follow. <see cref="HubErrorCode.MessageTooLarge"/>, <see cref="HubErrorCode.OutboxFull"/> or <see cref="HubErrorCode.Expired"/>: refused.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is null.</exception>
    public HubErrorCode SendTelemetry(TelemetryMessage message, long expiresAt, long now, out long token)
    {
        if (message == null)
        {
            throw new ArgumentNullException(nameof(message));
        }

        token = -1;
        if (expiresAt <= now)
        {
            return HubErrorCode.Expired;
        }

        int messageIdCount = message.MessageId == null && _messageIdPrefix != null ? _messageIdPrefix.Length + DigitCount(Outbox.Accepted) : 0;
        int bagCount = TelemetryEncoder.GetBagLength(message);
        if ((long)message.PayloadCount + bagCount + messageIdCount > _options.MaxMessageBytes
            && TelemetryEncoder.GetHubSize(message) + messageIdCount > _options.MaxMessageBytes)
        {
            return HubErrorCode.MessageTooLarge;
        }

        // The separator between the properties and the message id that is added to them.
        int separator = messageIdCount > 0 && bagCount > 0 ? 1 : 0;
        byte[] buffer;
        int offset;
        HubErrorCode error = Outbox.TryReserve(bagCount + separator + messageIdCount, message.PayloadCount, expiresAt, out token, out buffer, out offset);
        if (error != HubErrorCode.None)
        {
            return error;
        }

        offset += TelemetryEncoder.WriteBag(message, buffer, offset);
        if (messageIdCount > 0)
        {
            if (separator == 1)
            {
                buffer[offset++] = (byte)'&';
            }

            Array.Copy(_messageIdPrefix!, 0, buffer, offset, _messageIdPrefix!.Length);
            offset += _messageIdPrefix.Length;
            offset += Utf8Text.WriteInt64(token, buffer, offset);
        }

        Array.Copy(message.Payload, message.PayloadOffset, buffer, offset, message.PayloadCount);
        return HubErrorCode.None;
    }

    /// <summary>Gives a message up. It settles as <see cref="HubErrorCode.Cancelled"/>; one in flight may still reach the hub but is not sent again.</summary>
    /// <param name="token">The message.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void CancelTelemetry(long token, long now)
    {
        Outbox.Cancel(token, HubErrorCode.Cancelled);
        CheckDrained(now);
    }

    /// <summary>The transport took a message over.</summary>
    /// <param name="token">The message.</param>
    /// <param name="packetId">The packet id it travels under; 0 when it needs no acknowledgement.</param>
    public void HandleTelemetryCarried(long token, int packetId)
    {
        Outbox.NoteCarried(token, packetId);
    }

    /// <summary>The hub acknowledged a message, or a message that needs no acknowledgement is sent.</summary>
    /// <param name="token">The message.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTelemetryAccepted(long token, long now)
    {
        Outbox.HandleAccepted(token);
        if (_draining)
        {
            CheckDrained(now);
        }
    }

    private static byte[]? CreateMessageIdPrefix(string? prefix)
    {
        if (prefix == null)
        {
            return null;
        }

        bool valid = prefix.Length >= 1 && prefix.Length <= 100;
        for (int i = 0; i < prefix.Length && valid; i++)
        {
            char c = prefix[i];
            valid = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        }

        if (!valid)
        {
            throw new ArgumentOutOfRangeException(nameof(prefix), "HubSessionOptions.MessageIdPrefix is '" + prefix + "'; it must be 1 to 100 characters of A-Z, a-z, 0-9 and '-'.");
        }

        return Utf8Text.GetBytes("%24.mid=" + prefix);
    }

    private static int DigitCount(long value)
    {
        int digits = 1;
        while (value >= 10)
        {
            value /= 10;
            digits++;
        }

        return digits;
    }
}
