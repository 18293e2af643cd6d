using System.Runtime.InteropServices;
using MQTTnet.Packets;

namespace DeviceClient.Emulator;

/// <summary>Direct methods over MQTT: requests with QoS 0, answers with either.</summary>
internal sealed partial class MqttDeviceLink
{
    private static readonly byte[] s_nullText = "null"u8.ToArray();

    internal override bool TryInvoke(string requestId, string method, ReadOnlyMemory<byte> payload)
    {
        if (!TakesMethods)
        {
            return false;
        }

        if (payload.IsEmpty && _hub.Behavior.MethodNullPayloadIsNullText)
        {
            payload = s_nullText;
        }

        Emit(HubFaultPoint.MethodRequest, new MqttPublishPacket
        {
            Topic = $"$iothub/methods/POST/{method}/?$rid={requestId}",
            PayloadSegment = MemoryMarshal.TryGetArray(payload, out ArraySegment<byte> segment) ? segment : payload.ToArray(),
        });
        _wire.Flush();
        return true;
    }

    private void HandleMethodResponse(string topic, ReadOnlyMemory<byte> payload)
    {
        if (!HubTopics.TryParseMethodResponse(topic, out int status, out string? requestId))
        {
            throw new MqttViolationException(400004, $"The method answer '{topic}' is not '{HubTopics.MethodResponse}{{status}}/?$rid={{id}}'.");
        }

        Identity.LastActivityTime = _hub.Time.GetUtcNow();
        if (_hub.Faults.Take(HubFaultPoint.MethodResponse, Identity) is HubFault fault && !Pass(fault.Rule))
        {
            return;
        }

        if (_hub.Methods.Answer(Identity, requestId, status, payload))
        {
            return;
        }

        string text = $"The answer to the method request '{requestId}' is dropped: nobody waits for it (any more).";
        if (!_hub.Behavior.IgnoreUnknownMethodResponse)
        {
            throw new MqttViolationException(400004, text);
        }

        _hub.Log.Write(HubLogEvent.Rejected, 400004, Identity.Id, text);
    }
}
