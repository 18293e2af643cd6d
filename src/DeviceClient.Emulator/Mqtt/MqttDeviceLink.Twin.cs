using System.Globalization;
using System.Text.Json.Nodes;
using MQTTnet.Packets;

namespace DeviceClient.Emulator;

/// <summary>Twin over MQTT: read, reported patch, notices of desired changes. All of them with QoS 0.</summary>
internal sealed partial class MqttDeviceLink
{
    internal override void DesiredChanged(byte[] body, long version)
    {
        if (_closed != 0 || _session.Qos(HubTopics.DesiredChanges) < 0)
        {
            return;
        }

        Emit(HubFaultPoint.DesiredChange, new MqttPublishPacket
        {
            Topic = string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/PATCH/properties/desired/?$version={version}"),
            PayloadSegment = body,
        });
        _wire.Flush();
    }

    private void HandleTwinGet(string topic)
    {
        string requestId = RequireRequestId(topic);
        if (!AdmitTwinRequest(requestId))
        {
            return;
        }

        HubTwin twin;
        try
        {
            twin = _hub.Twins.Get(Identity.DeviceId, Identity.ModuleId);
        }
        catch (HubServiceException error)
        {
            AnswerTwin(error, requestId);
            return;
        }

        JsonObject body = new()
        {
            ["desired"] = twin.Desired.ToJson(withMetadata: false),
            ["reported"] = twin.Reported.ToJson(withMetadata: false),
        };
        AnswerTwin($"$iothub/twin/res/200/?$rid={requestId}", HubJson.ToUtf8(body));
    }

    private void HandleTwinPatch(string topic, ReadOnlyMemory<byte> payload)
    {
        string requestId = RequireRequestId(topic);
        if (!AdmitTwinRequest(requestId))
        {
            return;
        }

        try
        {
            if (!HubJson.TryParse(payload.Span, out JsonNode? node, out string? fault))
            {
                throw HubErrors.FormatError($"The reported patch is not JSON: {fault}");
            }

            JsonObject patch = node as JsonObject ?? throw HubErrors.FormatError("The reported patch is not a JSON object.");
            long version = _hub.Twins.UpdateReported(Identity.DeviceId, patch, Identity.ModuleId, ExpectedVersion(topic));
            AnswerTwin(string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/res/204/?$rid={requestId}&$version={version}"), []);
        }
        catch (HubServiceException error)
        {
            _hub.Log.Write(HubLogEvent.Rejected, error.Code, Identity.Id, error.Message);
            AnswerTwin(error, requestId);
        }
    }

    private long? ExpectedVersion(string topic)
    {
        string? text = _hub.Behavior.HonorReportedVersionPrecondition ? HubTopics.FindParameter(topic, "$version") : null;
        if (text is null)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            ? version
            : throw HubErrors.ArgumentInvalid($"The $version '{text}' of the topic is not a number.");
    }

    private static string RequireRequestId(string topic)
    {
        string? requestId = HubTopics.FindParameter(topic, "$rid");
        return !string.IsNullOrEmpty(requestId)
            ? requestId
            : throw new MqttViolationException(400004, $"The twin topic '{topic}' has no request id; it ends with '/?$rid={{id}}'.");
    }

    /// <summary>Faults, and the rule that answers go to subscribers only.</summary>
    private bool AdmitTwinRequest(string requestId)
    {
        Identity.LastActivityTime = _hub.Time.GetUtcNow();
        if (_session.Qos(HubTopics.TwinResponses) < 0)
        {
            _hub.Log.Write(HubLogEvent.Rejected, 400004, Identity.Id, $"Twin request '{requestId}' is dropped: subscribe to '{HubTopics.TwinResponses}' first.");
            return false;
        }

        if (_hub.Faults.Take(HubFaultPoint.TwinRequest, Identity) is not HubFault fault)
        {
            return true;
        }

        if (fault.Rule.Action == HubFaultAction.Throttle)
        {
            AnswerTwin(new HubServiceException(429001, "ThrottlingException", "Too many twin requests; wait and repeat."), requestId);
            return false;
        }

        return Pass(fault.Rule);
    }

    private void AnswerTwin(HubServiceException error, string requestId)
    {
        JsonObject body = new()
        {
            ["errorCode"] = error.Code,
            ["trackingId"] = Guid.NewGuid().ToString("N"),
            ["message"] = error.Message,
            ["timestampUtc"] = _hub.Time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
        AnswerTwin(string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/res/{error.HttpStatus}/?$rid={requestId}"), HubJson.ToUtf8(body));
    }

    private void AnswerTwin(string topic, byte[] body) =>
        Emit(HubFaultPoint.TwinResponse, new MqttPublishPacket { Topic = topic, PayloadSegment = body });
}
