using DeviceClient.Protocol;

namespace DeviceClient.Engine;

/// <summary>An operation of low rate (open, twin, report) and the task its caller awaits.</summary>
internal sealed class PendingOperation : TaskCompletionSource<OperationResult>
{
    private CancellationTokenRegistration _registration;

    internal PendingOperation()
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
    }

    /// <summary>Makes a cancellation of the token end the operation at once.</summary>
    /// <param name="engine">The owner.</param>
    /// <param name="operationId">The session's number.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    internal void Watch(HubEngine engine, int operationId, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return;
        }

        _registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                // The caller first: it must not wait for the engine's lock to learn that it is free.
                TrySetCanceled(token);
                engine.CancelOperation(operationId);
            },
            null);
        _ = Task.ContinueWith(static (_, state) => ((PendingOperation)state!)._registration.Unregister(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Ends the operation as the session told.</summary>
    /// <param name="told">The notification; read before the call returns.</param>
    internal void Complete(HubNotification told)
    {
        if (told.Error == HubErrorCode.None)
        {
            TrySetResult(new OperationResult(told.Version, told.Body));
            return;
        }

        TrySetException(new HubClientException(told.Error, told.Detail ?? $"The operation failed: {told.Error}.")
        {
            ServiceStatus = told.ServiceStatus,
            RetryAfter = told.RetryAfterSeconds > 0 ? TimeSpan.FromSeconds(told.RetryAfterSeconds) : null,
            TrackingId = told.TrackingId,
        });
    }
}
