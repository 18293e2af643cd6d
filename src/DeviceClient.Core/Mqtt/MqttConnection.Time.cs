namespace DeviceClient.Protocol;

/// <content>What time demands: keep-alive and overdue answers.</content>
/// <remarks>
/// Due times are set when a wait begins and looked at again only when they pass; nothing is written to them for each packet.
/// A due time is therefore never late but may be early, and <see cref="HandleTimeout"/> then moves it to where it belongs.
/// </remarks>
public sealed partial class MqttConnection
{
    /// <summary>Does what time demands: a ping when it is due, failure when an answer is overdue. Harmless when called early.</summary>
    /// <param name="nowMilliseconds">The monotonic clock.</param>
    public void HandleTimeout(long nowMilliseconds)
    {
        _now = nowMilliseconds;
        if (nowMilliseconds < NextDeadline)
        {
            return;
        }

        if (IsDue(MqttDeadline.ConnectAnswer))
        {
            Fail(MqttInput.AnswerOverdue, MqttFailure.ConnectTimeout);
        }
        else if (IsPublishOverdue() || IsRequestOverdue())
        {
            Fail(MqttInput.AnswerOverdue, MqttFailure.AckTimeout);
        }
        else if (IsPingOverdue())
        {
            Fail(MqttInput.AnswerOverdue, MqttFailure.PingTimeout);
        }
        else if (IsIdle())
        {
            Ping();
        }

        _output.WasTaken = false;
    }

    // The latest time is kept for "never", so that a clock near its end still has deadlines.
    private static long Later(long now, int milliseconds)
    {
        return now > Never - 1 - milliseconds ? Never - 1 : now + milliseconds;
    }

    private void ClearDeadlines()
    {
        for (int i = 0; i < DeadlineCount; i++)
        {
            _deadlines[i] = Never;
        }
    }

    private void Arm(MqttDeadline deadline, long from, int milliseconds)
    {
        if (_deadlines[(int)deadline] == Never)
        {
            _deadlines[(int)deadline] = Later(from, milliseconds);
        }
    }

    private bool IsDue(MqttDeadline deadline)
    {
        return _deadlines[(int)deadline] != Never && _now >= _deadlines[(int)deadline];
    }

    // Moves a due time that has passed to where it belongs now, and says whether that has passed too.
    private bool IsOverdue(MqttDeadline deadline, bool waits, long from, int milliseconds)
    {
        _deadlines[(int)deadline] = waits ? Later(from, milliseconds) : Never;
        return IsDue(deadline);
    }

    private bool IsPublishOverdue()
    {
        if (!IsDue(MqttDeadline.PublishAnswer))
        {
            return false;
        }

        int packetId = _window.FirstSent;
        if (packetId == 0)
        {
            return IsOverdue(MqttDeadline.PublishAnswer, false, 0, 0);
        }

        if (packetId == _partialPacketId && _output.WasTaken)
        {
            // A large packet on a slow link: its end is not written yet, but its pieces go out.
            _window.SetSentAt(packetId, _now);
        }

        return IsOverdue(MqttDeadline.PublishAnswer, true, _window.GetSentAt(packetId), _ackTimeoutMilliseconds);
    }

    private bool IsRequestOverdue()
    {
        return IsDue(MqttDeadline.SubscribeAnswer)
            && IsOverdue(MqttDeadline.SubscribeAnswer, !_requests.IsEmpty, _requests.FirstSentAt, _ackTimeoutMilliseconds);
    }

    private bool IsPingOverdue()
    {
        if (!IsDue(MqttDeadline.PingAnswer))
        {
            return false;
        }

        if (_lastReceived <= _pingSent)
        {
            return true;
        }

        // The answer may queue behind a long message; bytes that came since the ping prove life as well as it does.
        EndPing();
        return false;
    }

    private bool IsIdle()
    {
        if (!IsDue(MqttDeadline.Ping))
        {
            return false;
        }

        if (_output.IsPartial && _output.WasTaken)
        {
            // A ping cannot be put into the middle of a packet, and its pieces are traffic.
            _lastSent = _now;
            return IsOverdue(MqttDeadline.Ping, true, _now, _keepAliveMilliseconds);
        }

        // Silence of the server counts as well: with QoS 0 alone nothing else would show that the link is dead.
        return IsOverdue(MqttDeadline.Ping, true, _lastSent < _lastReceived ? _lastSent : _lastReceived, _keepAliveMilliseconds);
    }

    private void Ping()
    {
        Move(MqttInput.Idle);
        _output.Ping();
        _pingSent = _now;
        _lastSent = _now;
        _deadlines[(int)MqttDeadline.Ping] = Never;
        Arm(MqttDeadline.PingAnswer, _now, _pingTimeoutMilliseconds);
    }

    private void HandlePingResp()
    {
        // One that nobody asked for changes nothing.
        if (_deadlines[(int)MqttDeadline.PingAnswer] != Never)
        {
            EndPing();
        }
    }

    private void EndPing()
    {
        _deadlines[(int)MqttDeadline.PingAnswer] = Never;
        Arm(MqttDeadline.Ping, _pingSent, _keepAliveMilliseconds);
    }
}
