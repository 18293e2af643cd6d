using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using DeviceClient.Diagnostics;
using DeviceClient.Engine;
using DeviceClient.Protocol;
using DeviceClient.Threading;

namespace DeviceClient;

/// <content>Direct methods.</content>
public abstract partial class HubClient
{
    private readonly ConcurrentDictionary<string, Func<DirectMethodRequest, CancellationToken, Task<DirectMethodResponse>>> _methodHandlers =
        new(concurrencyLevel: 1, capacity: 4, StringComparer.Ordinal);
    private readonly HandlerLane _methods;
    private Func<DirectMethodRequest, CancellationToken, Task<DirectMethodResponse>>? _defaultMethodHandler;

    /// <summary>Sets, replaces or removes the handler of one direct method.</summary>
    /// <param name="methodName">Name of the method, compared exactly.</param>
    /// <param name="handler">
    /// Answers the call; null removes the handler. Its token is cancelled at <see cref="HubDeviceClientOptions.MethodHandlerTimeout"/> and when the
    /// client is disposed. A handler that throws answers 500 with a body without the exception's text; one that is late answers 504.
    /// </param>
    /// <remarks>
    /// Several handlers run at once, see <see cref="HubDeviceClientOptions.MaxConcurrentMethods"/>. A method without a handler is answered with
    /// 404 at once, as long as any handler is registered; without any, the hub tells its caller that the device is not listening.
    /// On an open client the first handler subscribes; nothing reconnects.
    /// </remarks>
    /// <exception cref="ArgumentException">The name is null or empty.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual void OnDirectMethod(string methodName, Func<DirectMethodRequest, CancellationToken, Task<DirectMethodResponse>>? handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(methodName);
        if (handler is null)
        {
            _methodHandlers.TryRemove(methodName, out _);
        }
        else
        {
            _methodHandlers[methodName] = handler;
        }

        WantMethods();
    }

    /// <summary>Sets, replaces or removes the handler of all direct methods that have none of their own.</summary>
    /// <param name="handler">As for one method; null removes it.</param>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual void OnDirectMethod(Func<DirectMethodRequest, CancellationToken, Task<DirectMethodResponse>>? handler)
    {
        Volatile.Write(ref _defaultMethodHandler, handler);
        WantMethods();
    }

    private void WantMethods() => Engine.SetFeature(HubFeature.DirectMethods, !_methodHandlers.IsEmpty || _defaultMethodHandler is not null);

    private void PostMethod(string name, string requestId, long token, byte[]? body)
    {
        bool posted = _methods.TryPost(() => HandleMethodAsync(name, requestId, token, body));
        if (!posted)
        {
            HubLog.MethodRefused(_logger, name, _options.MaxConcurrentMethods);
            // Not from here: the engine's gate is held.
            ThreadPool.UnsafeQueueUserWorkItem(
                static state => state.Client.Answer(state.Token, 429, Body("TooManyCalls", $"The device handles {state.Client._options.MaxConcurrentMethods} direct methods at once and as many wait.")),
                (Client: this, Token: token),
                preferLocal: false);
        }
    }

    private async Task HandleMethodAsync(string name, string requestId, long token, byte[]? body)
    {
        if (!_methodHandlers.TryGetValue(name, out Func<DirectMethodRequest, CancellationToken, Task<DirectMethodResponse>>? handler)
            && (handler = Volatile.Read(ref _defaultMethodHandler)) is null)
        {
            HubLog.MethodUnknown(_logger, name);
            Answer(token, 404, Body("MethodNotFound", $"The device has no direct method '{name}'."));
            return;
        }

        using Activity? activity = HubMetrics.Activities.StartActivity("deviceclient.method", ActivityKind.Server);
        activity?.SetTag("device.id", DeviceId).SetTag("rpc.method", name);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token);
        limit.CancelAfter(_options.MethodHandlerTimeout);
        try
        {
            DirectMethodResponse? response = await RunMethodAsync(handler, new DirectMethodRequest(name, body, requestId), token, limit.Token).ConfigureAwait(false);
            if (response is not null)
            {
                activity?.SetTag("rpc.status", response.Status);
                Answer(token, response.Status, response.Payload.ToArray());
            }
        }
#pragma warning disable CA1031 // Reason: an application's handler may throw anything; its caller gets a clean answer.
        catch (Exception error)
#pragma warning restore CA1031
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            HubLog.HandlerFailed(_logger, name, error);
            Answer(token, 500, Body("HandlerFailed", $"The device failed while handling '{name}'; its log says why."));
        }
    }

    /// <summary>Runs a handler; answers 504 in its place when it overruns its time, also when it ignores its token.</summary>
    private async Task<DirectMethodResponse?> RunMethodAsync(
        Func<DirectMethodRequest, CancellationToken, Task<DirectMethodResponse>> handler, DirectMethodRequest request, long token, CancellationToken limit)
    {
        bool isLate = false;
        using CancellationTokenRegistration late = limit.UnsafeRegister(
            _ =>
            {
                isLate = true;
                Answer(token, 504, Body("HandlerTimeout", $"The device did not finish '{request.Name}' within {_options.MethodHandlerTimeout}."));
            },
            null);
        try
        {
            DirectMethodResponse response = await handler(request, limit).ConfigureAwait(false);
            return isLate ? null : response ?? throw new InvalidOperationException($"The handler of '{request.Name}' returned null instead of a DirectMethodResponse.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Answer(long token, int status, byte[] body)
    {
        if (!Engine.RespondToMethod(token, status, body, _methods.IsAlone))
        {
            HubLog.AnswerLate(_logger, status);
        }
    }

    /// <summary>A clean JSON body: code and message, escaped, no exception text.</summary>
    private static byte[] Body(string code, string message)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
