namespace DeviceClient;

/// <summary>Says that a credential nears its end and the client cannot renew it by itself, or failed to.</summary>
public sealed class CredentialExpiringEventArgs : EventArgs
{
    /// <summary>Creates the arguments.</summary>
    /// <param name="expiresAt">When the credential ends; null when unknown.</param>
    /// <param name="errorCode">Why renewing failed; <see cref="HubErrorCode.None"/> when there is nothing to renew it with.</param>
    /// <param name="detail">A sentence for people.</param>
    public CredentialExpiringEventArgs(DateTimeOffset? expiresAt, HubErrorCode errorCode = HubErrorCode.None, string? detail = null)
    {
        ExpiresAt = expiresAt;
        ErrorCode = errorCode;
        Detail = detail;
    }

    /// <summary>When the credential ends; null when unknown.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Why renewing failed; <see cref="HubErrorCode.None"/> when there is nothing to renew it with.</summary>
    public HubErrorCode ErrorCode { get; }

    /// <summary>A sentence for people; never a secret.</summary>
    public string? Detail { get; }
}
