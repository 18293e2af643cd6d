using DeviceClient.Protocol;

namespace DeviceClient.Provisioning;

/// <summary>The loop of a registration: carry wishes, wait for an answer or a deadline, tell the session.</summary>
internal static class RegistrationLoop
{
    /// <summary>Runs a registration to its end.</summary>
    /// <param name="session">Started.</param>
    /// <param name="channel">Carries it.</param>
    /// <param name="cancellationToken">Ends it early, with <see cref="HubErrorCode.Cancelled"/>.</param>
    /// <returns>The result.</returns>
    internal static async Task<ProvisioningResult> RunAsync(ProvisioningSession session, IRegistrationChannel channel, CancellationToken cancellationToken)
    {
        ProvisioningWish wish = new();
        while (true)
        {
            while (session.TryTakeWish(wish))
            {
                await channel.CarryAsync(wish, cancellationToken).ConfigureAwait(false);
            }

            if (session.TryTakeResult(out ProvisioningResult? result))
            {
                return result!;
            }

            long now = Environment.TickCount64;
            long due = Math.Min(session.NextDeadline, channel.NextDeadline);
            if (due > now)
            {
                await WaitAsync(channel.Pending, due - now, cancellationToken).ConfigureAwait(false);
            }

            now = Environment.TickCount64;
            if (cancellationToken.IsCancellationRequested)
            {
                session.Cancel(now);
                continue;
            }

            if (channel.Pending is { IsCompleted: true })
            {
                await channel.HandlePendingAsync(cancellationToken).ConfigureAwait(false);
            }

            session.HandleTimeout(now);
            channel.HandleTimeout(now);
        }
    }

    private static async Task WaitAsync(Task? pending, long milliseconds, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task delay = Task.Delay((int)Math.Min(milliseconds, int.MaxValue), over.Token);
        await Task.WhenAny(pending ?? delay, delay).ConfigureAwait(false);
        // Else each wait would leave a timer behind until its time.
        await over.CancelAsync().ConfigureAwait(false);
    }
}
