using System.Diagnostics;
using DeviceClient.Diagnostics;

namespace DeviceClient;

/// <content>Telemetry.</content>
public abstract partial class HubClient
{
    private const string TraceParent = "traceparent";

    /// <summary>Sends a message to the hub with QoS 1 and waits for the acknowledgement.</summary>
    /// <param name="message">The message; its bytes and properties are copied before the call returns.</param>
    /// <param name="cancellationToken">Gives the message up; one already on the wire may still arrive.</param>
    /// <returns>
    /// A task that ends when the hub has the message. It must be awaited exactly once, as any <see cref="ValueTask"/>.
    /// Messages reach the hub in the order of the calls, also over a lost connection; one whose acknowledgement was lost
    /// is sent again with the DUP flag, so the hub may see it twice.
    /// </returns>
    /// <remarks>
    /// Without a connection the message waits in the outbox, up to <see cref="HubDeviceClientOptions.OperationTimeout"/>.
    /// When an <see cref="Activity"/> is current, its W3C id travels as the property <c>traceparent</c>.
    /// </remarks>
    /// <exception cref="HubClientException">
    /// <see cref="HubErrorCode.MessageTooLarge"/> before anything is sent, <see cref="HubErrorCode.OutboxFull"/>, <see cref="HubErrorCode.Timeout"/>,
    /// <see cref="HubErrorCode.Closed"/>, <see cref="HubErrorCode.Dropped"/>, or the reason why there was no connection.
    /// </exception>
    /// <exception cref="InvalidOperationException">The client was not opened.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual ValueTask SendTelemetryAsync(TelemetryMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Activity.Current is null && !HubMetrics.Activities.HasListeners()
            ? Engine.SendTelemetryAsync(message, cancellationToken)
            : SendTracedAsync(message, cancellationToken);
    }

    private async ValueTask SendTracedAsync(TelemetryMessage message, CancellationToken cancellationToken)
    {
        using Activity? activity = HubMetrics.Activities.StartActivity("deviceclient.send", ActivityKind.Producer);
        activity?.SetTag("messaging.destination.name", "telemetry").SetTag("device.id", DeviceId).SetTag("messaging.message.body.size", message.PayloadCount);
        try
        {
            await Engine.SendTelemetryAsync(WithTraceParent(message, Activity.Current), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
    }

    private static TelemetryMessage WithTraceParent(TelemetryMessage message, Activity? activity)
    {
        if (activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } || message.Properties.TryGet(TraceParent, out _))
        {
            return message;
        }

        // A copy: the message is the caller's, who may send it again or from several threads.
        TelemetryMessage copy = new(message.Payload, message.PayloadOffset, message.PayloadCount)
        {
            MessageId = message.MessageId,
            CorrelationId = message.CorrelationId,
            UserId = message.UserId,
            ContentType = message.ContentType,
            ContentEncoding = message.ContentEncoding,
            ComponentName = message.ComponentName,
            OutputName = message.OutputName,
            InterfaceId = message.InterfaceId,
            Schema = message.Schema,
            CreationTimeUtc = message.CreationTimeUtc,
            ExpiryTimeUtc = message.ExpiryTimeUtc,
        };
        for (int i = 0; i < message.Properties.Count; i++)
        {
            copy.Properties.Add(message.Properties.GetName(i), message.Properties.GetValue(i));
        }

        copy.Properties.Add(TraceParent, id);
        return copy;
    }
}
