using System;

namespace DeviceClient.Protocol;

/// <summary>The topics and the user name of DPS over MQTT.</summary>
/// <remarks>Sources: docs/protocol.md, "Provisioning". Free of state.</remarks>
public static class DpsTopics
{
    private static readonly byte[] s_filter = Utf8Text.GetBytes("$dps/registrations/res/#");
    private static readonly byte[] s_answerPrefix = Utf8Text.GetBytes("$dps/registrations/res/");

    /// <summary>Filter on which the answers come.</summary>
    public static byte[] Filter
    {
        get { return s_filter; }
    }

    /// <summary>User name of the CONNECT packet: with a slash, not a question mark, before the api-version.</summary>
    /// <param name="options">Scope, registration id, api-version and product.</param>
    /// <returns>The user name.</returns>
    /// <exception cref="ArgumentNullException">The options are null.</exception>
    public static string GetUserName(ProvisioningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options, nameof(options));
        string name = options.IdScope + "/registrations/" + options.RegistrationId + "/api-version=" + options.ApiVersion;
        return string.IsNullOrEmpty(options.ProductInfo) ? name : name + "&ClientVersion=" + PercentEncoding.Encode(options.ProductInfo!);
    }

    /// <summary>Topic of a register request.</summary>
    /// <param name="requestId">Id of the request.</param>
    /// <returns>The topic in UTF-8.</returns>
    public static byte[] GetRegisterTopic(string requestId)
    {
        return Utf8Text.GetBytes("$dps/registrations/PUT/iotdps-register/?$rid=" + PercentEncoding.Encode(requestId));
    }

    /// <summary>Topic of a poll.</summary>
    /// <param name="requestId">Id of the request.</param>
    /// <param name="operationId">The operation asked about.</param>
    /// <returns>The topic in UTF-8.</returns>
    public static byte[] GetPollTopic(string requestId, string operationId)
    {
        return Utf8Text.GetBytes("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=" + PercentEncoding.Encode(requestId) + "&operationId=" + PercentEncoding.Encode(operationId));
    }

    /// <summary>Takes the topic of an answer apart: <c>$dps/registrations/res/{status}/?$rid={id}[&amp;retry-after={seconds}]</c>, parameters in any order.</summary>
    /// <param name="buffer">Holds the topic.</param>
    /// <param name="offset">First byte of the topic.</param>
    /// <param name="count">Number of bytes of the topic.</param>
    /// <param name="status">HTTP-like status.</param>
    /// <param name="requestId">Id of the request answered.</param>
    /// <param name="retryAfterSeconds">The wait asked for; 0 when there is none or it cannot be read.</param>
    /// <returns>False when the topic is none of an answer.</returns>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the buffer.</exception>
    public static bool TryParseAnswer(byte[] buffer, int offset, int count, out int status, out string requestId, out int retryAfterSeconds)
    {
        status = 0;
        requestId = "";
        retryAfterSeconds = 0;
        if (!Utf8Text.StartsWith(buffer, offset, count, s_answerPrefix))
        {
            return false;
        }

        int end = offset + count;
        int start = offset + s_answerPrefix.Length;
        int slash = start;
        while (slash < end && buffer[slash] != (byte)'/')
        {
            slash++;
        }

        PropertyBag bag = new PropertyBag();
        if (end - slash < 2 || buffer[slash + 1] != (byte)'?'
            || !Utf8Text.TryParseInt64(buffer, start, slash - start, out long number) || number < 100 || number > 999
            || !PropertyBagCodec.TryDecode(buffer, slash + 1, end - slash - 1, bag)
            || !bag.TryGet("$rid", out string? id) || string.IsNullOrEmpty(id))
        {
            return false;
        }

        status = (int)number;
        requestId = id!;
        retryAfterSeconds = FindRetryAfter(bag);
        return true;
    }

    /// <summary>Reads a retry-after in seconds, as a header or a topic parameter has it.</summary>
    /// <param name="text">The text; null gives 0.</param>
    /// <returns>Seconds, at most <see cref="RetryPolicy.MaximumRetryAfterSeconds"/>; 0 for anything else, also for the date form of HTTP, which needs a clock.</returns>
    public static int ParseRetryAfter(string? text)
    {
        if (text == null)
        {
            return 0;
        }

        byte[] digits = Utf8Text.GetBytes(text.Trim());
        if (!Utf8Text.TryParseInt64(digits, 0, digits.Length, out long seconds) || seconds < 0)
        {
            return 0;
        }

        return seconds > RetryPolicy.MaximumRetryAfterSeconds ? RetryPolicy.MaximumRetryAfterSeconds : (int)seconds;
    }

    private static int FindRetryAfter(PropertyBag bag)
    {
        for (int i = 0; i < bag.Count; i++)
        {
            if (IsRetryAfter(bag.GetName(i)))
            {
                return ParseRetryAfter(bag.GetValue(i));
            }
        }

        return 0;
    }

    // Header names have no case, and this one began its life as a header.
    private static bool IsRetryAfter(string name)
    {
        const string Expected = "retry-after";
        bool same = name.Length == Expected.Length;
        for (int i = 0; same && i < Expected.Length; i++)
        {
            same = (name[i] | 0x20) == Expected[i];
        }

        return same;
    }
}
