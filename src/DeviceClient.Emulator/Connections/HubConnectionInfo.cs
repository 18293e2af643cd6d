namespace DeviceClient.Emulator;

/// <summary>An open connection, as it is at this moment.</summary>
public sealed record HubConnectionInfo
{
    /// <summary>Device id.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Module id, or null.</summary>
    public string? ModuleId { get; init; }

    /// <summary><c>MQTT</c> or <c>MQTT-WS</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Address and port of the peer.</summary>
    public required string RemoteEndPoint { get; init; }

    /// <summary>When the hub accepted the connection.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Credential used: <c>sas</c> or <c>x509</c>.</summary>
    public required string AuthenticationType { get; init; }

    /// <summary>When the token expires, or null with a certificate. The hub drops the connection then.</summary>
    public DateTimeOffset? TokenExpiry { get; init; }

    /// <summary>Clean session flag of CONNECT.</summary>
    public bool CleanSession { get; init; }

    /// <summary>Keep-alive interval of CONNECT, in seconds.</summary>
    public int KeepAliveSeconds { get; init; }

    /// <summary>Value of <c>api-version</c>, or empty.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>Decoded value of <c>DeviceClientType</c>, or empty.</summary>
    public string ClientType { get; init; } = "";

    /// <summary>Plug and Play model id announced, or empty.</summary>
    public string ModelId { get; init; } = "";

    /// <summary>Topic filters subscribed now.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];
}
