using System.Globalization;

namespace DeviceClient.Emulator;

/// <summary>One line of <see cref="HubLog"/>.</summary>
/// <param name="Sequence">Counts up from 1 without gaps.</param>
/// <param name="Time">When, by the hub's clock.</param>
/// <param name="Event">What kind of thing happened.</param>
/// <param name="Code">The hub's number, for example 401003; 0 when nothing went wrong.</param>
/// <param name="Id">Device id, <c>device/module</c>, or null when the peer is not known yet.</param>
/// <param name="Text">What happened, with the values that matter. Never a key, a token or a signature.</param>
public sealed record HubLogEntry(long Sequence, DateTimeOffset Time, HubLogEvent Event, int Code, string? Id, string Text)
{
    /// <summary>The entry as one line: time, number, event, id, text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Time:HH:mm:ss.fff} {Code:000000} {Event} {Id ?? "-"}: {Text}");
}
