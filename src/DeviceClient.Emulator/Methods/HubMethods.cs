using System.Collections.Concurrent;
using System.Globalization;

namespace DeviceClient.Emulator;

/// <summary>Direct methods. All members are safe to call from any thread.</summary>
public sealed class HubMethods
{
    private readonly HubState _hub;
    private readonly ConcurrentDictionary<string, PendingCall> _pending = new(StringComparer.Ordinal);
    private long _nextRequestId;

    internal HubMethods(HubState hub) => _hub = hub;

    /// <summary>Calls a method on a device or module and waits for its answer.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="request">Method, payload and time-outs.</param>
    /// <param name="moduleId">One of its modules, or null.</param>
    /// <param name="cancellationToken">Gives up waiting; the device may still carry the method out.</param>
    /// <returns>The device's status and payload.</returns>
    /// <exception cref="HubServiceException">
    /// 400004 a time-out, name or payload outside the limits; 404001, 404010 unknown; 404103 not connected or not subscribed within the
    /// connect time-out; 404104 the connection ended before the answer; 413001 payload over 128 KB; 502001 the answer is not JSON;
    /// 504101 no answer within the response time-out.
    /// </exception>
    public async Task<HubMethodResult> InvokeAsync(
        string deviceId, HubMethodRequest request, string? moduleId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        HubRegistryIdentity identity = _hub.Devices.GetIdentity(deviceId, moduleId);
        string requestId = Interlocked.Increment(ref _nextRequestId).ToString("x", CultureInfo.InvariantCulture);
        PendingCall call = new(identity);
        _pending[requestId] = call;
        try
        {
            await SendAsync(identity, requestId, call, request, cancellationToken).ConfigureAwait(false);
            HubMethodResult result = await call.Done.Task
                .WaitAsync(request.ResponseTimeout, _hub.Time, cancellationToken).ConfigureAwait(false);
            _hub.Log.Write(HubLogEvent.Method, 0, identity.Id, $"Method '{request.Method}' answered with status {result.Status}.");
            return result;
        }
        catch (TimeoutException)
        {
            _hub.Log.Write(HubLogEvent.Method, 504101, identity.Id, $"Method '{request.Method}' was not answered within {request.ResponseTimeout.TotalSeconds:0} s.");
            throw HubErrors.GatewayTimeout(request.ResponseTimeout);
        }
        finally
        {
            _pending.TryRemove(requestId, out _);
        }
    }

    /// <summary>The device answered. False when nobody waits for this request id (any more).</summary>
    internal bool Answer(HubRegistryIdentity identity, string requestId, int status, ReadOnlyMemory<byte> payload)
    {
        if (!_pending.TryGetValue(requestId, out PendingCall? call) || call.Identity != identity)
        {
            return false;
        }

        if (payload.Length > HubSizes.MethodPayload)
        {
            return call.Done.TrySetException(HubErrors.MessageTooLarge(payload.Length, HubSizes.MethodPayload, "The method's answer"));
        }

        if (!payload.IsEmpty && !HubJson.TryParse(payload.Span, out _, out string? fault))
        {
            return call.Done.TrySetException(new HubServiceException(502001, "BadDeviceResponse", $"The device's answer is not JSON: {fault}"));
        }

        return call.Done.TrySetResult(new HubMethodResult(status, payload));
    }

    /// <summary>A connection ended: the calls it carried fail.</summary>
    internal void LinkClosed(DeviceLink link)
    {
        foreach (PendingCall call in _pending.Values)
        {
            if (ReferenceEquals(call.Link, link))
            {
                call.Done.TrySetException(HubErrors.ConnectionClosedRemotely());
            }
        }
    }

    private async Task SendAsync(
        HubRegistryIdentity identity, string requestId, PendingCall call, HubMethodRequest request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(request.ConnectTimeout, _hub.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (!TrySend(identity, requestId, call, request))
        {
            try
            {
                await _hub.Connections.WaitUntilAsync(() => identity.Link is { TakesMethods: true }, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                string why = identity.IsConnected ? "is connected but not subscribed to methods" : "is not connected";
                _hub.Log.Write(HubLogEvent.Method, 404103, identity.Id, $"Method '{request.Method}': the identity {why}.");
                throw HubErrors.DeviceNotOnline(request.ConnectTimeout);
            }
        }
    }

    private static bool TrySend(HubRegistryIdentity identity, string requestId, PendingCall call, HubMethodRequest request)
    {
        DeviceLink? link = identity.Link;
        if (link is not { TakesMethods: true })
        {
            return false;
        }

        call.Link = link;
        return link.TryInvoke(requestId, request.Method, request.Payload);
    }

    private static void Check(HubMethodRequest request)
    {
        if (string.IsNullOrEmpty(request.Method) || request.Method.AsSpan().IndexOfAny("/+#\0") >= 0)
        {
            throw HubErrors.ArgumentInvalid($"The method name '{request.Method}' must not be empty or contain '/', '+', '#' or NUL.");
        }

        if (request.ResponseTimeout.TotalSeconds is < 5 or > 300)
        {
            throw HubErrors.ArgumentInvalid("responseTimeoutInSeconds must be within [5; 300].");
        }

        if (request.ConnectTimeout.TotalSeconds is < 0 or > 300)
        {
            throw HubErrors.ArgumentInvalid("connectTimeoutInSeconds must be within [0; 300].");
        }

        if (request.Payload.Length > HubSizes.MethodPayload)
        {
            throw HubErrors.MessageTooLarge(request.Payload.Length, HubSizes.MethodPayload, "The method's payload");
        }

        if (!request.Payload.IsEmpty && !HubJson.TryParse(request.Payload.Span, out _, out string? fault))
        {
            throw HubErrors.FormatError($"The method's payload is not JSON: {fault}");
        }
    }

    private sealed class PendingCall(HubRegistryIdentity identity)
    {
        internal HubRegistryIdentity Identity { get; } = identity;

        internal DeviceLink? Link { get; set; }

        internal TaskCompletionSource<HubMethodResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
