using System;

namespace DeviceClient.Protocol;

/// <summary>Turns the wishes of a <see cref="HubSession"/> into MQTT packets and what comes back into facts.</summary>
/// <remarks>Not thread-safe: it lives under the same owner or lock as its session and connection. Sources: docs/protocol.md.</remarks>
public sealed partial class MqttHubMapping
{
    private const int AcknowledgedBatch = 16;

    // Fixed header and topic length of a QoS 0 publish (MQTT 3.1.1, 2.2 and 3.3.2).
    private const int MaxHeaderBytes = 7;

    private readonly MqttHubMappingOptions _options;
    private readonly HubSession _session;
    private readonly MqttConnection _connection;
    private readonly HubTopics _topics;
    private readonly HubTopicParser _parser;
    private readonly HubTopicMatch _match = new HubTopicMatch();
    private readonly MqttEvent _event = new MqttEvent();
    private readonly MqttPublish _publish = new MqttPublish();
    private readonly MqttPublish _telemetry = new MqttPublish();
    private readonly long[] _acknowledged = new long[AcknowledgedBatch];

    // Which SUBSCRIBE stands for which feature; at most one of each is under way.
    private readonly int[] _subscribeIds = new int[5];
    private string? _refusal;

    /// <summary>Makes the mapping of one identity.</summary>
    /// <param name="options">Identity and habits; must not change afterwards.</param>
    /// <param name="session">Gets the facts.</param>
    /// <param name="connection">Carries the packets.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public MqttHubMapping(MqttHubMappingOptions options, HubSession session, MqttConnection connection)
    {
        _options = options ?? throw new ArgumentNullException(nameof(options));
        _session = session ?? throw new ArgumentNullException(nameof(session));
        _connection = connection ?? throw new ArgumentNullException(nameof(connection));
        _topics = new HubTopics(options.HostName, options.DeviceId, options.ModuleId);
        _parser = new HubTopicParser(_topics);
        _telemetry.Topic1 = _topics.TelemetryPrefix;
        _telemetry.Topic1Count = _topics.TelemetryPrefix.Length;
        _telemetry.Qos = options.TelemetryQos;
    }

    /// <summary>Messages on topics that are none of the hub's; they are dropped.</summary>
    public long UnknownTopics { get; private set; }

    /// <summary>Whether the MQTT machine gave the connection up; the driver then closes the transport and reports <see cref="FailureError"/>.</summary>
    public bool IsFailed
    {
        get { return _connection.State == MqttConnectionState.Failed && _refusal == null; }
    }

    /// <summary>Why the MQTT machine gave up.</summary>
    public HubErrorCode FailureError
    {
        get { return MqttFailureText.GetError(_connection.Failure); }
    }

    /// <summary>Why the MQTT machine gave up, for people.</summary>
    public string FailureDetail
    {
        get { return MqttFailureText.Get(_connection.Failure); }
    }

    /// <summary>When <see cref="HandleTimeout"/> must be called at the latest, in monotonic milliseconds.</summary>
    public long NextDeadline
    {
        get { return _connection.NextDeadline; }
    }

