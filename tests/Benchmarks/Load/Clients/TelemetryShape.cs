using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>
/// What every client sends: three properties, of which one changes with each message so that no client can keep its topic.
/// The changing texts are made once: the harness itself shall not allocate.
/// </summary>
internal static class TelemetryShape
{
    public const int Sequences = 1024;

    public static string[] Sequence { get; } =
        [.. Enumerable.Range(0, Sequences).Select(i => i.ToString("D6", CultureInfo.InvariantCulture))];

    public static string TopicPrefix(string deviceId) => $"devices/{deviceId}/messages/events/unit=celsius&line=7&seq=";

    public static byte[] Payload(int bytes)
    {
        byte[] payload = new byte[bytes];
        for (int i = 0; i < bytes; i++)
        {
            payload[i] = (byte)('a' + (i % 26));
        }

        return payload;
    }
}
