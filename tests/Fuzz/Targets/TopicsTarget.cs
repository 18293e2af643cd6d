using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>Topics of the hub, for a device and for a module. Promises: no exception, and slices that lie inside the topic.</summary>
internal static class TopicsTarget
{
    private static readonly HubTopicParser[] s_parsers =
    [
        new(new HubTopics("hub.example", "d", null)),
        new(new HubTopics("hub.example", "d", "m")),
    ];

    public static void Run(byte[] input)
    {
        // Bytes around the topic must neither be read nor matter.
        byte[] framed = [0x24, .. input, 0x26];
        foreach (HubTopicParser parser in s_parsers)
        {
            var match = new HubTopicMatch();
            var framedMatch = new HubTopicMatch();
            bool matched = parser.Parse(input, 0, input.Length, match);
            BrokenPromiseException.Unless(matched == (match.Kind != HubTopicKind.NoMatch), "Answer and kind differ.");
            BrokenPromiseException.Unless(matched == parser.Parse(framed, 1, input.Length, framedMatch), "What lies around the topic matters.");
            BrokenPromiseException.Unless(
                match.Kind == framedMatch.Kind && match.RequestId == framedMatch.RequestId && match.Name == framedMatch.Name && match.Status == framedMatch.Status
                    && match.Version == framedMatch.Version && match.BagCount == framedMatch.BagCount,
                "What lies around the topic matters.");
            BrokenPromiseException.Unless(match.BagOffset >= 0 && match.BagCount >= 0 && match.BagOffset + match.BagCount <= input.Length, "The bag lies outside.");
            PropertyBagCodec.TryDecode(input, match.BagOffset, match.BagCount, new PropertyBag());
        }
    }
}
