using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>
/// Answers of DPS, divided by byte 0xFF: first byte the status, the rest the body; the whole input is tried as a topic too. Promises: no
/// exception, one result at most, a success that names hub and device, and always a next deadline while under way.
/// </summary>
internal static class DpsTarget
{
    private const byte Divider = 0xFF;
    private static readonly int[] s_statuses = [200, 202, 204, 400, 401, 404, 409, 412, 429, 500, 503, 0, -1, 100, 302, 999];

    public static void Run(byte[] input)
    {
        DpsTopics.TryParseAnswer(input, 0, input.Length, out _, out string requestId, out int retryAfterSeconds);
        BrokenPromiseException.Unless(requestId != null && retryAfterSeconds >= 0, "A topic gave no request id or a negative wait.");
        BrokenPromiseException.Unless(DpsTopics.ParseRetryAfter(Encoding.UTF8.GetString(input)) >= 0, "A wait is negative.");
        var session = new ProvisioningSession(new ProvisioningOptions("0ne0", "d"), new XorShiftRandom(7));
        var wish = new ProvisioningWish();
        long now = 0;
        int results = 0;
        session.Register(now);
        int start = 0;
        for (int i = 0; i <= input.Length; i++)
        {
            if (i == input.Length || input[i] == Divider)
            {
                if (i > start)
                {
                    Answer(session, wish, input, start, i, ref now);
                }

                start = i + 1;
            }

            results += TakeResult(session);
        }

        // Whatever the service said, the overall deadline ends it.
        for (int i = 0; i < 10_000 && session.NextDeadline != long.MaxValue; i++)
        {
            now = Math.Max(now, session.NextDeadline);
            session.HandleTimeout(now);
            while (session.TryTakeWish(wish))
            {
            }

            results += TakeResult(session);
        }

        BrokenPromiseException.Unless(session.NextDeadline == long.MaxValue, "The registration never ends.");
        BrokenPromiseException.Unless(results == 1, $"There are {results} results.");
    }

    private static void Answer(ProvisioningSession session, ProvisioningWish wish, byte[] input, int start, int end, ref long now)
    {
        // Carries the session to its next request, over its own deadlines.
        for (int turn = 0; turn < 20; turn++)
        {
            while (session.TryTakeWish(wish))
            {
                if (wish.Kind == ProvisioningWishKind.OpenTransport)
                {
                    session.HandleTransportOpened(now);
                }
                else if (wish.Kind is ProvisioningWishKind.SendRegister or ProvisioningWishKind.SendPoll)
                {
                    int status = s_statuses[input[start] & 0x0F];
                    int retryAfterSeconds = input[start] >> 4;
                    session.HandleAnswer(wish.RequestId, status, retryAfterSeconds, input, start + 1, end - start - 1, now);
                    return;
                }
            }

            if (session.NextDeadline == long.MaxValue)
            {
                return;
            }

            now = Math.Max(now, session.NextDeadline);
            session.HandleTimeout(now);
        }
    }

    private static int TakeResult(ProvisioningSession session)
    {
        if (!session.TryTakeResult(out ProvisioningResult? result))
        {
            return 0;
        }

        BrokenPromiseException.Unless(result != null, "A result is missing.");
        BrokenPromiseException.Unless(
            result.ErrorCode != HubErrorCode.None || (!string.IsNullOrEmpty(result.AssignedHub) && !string.IsNullOrEmpty(result.DeviceId)),
            "A success names no hub or no device.");
        BrokenPromiseException.Unless(result.ErrorCode == HubErrorCode.None || !string.IsNullOrEmpty(result.Message), "A failure has no message.");
        return 1;
    }
}
