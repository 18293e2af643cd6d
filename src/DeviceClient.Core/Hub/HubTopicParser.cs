using System;

namespace DeviceClient.Protocol;

/// <summary>Recognises the topics the hub sends to one device or module. A topic is a match or it is not; nothing throws.</summary>
public sealed class HubTopicParser
{
    private static readonly byte[] s_methodPrefix = Utf8Text.GetBytes("$iothub/methods/POST/");
    private static readonly byte[] s_twinPrefix = Utf8Text.GetBytes("$iothub/twin/res/");
    private static readonly byte[] s_desiredPrefix = Utf8Text.GetBytes("$iothub/twin/PATCH/properties/desired/");
    private static readonly byte[] s_requestId = Utf8Text.GetBytes("$rid");
    private static readonly byte[] s_version = Utf8Text.GetBytes("$version");
    private static readonly byte[] s_retryAfter = Utf8Text.GetBytes("retry-after");

    private readonly HubTopics _topics;

    /// <summary>Makes a parser for one identity.</summary>
    /// <param name="topics">The identity's topics.</param>
    /// <exception cref="ArgumentNullException"><paramref name="topics"/> is null.</exception>
    public HubTopicParser(HubTopics topics)
    {
        _topics = topics ?? throw new ArgumentNullException(nameof(topics));
    }

    /// <summary>Takes a topic apart.</summary>
    /// <param name="buffer">Holds the topic in UTF-8.</param>
    /// <param name="offset">Start of the topic.</param>
    /// <param name="count">Length of the topic.</param>
    /// <param name="match">Overwritten; its kind is NoMatch when the answer is false.</param>
    /// <returns>Whether the topic is one of the hub's.</returns>
    public bool Parse(byte[] buffer, int offset, int count, HubTopicMatch match)
    {
        match.Clear();
        bool matched = TryMessage(buffer, offset, count, _topics.CloudToDevicePrefix, match)
            || TryMethod(buffer, offset, count, match)
            || TryTwinResponse(buffer, offset, count, match)
            || TryDesired(buffer, offset, count, match)
            || TryInput(buffer, offset, count, match);
        if (!matched)
        {
            match.Clear();
        }

        return matched;
    }

    private static bool TryMessage(byte[] buffer, int offset, int count, byte[]? prefix, HubTopicMatch match)
    {
        if (prefix == null || !Utf8Text.StartsWith(buffer, offset, count, prefix))
        {
            return false;
        }

        match.Kind = HubTopicKind.CloudToDevice;
        match.BagOffset = offset + prefix.Length;
        match.BagCount = count - prefix.Length;
        return true;
    }

    private bool TryInput(byte[] buffer, int offset, int count, HubTopicMatch match)
    {
        byte[]? prefix = _topics.InputPrefix;
        if (prefix == null || !Utf8Text.StartsWith(buffer, offset, count, prefix))
        {
            return false;
        }

        int end = offset + count;
        int nameOffset = offset + prefix.Length;
        int slash = IndexOf(buffer, nameOffset, end, (byte)'/');
        int nameEnd = slash < 0 ? end : slash;
        if (nameEnd == nameOffset)
        {
            return false;
        }

        match.Kind = HubTopicKind.ModuleInput;
        match.Name = Decode(buffer, nameOffset, nameEnd - nameOffset);
        match.BagOffset = slash < 0 ? end : slash + 1;
        match.BagCount = end - match.BagOffset;
        return true;
    }

    private static bool TryMethod(byte[] buffer, int offset, int count, HubTopicMatch match)
    {
        if (!Utf8Text.StartsWith(buffer, offset, count, s_methodPrefix))
        {
            return false;
        }

        int end = offset + count;
        int nameOffset = offset + s_methodPrefix.Length;
        int slash = IndexOf(buffer, nameOffset, end, (byte)'/');
        if (slash <= nameOffset || !TryParameters(buffer, slash + 1, end, match) || match.RequestId.Length == 0)
        {
            return false;
        }

        match.Kind = HubTopicKind.DirectMethod;
        match.Name = Decode(buffer, nameOffset, slash - nameOffset);
        return true;
    }

