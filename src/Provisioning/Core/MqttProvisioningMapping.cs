using System;

namespace DeviceClient.Protocol;

/// <summary>Turns the wishes of a <see cref="ProvisioningSession"/> into MQTT packets and what comes back into facts.</summary>
/// <remarks>Not thread-safe: it lives under the same owner or lock as its session and connection. Each connection is a clean session; nothing of an
/// earlier one is carried over. DPS over MQTT takes symmetric keys and X.509, not TPM. Sources: docs/protocol.md, "Provisioning".</remarks>
public sealed class MqttProvisioningMapping
{
    private readonly ProvisioningOptions _options;
    private readonly ProvisioningSession _session;
    private readonly MqttConnection _connection;
    private readonly MqttEvent _event = new MqttEvent();
    private readonly MqttPublish _publish = new MqttPublish();
    private bool _refused;

    /// <summary>Makes the mapping of one registration.</summary>
    /// <param name="options">The same as the session's.</param>
    /// <param name="session">Gets the facts.</param>
    /// <param name="connection">Carries the packets.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public MqttProvisioningMapping(ProvisioningOptions options, ProvisioningSession session, MqttConnection connection)
    {
        ArgumentNullException.ThrowIfNull(options, nameof(options));
        ArgumentNullException.ThrowIfNull(session, nameof(session));
        ArgumentNullException.ThrowIfNull(connection, nameof(connection));
        _options = options;
        _session = session;
        _connection = connection;
    }

    /// <summary>Messages on topics that are none of the service's answers; they are dropped.</summary>
    public long UnknownTopics { get; private set; }

    /// <summary>Whether the MQTT machine gave the connection up; the driver then closes the transport and reports it to the session.</summary>
    public bool IsFailed
    {
        get { return _connection.State == MqttConnectionState.Failed && !_refused; }
    }

    /// <summary>When <see cref="HandleTimeout"/> must be called at the latest, in monotonic milliseconds.</summary>
    public long NextDeadline
    {
        get { return _connection.NextDeadline; }
    }

    /// <summary>TCP, TLS and WebSocket stand: says CONNECT. The session learns that the transport is open when the subscription is confirmed.</summary>
    /// <param name="token">A fresh token for <see cref="ProvisioningOptions.TokenResource"/>; null when a client certificate proves the identity.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportReady(string? token, long now)
    {
        _refused = false;
        _connection.Reset();
        MqttConnectParameters parameters = new MqttConnectParameters(_options.RegistrationId);
        parameters.UserName = DpsTopics.GetUserName(_options);
        parameters.Password = token == null ? null : Utf8Text.GetBytes(token);
        parameters.CleanSession = true;
        if (_connection.Connect(parameters, now) != MqttSendStatus.Accepted)
        {
            Refuse(HubErrorCode.BadRequest, "The token or the user name is longer than MQTT allows (65,535 bytes).", now);
        }
    }

    /// <summary>Feeds what the transport received. All slices are consumed when the call returns.</summary>
    /// <param name="buffer">Holds the bytes.</param>
    /// <param name="offset">Start of the bytes.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleReceived(byte[] buffer, int offset, int count, long now)
    {
        _connection.HandleReceived(buffer, offset, count, now);
        DrainEvents(now);
    }

    /// <summary>Does what time demands of the MQTT machine.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTimeout(long now)
    {
        _connection.HandleTimeout(now);
        DrainEvents(now);
    }

    /// <summary>The transport is gone. Call it besides <see cref="ProvisioningSession.HandleTransportClosed"/>, and also after a wished close.</summary>
    public void HandleTransportClosed()
    {
        _connection.HandleClosed();
        _connection.Reset();
    }

    /// <summary>Says goodbye before a wished close.</summary>
    public void TryDisconnect()
    {
        _connection.TryDisconnect();
    }

    /// <summary>Puts a wish into the output.</summary>
    /// <param name="wish">A wish to send.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <returns>False when there is no room now: write the output and call again with the same wish.</returns>
    /// <exception cref="ArgumentException">The wish is one for the driver.</exception>
    /// <exception cref="ArgumentNullException">The wish is null.</exception>
    public bool TryCarry(ProvisioningWish wish, long now)
    {
        ArgumentNullException.ThrowIfNull(wish, nameof(wish));
        if (wish.Kind != ProvisioningWishKind.SendRegister && wish.Kind != ProvisioningWishKind.SendPoll)
        {
            throw new ArgumentException("The wish " + ((int)wish.Kind).ToString() + " is for the driver, not for the mapping.", nameof(wish));
        }

        byte[] topic = wish.Kind == ProvisioningWishKind.SendRegister
            ? DpsTopics.GetRegisterTopic(wish.RequestId)
            : DpsTopics.GetPollTopic(wish.RequestId, wish.OperationId);
        _publish.Topic1 = topic;
        _publish.Topic1Offset = 0;
        _publish.Topic1Count = topic.Length;
        _publish.Payload = wish.Body;
        _publish.PayloadOffset = 0;
        _publish.PayloadCount = wish.BodyCount;
        _publish.Qos = 1;
        _publish.PacketId = 0;
        MqttSendStatus status = _connection.TryPublish(_publish, now);

        // On a connection that is gone the wish is moot: the session repeats it on the next one.
        return status != MqttSendStatus.WouldBlock && status != MqttSendStatus.WindowFull;
    }

    private void DrainEvents(long now)
    {
        while (_connection.TryReadEvent(_event))
        {
            HandleEvent(now);
        }
    }

    private void HandleEvent(long now)
    {
        switch (_event.Kind)
        {
            case MqttEventKind.Connected:
                _connection.TrySubscribe(DpsTopics.Filter, 1, now, out int _);
                break;
            case MqttEventKind.SubscribeAcknowledged:
                HandleSubscribed(now);
                break;
            case MqttEventKind.PublishReceived:
                HandlePublish(now);
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

    private void HandleSubscribed(long now)
    {
        if (_event.GrantedQos <= 2)
        {
            _session.HandleTransportOpened(now);
        }
        else
        {
            Refuse(HubErrorCode.ProtocolError, "The provisioning service refused the subscription to its answers.", now);
        }
    }

    private void HandlePublish(long now)
    {
        if (_event.Qos > 0)
        {
            // A lost acknowledgement does no harm: the session is clean, and a repeated answer is not waited for.
            _connection.TryAcknowledge(_event.PacketId);
        }

        if (!DpsTopics.TryParseAnswer(_event.Buffer, _event.TopicOffset, _event.TopicCount, out int status, out string requestId, out int retryAfterSeconds))
        {
            UnknownTopics++;
            return;
        }

        _session.HandleAnswer(requestId, status, retryAfterSeconds, _event.Buffer, _event.PayloadOffset, _event.PayloadCount, now);
    }

    private void HandleRefused(int returnCode, long now)
    {
        if (returnCode == 3)
        {
            Refuse(HubErrorCode.ServiceUnavailable, "The provisioning service is unavailable or throttles connections (CONNACK 3).", now);
        }
        else if (returnCode == 1)
        {
            Refuse(HubErrorCode.NotSupported, "The provisioning service refuses MQTT 3.1.1 (CONNACK 1).", now);
        }
        else
        {
            Refuse(HubErrorCode.Unauthorized, "The provisioning service refuses the registration (CONNACK " + returnCode.ToString()
                + "): wrong key or certificate, wrong clock, unknown ID scope, or no enrollment for this registration id.", now);
        }
    }

    private void Refuse(HubErrorCode error, string detail, long now)
    {
        _refused = true;
        _session.HandleTransportRefused(error, detail, 0, now);
    }
}
