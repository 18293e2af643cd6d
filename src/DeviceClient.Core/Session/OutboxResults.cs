using System;

namespace DeviceClient.Protocol;

/// <summary>Results of settled messages, first in, first out.</summary>
internal sealed class OutboxResults
{
    private long[] _tokens = new long[4];
    private byte[] _errors = new byte[4];
    private int _head;
    private int _count;

    internal void Add(long token, HubErrorCode error)
    {
        if (_count == _tokens.Length)
        {
            Grow();
        }

        int at = (_head + _count) & (_tokens.Length - 1);
        _tokens[at] = token;
        _errors[at] = (byte)error;
        _count++;
    }

    internal bool TryTake(out long token, out HubErrorCode error)
    {
        if (_count == 0)
        {
            token = -1;
            error = HubErrorCode.None;
            return false;
        }

        token = _tokens[_head];
        error = (HubErrorCode)_errors[_head];
        _head = (_head + 1) & (_tokens.Length - 1);
        _count--;
        return true;
    }

    private void Grow()
    {
        long[] tokens = new long[_count * 2];
        byte[] errors = new byte[_count * 2];
        int toEnd = _tokens.Length - _head;
        Array.Copy(_tokens, _head, tokens, 0, toEnd);
        Array.Copy(_tokens, 0, tokens, toEnd, _head);
        Array.Copy(_errors, _head, errors, 0, toEnd);
        Array.Copy(_errors, 0, errors, toEnd, _head);
        _tokens = tokens;
        _errors = errors;
        _head = 0;
    }
}
