using System;

namespace DeviceClient.Protocol;

/// <content>What the service sends on its own: direct methods, cloud-to-device messages, messages to module inputs.</content>
public sealed partial class HubSession
{
    private string[] _methodIds = new string[4];
    private long[] _methodTokens = new long[4];
    private int _methodCount;
    private long _lastMethodToken;

    /// <summary>Messages that were left unacknowledged because nothing wants them now; the hub keeps them.</summary>
    public long UnwantedMessages { get; private set; }

    /// <summary>The service invokes a direct method.</summary>
    /// <param name="name">The method's name.</param>
    /// <param name="requestId">Opaque; goes back with the answer.</param>
    /// <param name="buffer">Holds the payload.</param>
    /// <param name="offset">Start of the payload.</param>
    /// <param name="count">Length of the payload.</param>
    public void HandleMethodInvoked(string name, string requestId, byte[] buffer, int offset, int count)
    {
        if (_methodCount == _methodIds.Length)
        {
            string[] ids = new string[_methodCount * 2];
            long[] tokens = new long[_methodCount * 2];
            Array.Copy(_methodIds, 0, ids, 0, _methodCount);
            Array.Copy(_methodTokens, 0, tokens, 0, _methodCount);
            _methodIds = ids;
            _methodTokens = tokens;
        }

        _lastMethodToken++;
        _methodIds[_methodCount] = requestId;
        _methodTokens[_methodCount] = _lastMethodToken;
        _methodCount++;
        HubNotification told = _queue.AddNotification(HubNotificationKind.MethodRequested);
        told.Name = name;
        told.RequestId = requestId;
        told.Token = _lastMethodToken;
        told.Body = Copy(buffer, offset, count);
    }

    /// <summary>Answers a direct method.</summary>
    /// <param name="methodToken">The token of its notification.</param>
    /// <param name="status">Any number; 200-class means success by custom.</param>
    /// <param name="payload">JSON in UTF-8, or null for none. The array must not change until the wish is carried.</param>
    /// <param name="offset">Start of the payload.</param>
    /// <param name="count">Length of the payload.</param>
    /// <returns>False when the connection the method came by is gone, or it was answered already; the hub has told its caller.</returns>
    public bool RespondToMethod(long methodToken, int status, byte[]? payload, int offset, int count)
    {
        for (int i = 0; i < _methodCount; i++)
        {
            if (_methodTokens[i] != methodToken)
            {
                continue;
            }

            HubWish wish = _queue.AddWish(HubWishKind.AnswerMethod);
            wish.RequestId = _methodIds[i];
            wish.Status = status;
            wish.Buffer = payload;
            wish.PayloadOffset = offset;
            wish.PayloadCount = payload == null ? 0 : count;
            _methodCount--;
            _methodIds[i] = _methodIds[_methodCount];
            _methodTokens[i] = _methodTokens[_methodCount];
            _methodIds[_methodCount] = null!;
            return true;
        }

        return false;
    }

    /// <summary>A message arrived.</summary>
    /// <param name="inputName">The module's input; null for a cloud-to-device message.</param>
    /// <param name="packetId">What acknowledges it; 0 when it needs no acknowledgement.</param>
    /// <param name="buffer">Holds properties and payload.</param>
    /// <param name="bagOffset">Start of the encoded properties.</param>
    /// <param name="bagCount">Length of the encoded properties.</param>
    /// <param name="payloadOffset">Start of the payload.</param>
    /// <param name="payloadCount">Length of the payload.</param>
    public void HandleMessageReceived(string? inputName, int packetId, byte[] buffer, int bagOffset, int bagCount, int payloadOffset, int payloadCount)
    {
        HubFeature feature = inputName == null ? HubFeature.CloudToDevice : HubFeature.ModuleInputs;
        if ((Wanted & feature) == 0)
        {
            // Left unacknowledged: the hub keeps it for the day a handler exists (P68).
            UnwantedMessages++;
            return;
        }

        HubNotification told = _queue.AddNotification(inputName == null ? HubNotificationKind.MessageReceived : HubNotificationKind.InputMessageReceived);
        told.Name = inputName;
        told.Token = ((long)_epoch << 16) | (uint)packetId;
        told.Body = Copy(buffer, payloadOffset, payloadCount);
        PropertyBag properties = new PropertyBag();
        if (!PropertyBagCodec.TryDecode(buffer, bagOffset, bagCount, properties))
        {
            properties.Clear();
            told.Error = HubErrorCode.ProtocolError;
            told.Detail = "The message's properties could not be decoded and are left out.";
        }

        told.Properties = properties;
    }

    /// <summary>Settles a received message.</summary>
    /// <param name="messageToken">The token of its notification.</param>
    /// <param name="disposition">What becomes of it.</param>
    /// <returns>False when the connection it came by is gone: its lock is lost and the hub delivers it again.</returns>
    public bool SettleMessage(long messageToken, MessageDisposition disposition)
    {
        if (!_transportActive || messageToken >> 16 != _epoch)
        {
            return false;
        }

        int packetId = (int)(messageToken & 0xFFFF);
        if (packetId != 0)
        {
            HubWish wish = _queue.AddWish(HubWishKind.Settle);
            wish.PacketId = packetId;
            wish.Disposition = disposition;
        }

        return true;
    }

    private static byte[]? Copy(byte[] buffer, int offset, int count)
    {
        if (count == 0)
        {
            return null;
        }

        byte[] copy = new byte[count];
        Array.Copy(buffer, offset, copy, 0, count);
        return copy;
    }

    private void ForgetMethods()
    {
        for (int i = 0; i < _methodCount; i++)
        {
            _methodIds[i] = null!;
        }

        _methodCount = 0;
    }
}
