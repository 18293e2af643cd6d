namespace DeviceClient.Protocol;

/// <content>What the MQTT machine reports becomes facts for the session.</content>
public sealed partial class MqttHubMapping
{
    private void DrainEvents(long now)
    {
        while (true)
        {
            int acknowledged;
            while ((acknowledged = _connection.ReadAcknowledged(_acknowledged)) > 0)
            {
                for (int i = 0; i < acknowledged; i++)
                {
                    _session.HandleTelemetryAccepted(_acknowledged[i], now);
                }
            }

            if (!_connection.TryReadEvent(_event))
            {
                return;
            }

            HandleEvent(now);
        }
    }

    private void HandleEvent(long now)
    {
        switch (_event.Kind)
        {
            case MqttEventKind.Connected:
                _session.HandleTransportOpened(now);
                break;
            case MqttEventKind.PublishReceived:
                HandlePublish(now);
                break;
            case MqttEventKind.PublishAcknowledged:
                _session.HandleTelemetryAccepted(_event.Token, now);
                break;
            case MqttEventKind.PublishSent:
                // A message of QoS 1 that went out in pieces still waits for its acknowledgement.
                if (_event.Token >= 0 && _telemetry.Qos == 0)
                {
                    _session.HandleTelemetryAccepted(_event.Token, now);
                }

                break;
            case MqttEventKind.SubscribeAcknowledged:
                HandleSubscribed(now);
                break;
            case MqttEventKind.Failed:
                if (_event.Failure == MqttFailure.Refused)
                {
                    HandleRefused(_event.ReturnCode, now);
                }

                break;
            default:
                break;
        }
    }

    private void HandlePublish(long now)
    {
        byte[] buffer = _event.Buffer;
        if (!_parser.Parse(buffer, _event.TopicOffset, _event.TopicCount, _match))
        {
            UnknownTopics++;
            return;
        }

        switch (_match.Kind)
        {
            case HubTopicKind.DirectMethod:
                _session.HandleMethodInvoked(_match.Name, _match.RequestId, buffer, _event.PayloadOffset, _event.PayloadCount);
                break;
            case HubTopicKind.TwinResponse:
                _session.HandleTwinAnswered(_match.RequestId, _match.Status, _match.Version, _match.RetryAfterSeconds, buffer, _event.PayloadOffset, _event.PayloadCount, now);
                break;
            case HubTopicKind.DesiredProperties:
                _session.HandleDesiredChanged(_match.Version, buffer, _event.PayloadOffset, _event.PayloadCount, now);
                break;
            default:
                string? input = _match.Kind == HubTopicKind.ModuleInput ? _match.Name : null;
                _session.HandleMessageReceived(input, _event.PacketId, buffer, _match.BagOffset, _match.BagCount, _event.PayloadOffset, _event.PayloadCount);
                break;
        }
    }

    private void HandleSubscribed(long now)
    {
        for (int i = 0; i < _subscribeIds.Length; i++)
        {
            if (_subscribeIds[i] == _event.PacketId)
            {
                _subscribeIds[i] = 0;
                _session.HandleSubscribed((HubFeature)(1 << i), _event.GrantedQos <= 2, now);
                return;
            }
        }
    }

    private void HandleRefused(int returnCode, long now)
    {
        switch (returnCode)
        {
            case 1:
                Refuse(HubErrorCode.NotSupported, "The hub refuses MQTT 3.1.1 (CONNACK 1).", now);
                break;
            case 3:
                Refuse(HubErrorCode.ServiceUnavailable, "The hub is unavailable or throttles connections (CONNACK 3).", now);
                break;
            default:
                Refuse(HubErrorCode.Unauthorized, "The hub refuses the identity (CONNACK " + returnCode.ToString()
                    + "): wrong or expired credential, wrong clock, unknown or disabled device, or another hub's name. MQTT does not tell which.", now);
                break;
        }
    }
}
