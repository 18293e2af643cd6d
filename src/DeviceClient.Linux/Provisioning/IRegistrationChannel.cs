using DeviceClient.Protocol;

namespace DeviceClient.Provisioning;

/// <summary>Carries a registration's wishes over one transport. Used by one loop; not thread-safe.</summary>
internal interface IRegistrationChannel : IAsyncDisposable
{
    /// <summary>When <see cref="HandleTimeout"/> must be called at the latest.</summary>
    long NextDeadline { get; }

    /// <summary>What is under way; the loop waits for it. Null when nothing is.</summary>
    Task? Pending { get; }

    /// <summary>Begins what the session wants.</summary>
    /// <param name="wish">The wish; overwritten after the call.</param>
    /// <param name="cancellationToken">Ends the registration.</param>
    /// <returns>A task that ends when the wish is taken over.</returns>
    ValueTask CarryAsync(ProvisioningWish wish, CancellationToken cancellationToken);

    /// <summary>Tells the session what the finished <see cref="Pending"/> brought.</summary>
    /// <param name="cancellationToken">Ends the registration.</param>
    /// <returns>A task that ends when it is told.</returns>
    ValueTask HandlePendingAsync(CancellationToken cancellationToken);

    /// <summary>Does what time demands.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    void HandleTimeout(long now);
}
