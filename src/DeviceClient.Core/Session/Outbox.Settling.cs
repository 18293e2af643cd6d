namespace DeviceClient.Protocol;

/// <content>How messages end: delivered, cancelled, expired, dropped; and what a lost connection does to those in flight.</content>
public sealed partial class Outbox
{
    /// <summary>The transport confirms a message.</summary>
    /// <returns>False when nobody waits for it any more.</returns>
    internal bool HandleAccepted(long token)
    {
        if (token < _first || token >= _end)
        {
            _orphans.Remove(token);
            return false;
        }

        int index = (int)(token & _mask);
        byte state = _states[index];
        bool unsent = state == (byte)OutboxEntryState.Settled || (state == (byte)OutboxEntryState.Queued && _packetIds[index] == 0);
        if (unsent)
        {
            _orphans.Remove(token);
            return false;
        }

        if (state != (byte)OutboxEntryState.Queued)
        {
            InFlight--;
        }

        bool awaited = state != (byte)OutboxEntryState.Abandoned;
        if (awaited)
        {
            Delivered++;
            _results.Add(token, HubErrorCode.None);
        }

        _states[index] = (byte)OutboxEntryState.Settled;
        Reclaim();
        return awaited;
    }

    /// <summary>The sender gives a message up.</summary>
    internal bool Cancel(long token, HubErrorCode error)
    {
        if (token < _first || token >= _end)
        {
            return false;
        }

        int index = (int)(token & _mask);
        byte state = _states[index];
        if (state != (byte)OutboxEntryState.Queued && state != (byte)OutboxEntryState.InFlight)
        {
            return false;
        }

        Cancelled++;
        _results.Add(token, error);
        GiveUp(token, index);
        Reclaim();
        return true;
    }

    /// <summary>A connection stands from here on: expired messages in flight are left to their acknowledgement.</summary>
    internal void HandleConnected()
    {
        _connected = true;
    }

    /// <summary>The connection is gone: what was in flight is sent again, in order, before what waited.</summary>
    internal void HandleDisconnected()
    {
        _connected = false;
        for (long token = _first; token < _next; token++)
        {
            int index = (int)(token & _mask);
            if (_states[index] == (byte)OutboxEntryState.InFlight)
            {
                _states[index] = (byte)OutboxEntryState.Queued;
            }
            else if (_states[index] == (byte)OutboxEntryState.Abandoned)
            {
                _orphans.Add(token, _packetIds[index]);
                _states[index] = (byte)OutboxEntryState.Settled;
            }
        }

        InFlight = 0;
        _next = _first;
        // Messages in flight were not looked at while the connection stood.
        _earliestExpiry = _first == _end ? long.MaxValue : 0;
        Reclaim();
    }

    /// <summary>Settles the messages whose life has ended.</summary>
    internal void HandleTimeout(long now)
    {
        if (now < _earliestExpiry)
        {
            return;
        }

        long earliest = long.MaxValue;
        for (long token = _first; token < _end; token++)
        {
            int index = (int)(token & _mask);
            byte state = _states[index];
            bool mayExpire = state == (byte)OutboxEntryState.Queued || (state == (byte)OutboxEntryState.InFlight && !_connected);
            if (!mayExpire)
            {
                continue;
            }

            if (_expiries[index] <= now)
            {
                Expired++;
                _results.Add(token, HubErrorCode.Expired);
                GiveUp(token, index);
            }
            else if (_expiries[index] < earliest)
            {
                earliest = _expiries[index];
            }
        }

        _earliestExpiry = earliest;
        Reclaim();
    }

    /// <summary>Settles everything that is left.</summary>
    internal void Clear(HubErrorCode error)
    {
        for (long token = _first; token < _end; token++)
        {
            int index = (int)(token & _mask);
            byte state = _states[index];
            if (state == (byte)OutboxEntryState.Queued || state == (byte)OutboxEntryState.InFlight)
            {
                Cancelled++;
                _results.Add(token, error);
                GiveUp(token, index);
            }
        }

        HandleDisconnected();
    }

    // A message in flight keeps its entry until the transport lets go of the packet id, or hands the id to the orphans.
    private void GiveUp(long token, int index)
    {
        if (_states[index] == (byte)OutboxEntryState.InFlight)
        {
            _states[index] = (byte)OutboxEntryState.Abandoned;
            return;
        }

        if (_packetIds[index] != 0)
        {
            _orphans.Add(token, _packetIds[index]);
        }

        _states[index] = (byte)OutboxEntryState.Settled;
    }

    private bool DropOldest()
    {
        if (_first == _end)
        {
            return false;
        }

        int index = (int)(_first & _mask);
        byte state = _states[index];
        if (state == (byte)OutboxEntryState.InFlight || state == (byte)OutboxEntryState.Abandoned)
        {
            // The message carried last may still be copied out piece by piece: its bytes must stay.
            if (_first == _next - 1)
            {
                return false;
            }

            _orphans.Add(_first, _packetIds[index]);
            InFlight--;
        }
        else if (_packetIds[index] != 0)
        {
            _orphans.Add(_first, _packetIds[index]);
        }

        if (state != (byte)OutboxEntryState.Abandoned)
        {
            Dropped++;
            _results.Add(_first, HubErrorCode.Dropped);
        }

        _states[index] = (byte)OutboxEntryState.Settled;
        Reclaim();
        return true;
    }
}