    private static bool TryTwinResponse(byte[] buffer, int offset, int count, HubTopicMatch match)
    {
        if (!Utf8Text.StartsWith(buffer, offset, count, s_twinPrefix))
        {
            return false;
        }

        int end = offset + count;
        int statusOffset = offset + s_twinPrefix.Length;
        int slash = IndexOf(buffer, statusOffset, end, (byte)'/');
        long status;
        if (slash - statusOffset != 3 || !Utf8Text.TryParseInt64(buffer, statusOffset, 3, out status) || status < 100
            || !TryParameters(buffer, slash + 1, end, match) || match.RequestId.Length == 0)
        {
            return false;
        }

        match.Kind = HubTopicKind.TwinResponse;
        match.Status = (int)status;
        return true;
    }

    private static bool TryDesired(byte[] buffer, int offset, int count, HubTopicMatch match)
    {
        if (!Utf8Text.StartsWith(buffer, offset, count, s_desiredPrefix)
            || !TryParameters(buffer, offset + s_desiredPrefix.Length, offset + count, match) || match.Version < 0)
        {
            return false;
        }

        match.Kind = HubTopicKind.DesiredProperties;
        return true;
    }

    // "?name=value&name=value" in any order; unknown names are skipped.
    private static bool TryParameters(byte[] buffer, int offset, int end, HubTopicMatch match)
    {
        if (offset >= end || buffer[offset] != (byte)'?')
        {
            return false;
        }

        int at = offset + 1;
        while (at < end)
        {
            int next = IndexOf(buffer, at, end, (byte)'&');
            int partEnd = next < 0 ? end : next;
            int equals = IndexOf(buffer, at, partEnd, (byte)'=');
            if (equals > at && !TryParameter(buffer, at, equals, equals + 1, partEnd, match))
            {
                return false;
            }

            at = partEnd + 1;
        }

        return true;
    }

    private static bool TryParameter(byte[] buffer, int nameOffset, int nameEnd, int valueOffset, int valueEnd, HubTopicMatch match)
    {
        int nameCount = nameEnd - nameOffset;
        int valueCount = valueEnd - valueOffset;
        long number;
        if (Utf8Text.Equals(buffer, nameOffset, nameCount, s_requestId))
        {
            if (!Utf8Text.IsValidUtf8(buffer, valueOffset, valueCount))
            {
                return false;
            }

            match.RequestId = Utf8Text.GetString(buffer, valueOffset, valueCount);
        }
        else if (Utf8Text.Equals(buffer, nameOffset, nameCount, s_version))
        {
            if (!Utf8Text.TryParseInt64(buffer, valueOffset, valueCount, out number) || number < 0)
            {
                return false;
            }

            match.Version = number;
        }
        else if (Utf8Text.Equals(buffer, nameOffset, nameCount, s_retryAfter)
            && Utf8Text.TryParseInt64(buffer, valueOffset, valueCount, out number) && number > 0)
        {
            match.RetryAfterSeconds = number > RetryPolicy.MaximumRetryAfterSeconds ? RetryPolicy.MaximumRetryAfterSeconds : (int)number;
        }

        return true;
    }

    // Names may come percent-encoded; one that is no valid encoding is taken as it stands.
    private static string Decode(byte[] buffer, int offset, int count)
    {
        string text;
        return PercentEncoding.TryDecode(buffer, offset, count, out text) ? text : Utf8Text.GetString(buffer, offset, count);
    }

    private static int IndexOf(byte[] buffer, int offset, int end, byte value)
    {
        for (int i = offset; i < end; i++)
        {
            if (buffer[i] == value)
            {
                return i;
            }
        }

        return -1;
    }
}