    /// <summary>TCP, TLS and WebSocket stand: says CONNECT.</summary>
    /// <param name="credential">The token; null when a client certificate proves the identity.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTransportReady(string? credential, long now)
    {
        _refusal = null;
        ForgetSubscriptions();
        int orphan;
        while (_session.Outbox.TryTakeOrphan(out orphan))
        {
            _connection.ForgetInFlight(orphan);
        }

        MqttConnectParameters parameters = new MqttConnectParameters(_topics.ClientId);
        parameters.UserName = _topics.GetUserName(_options.ApiVersion, _options.ProductInfo, _options.ModelId);
        parameters.Password = credential == null ? null : Utf8Text.GetBytes(credential);
        parameters.CleanSession = _options.CleanSession;
        if (_options.Will != null)
        {
            SetWill(parameters, _options.Will);
        }

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

    /// <summary>Hands over the bytes to write next, as <see cref="MqttConnection.TakeOutput"/> does, and settles what became complete by it.</summary>
    /// <param name="count">Bytes to write, from index 0.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <returns>The buffer, to be given back to the connection's buffer source after the write; null when there is nothing to write.</returns>
    public byte[]? TakeOutput(out int count, long now)
    {
        byte[]? output = _connection.TakeOutput(out count);
        if (output != null)
        {
            DrainEvents(now);
        }

        return output;
    }

    /// <summary>Does what time demands of the MQTT machine.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTimeout(long now)
    {
        _connection.HandleTimeout(now);
        DrainEvents(now);
    }

    /// <summary>The transport is gone. Call it besides <see cref="HubSession.HandleTransportClosed"/>, and also after a wished close.</summary>
    public void HandleTransportClosed()
    {
        _connection.HandleClosed();
        ForgetSubscriptions();
        _refusal = null;
    }

    /// <summary>Says goodbye, so that the hub does not send the will.</summary>
    public void TryDisconnect()
    {
        _connection.TryDisconnect();
    }

    /// <summary>Puts a wish into the output.</summary>
    /// <param name="wish">Any wish but those for the driver.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <returns>False when there is no room now: write the output (or wait for an acknowledgement) and call again with the same wish.</returns>
    /// <exception cref="ArgumentException">The wish is one for the driver.</exception>
    public bool TryCarry(HubWish wish, long now)
    {
        switch (wish.Kind)
        {
            case HubWishKind.SendTelemetry:
                return TryCarryTelemetry(wish, now);
            case HubWishKind.Subscribe:
                return TrySubscribe(wish.Feature, now);
            case HubWishKind.Unsubscribe:
                return TryUnsubscribe(wish.Feature, now);
            case HubWishKind.GetTwin:
                return TryPublish(HubTopics.GetTwinTopic(wish.RequestId!), null, 0, 0, now);
            case HubWishKind.PatchReported:
                return TryPublish(HubTopics.GetReportedTopic(wish.RequestId!), wish.Buffer, wish.PayloadOffset, wish.PayloadCount, now);
            case HubWishKind.AnswerMethod:
                return TryPublish(HubTopics.GetMethodAnswerTopic(wish.Status, wish.RequestId!), wish.Buffer, wish.PayloadOffset, wish.PayloadCount, now);
            case HubWishKind.Settle:
                // MQTT can only complete. A message that is not completed comes again when its lock ends or on the next connection.
                return wish.Disposition != MessageDisposition.Complete || IsCarried(_connection.TryAcknowledge(wish.PacketId));
            default:
                throw new ArgumentException("The wish " + ((int)wish.Kind).ToString() + " is for the driver, not for the mapping.", nameof(wish));
        }
    }

    private static bool IsCarried(MqttSendStatus status)
    {
        // On a connection that is gone the wish is moot; too large cannot happen below the session's limits.
        return status != MqttSendStatus.WouldBlock && status != MqttSendStatus.WindowFull;
    }

    private bool TryCarryTelemetry(HubWish wish, long now)
    {
        MqttPublish publish = _telemetry;
        publish.Topic2 = wish.Buffer;
        publish.Topic2Offset = wish.BagOffset;
        publish.Topic2Count = wish.BagCount;
        publish.Payload = wish.Buffer;
        publish.PayloadOffset = wish.PayloadOffset;
        publish.PayloadCount = wish.PayloadCount;
        publish.Token = wish.Token;
        publish.PacketId = 0;
        long token;
        if (wish.PacketId != 0 && _connection.TryGetInFlightToken(wish.PacketId, out token) && token == wish.Token)
        {
            publish.PacketId = wish.PacketId;
        }

        MqttSendStatus status = _connection.TryPublish(publish, now);
        if (status == MqttSendStatus.Accepted)
        {
            _session.HandleTelemetryCarried(wish.Token, publish.PacketId);
            if (publish.Qos == 0 && !publish.IsPartial)
            {
                _session.HandleTelemetryAccepted(wish.Token, now);
            }
        }
        else if (status == MqttSendStatus.TooLarge)
        {
            _session.Outbox.Cancel(wish.Token, HubErrorCode.MessageTooLarge);
        }

        return IsCarried(status);
    }

    private bool TryPublish(byte[] topic, byte[]? payload, int offset, int count, long now)
    {
        if (payload != null && count > _connection.LargestWholePacket - topic.Length - MaxHeaderBytes)
        {
            // It will be copied out in pieces, long after this call, and the owner may use its array again as soon as the wish is carried.
            byte[] copy = new byte[count];
            Array.Copy(payload, offset, copy, 0, count);
            payload = copy;
            offset = 0;
        }

        _publish.Topic1 = topic;
        _publish.Topic1Offset = 0;
        _publish.Topic1Count = topic.Length;
        _publish.Payload = payload;
        _publish.PayloadOffset = offset;
        _publish.PayloadCount = payload == null ? 0 : count;

        // QoS 0, as the answer is the acknowledgement; a publish in flight would only have to be unlearnt after a lost connection.
        _publish.Qos = 0;
        _publish.Token = -1;
        _publish.PacketId = 0;
        return IsCarried(_connection.TryPublish(_publish, now));
    }

    private bool TrySubscribe(HubFeature feature, long now)
    {
        byte[]? filter = _topics.GetFilter(feature);
        if (filter == null)
        {
            _session.HandleSubscribed(feature, false, now);
            return true;
        }

        // Messages need the acknowledgement of QoS 1, everything else is answered or compared anyway.
        int qos = feature == HubFeature.CloudToDevice || feature == HubFeature.ModuleInputs ? 1 : 0;
        int packetId;
        if (!IsCarried(_connection.TrySubscribe(filter, qos, now, out packetId)))
        {
            return false;
        }

        _subscribeIds[IndexOf(feature)] = packetId;
        return true;
    }

    private bool TryUnsubscribe(HubFeature feature, long now)
    {
        byte[]? filter = _topics.GetFilter(feature);
        int packetId;
        return filter == null || IsCarried(_connection.TryUnsubscribe(filter, now, out packetId));
    }

    private void Refuse(HubErrorCode error, string detail, long now)
    {
        _refusal = detail;
        _session.HandleTransportRefused(error, detail, 0, now);
    }

    private void SetWill(MqttConnectParameters parameters, TelemetryMessage will)
    {
        int bagCount = TelemetryEncoder.GetBagLength(will);
        byte[] topic = new byte[_topics.TelemetryPrefix.Length + bagCount];
        Array.Copy(_topics.TelemetryPrefix, 0, topic, 0, _topics.TelemetryPrefix.Length);
        TelemetryEncoder.WriteBag(will, topic, _topics.TelemetryPrefix.Length);
        byte[] payload = new byte[will.PayloadCount];
        Array.Copy(will.Payload, will.PayloadOffset, payload, 0, will.PayloadCount);
        parameters.WillTopic = topic;
        parameters.WillPayload = payload;
        parameters.WillQos = 1;
    }

    private void ForgetSubscriptions()
    {
        Array.Clear(_subscribeIds, 0, _subscribeIds.Length);
    }

    private static int IndexOf(HubFeature feature)
    {
        int index = 0;
        while (index < 4 && (1 << index) != (int)feature)
        {
            index++;
        }

        return index;
    }
}
