using DeviceClient.Engine;
using DeviceClient.Protocol;
using DeviceClient.Threading;

namespace DeviceClient;

/// <content>Messages from the hub: shared by cloud-to-device messages and module inputs.</content>
public abstract partial class HubClient
{
    /// <summary>Messages that may wait for a slow handler; more than the hub's queue of 50 holds for a device. Source: docs/protocol.md, "Cloud-to-device".</summary>
    private const int MessageCapacity = 64;

    private readonly HandlerLane _messages;
    private readonly HandlerLane _inputs;
    private Func<CloudToDeviceMessage, CancellationToken, Task<MessageDisposition>>? _messageHandler;
    private Func<ModuleInputMessage, CancellationToken, Task<MessageDisposition>>? _inputHandler;

    private protected void SetMessageHandler(Func<CloudToDeviceMessage, CancellationToken, Task<MessageDisposition>>? handler)
    {
        Volatile.Write(ref _messageHandler, handler);
        Engine.SetFeature(HubFeature.CloudToDevice, handler is not null);
    }

    private protected void SetInputHandler(Func<ModuleInputMessage, CancellationToken, Task<MessageDisposition>>? handler)
    {
        Volatile.Write(ref _inputHandler, handler);
        Engine.SetFeature(HubFeature.ModuleInputs, handler is not null);
    }

    private void PostMessage(long token, byte[]? body, PropertyBag? properties)
    {
        CloudToDeviceMessage message = new(body, properties);
        bool posted = _messages.TryPost(() =>
            Volatile.Read(ref _messageHandler) is { } handler ? SettleAsync(handler(message, _disposing.Token), token, message) : Task.CompletedTask);
        if (!posted)
        {
            HubLog.MessageLeft(_logger, message.MessageId ?? "", MessageCapacity);
        }
    }

    private void PostInput(string input, long token, byte[]? body, PropertyBag? properties)
    {
        ModuleInputMessage message = new(input, body, properties);
        bool posted = _inputs.TryPost(() =>
            Volatile.Read(ref _inputHandler) is { } handler ? SettleAsync(handler(message, _disposing.Token), token, message) : Task.CompletedTask);
        if (!posted)
        {
            HubLog.MessageLeft(_logger, message.MessageId ?? "", MessageCapacity);
        }
    }

    private async Task SettleAsync(Task<MessageDisposition> handling, long token, ReceivedMessage message)
    {
        MessageDisposition disposition = await handling.ConfigureAwait(false);
        if (disposition == MessageDisposition.Reject && !SupportsMessageRejection)
        {
            HubLog.CannotReject(_logger, message.MessageId ?? "");
        }

        if (!Engine.SettleMessage(token, disposition))
        {
            HubLog.LockLost(_logger, message.MessageId ?? "");
        }
    }
}
