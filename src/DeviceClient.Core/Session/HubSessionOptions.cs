namespace DeviceClient.Protocol;

/// <summary>Settings of a <see cref="HubSession"/>; read once by its constructor.</summary>
public sealed class HubSessionOptions
{
    /// <summary>How the device proves its identity.</summary>
    /// <value>Default <see cref="CredentialKind.SasToken"/>.</value>
    public CredentialKind Credential { get; set; } = CredentialKind.SasToken;

    /// <summary>Delays between attempts.</summary>
    public RetryPolicy Retry { get; set; } = new RetryPolicy();

    /// <summary>Longest time for one attempt: credential, name, TCP, TLS and the hub's acceptance.</summary>
    /// <value>1 to 2,147,483,647 ms. Default 60,000. Our choice: a handshake on a slow cellular link takes up to 30 s.</value>
    public int ConnectTimeoutMilliseconds { get; set; } = 60000;

    /// <summary>Longest time from the hub's acceptance to the last confirmed subscription.</summary>
    /// <value>1 to 2,147,483,647 ms. Default 30,000.</value>
    public int SubscribeTimeoutMilliseconds { get; set; } = 30000;

    /// <summary>Longest wait for the answer to one twin request.</summary>
    /// <value>1 to 2,147,483,647 ms. Default 30,000.</value>
    public int RequestTimeoutMilliseconds { get; set; } = 30000;

    /// <summary>How long a renewal waits for outstanding acknowledgements before it closes the old connection.</summary>
    /// <value>0 to 2,147,483,647 ms. Default 5,000.</value>
    public int RenewalDrainMilliseconds { get; set; } = 5000;

    /// <summary>Shortest wait after the hub closed two connections in a row soon after accepting them: the sign of a second device with the same identity (hub error 400027).</summary>
    /// <value>0 to 2,147,483,647 ms. Default 60,000, so that two devices never push each other off more than about twice a minute.</value>
    public int TakeOverBackOffMilliseconds { get; set; } = 60000;

    /// <summary>Shortest wait after the hub refused the credential twice in a row, once it had accepted one before.</summary>
    /// <value>0 to 2,147,483,647 ms. Default 60,000: a disabled device comes back by itself when it is enabled, and never storms.</value>
    public int RefusedBackOffMilliseconds { get; set; } = 60000;

    /// <summary>How long a connection must stand for its end not to count as a take-over.</summary>
    /// <value>0 to 2,147,483,647 ms. Default 60,000.</value>
    public int ShortLivedMilliseconds { get; set; } = 60000;

    /// <summary>Telemetry messages that may wait for an acknowledgement at once.</summary>
    /// <value>1 to 1,024. Default 64.</value>
    public int MaxInFlight { get; set; } = 64;

    /// <summary>Largest telemetry message: payload, system property values, names and values of application properties.</summary>
    /// <value>Default 262,143: the hub's limit is 256 KB and it drops the connection above it; one byte below is safe under both readings of that limit.</value>
    public int MaxMessageBytes { get; set; } = 262143;

    /// <summary>Largest patch of reported properties, merged patches included.</summary>
    /// <value>Default 131,072. The hub's own limit of 32 KB counts keys and values only, not JSON punctuation.</value>
    public int MaxPatchBytes { get; set; } = 131072;

    /// <summary>Prefix of message ids given to telemetry that has none, so that the cloud can recognise a message sent twice.</summary>
    /// <value>1 to 100 characters of A-Z, a-z, 0-9 and '-'; the message's number follows. Null (default): no message id is added. Choose a new prefix for each start of the program.</value>
    public string? MessageIdPrefix { get; set; }

    /// <summary>The desired-properties version the application already acted on, from its own store.</summary>
    /// <value>-1 (default): unknown, the first connection reports the desired properties once.</value>
    public long LastDesiredVersion { get; set; } = -1;

    /// <summary>Bounds of the telemetry queue.</summary>
    public OutboxOptions Outbox { get; set; } = new OutboxOptions();
}
