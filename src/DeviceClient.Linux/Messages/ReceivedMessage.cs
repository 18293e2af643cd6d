using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>A message that the hub delivered to this device or module. Immutable.</summary>
public abstract class ReceivedMessage
{
    private readonly Dictionary<string, string> _system = new(StringComparer.Ordinal);

    private protected ReceivedMessage(ReadOnlyMemory<byte> payload, PropertyBag? properties)
    {
        Payload = payload;
        Dictionary<string, string> application = new(StringComparer.Ordinal);
        for (int i = 0; properties is not null && i < properties.Count; i++)
        {
            string name = properties.GetName(i);
            string value = properties.GetValue(i) ?? "";
            bool isSystem = name.StartsWith("$.", StringComparison.Ordinal) || name.StartsWith("iothub-", StringComparison.Ordinal);
            // The hub never repeats a key; if a sender managed to, the first one counts, as at the hub.
            (isSystem ? _system : application).TryAdd(name, value);
        }

        Properties = new ReadOnlyDictionary<string, string>(application);
    }

    /// <summary>The body as received; a copy of its own.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The application's properties; names are compared exactly.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>The sender's id of the message, to recognise one that comes twice; null when it gave none.</summary>
    public string? MessageId => Get(SystemProperties.MessageId);

    /// <summary>Correlation id; null when there is none.</summary>
    public string? CorrelationId => Get(SystemProperties.CorrelationId);

    /// <summary>User id; null when there is none.</summary>
    public string? UserId => Get(SystemProperties.UserId);

    /// <summary>The address the sender used; null when the hub left it out.</summary>
    public string? To => Get(SystemProperties.To);

    /// <summary>Content type; null when there is none.</summary>
    public string? ContentType => Get(SystemProperties.ContentType);

    /// <summary>Content encoding; null when there is none.</summary>
    public string? ContentEncoding => Get(SystemProperties.ContentEncoding);

    /// <summary>When the message loses its worth; null when the sender gave no time or an unreadable one.</summary>
    public DateTimeOffset? ExpiryTime =>
        DateTimeOffset.TryParse(Get(SystemProperties.ExpiryTime), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>The body as text.</summary>
    /// <returns>The body decoded as UTF-8.</returns>
    public string GetPayloadText() => Encoding.UTF8.GetString(Payload.Span);

    private protected string? Get(string name) => _system.GetValueOrDefault(name);
}
