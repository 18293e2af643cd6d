namespace DeviceClient.Protocol;

/// <summary>One HTTPS request to DPS, ready for any HTTP client. Reused: <see cref="HttpsProvisioningMapping.Build"/> overwrites it.</summary>
public sealed class HttpsProvisioningRequest
{
    /// <summary>Content type of the body, also accepted for the answer.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    private static readonly byte[] s_empty = new byte[0];

    /// <summary><c>PUT</c> or <c>GET</c>.</summary>
    public string Method { get; internal set; } = "";

    /// <summary>Path and query, encoded, from the slash on.</summary>
    public string PathAndQuery { get; internal set; } = "";

    /// <summary>Value of the Authorization header; null when a client certificate proves the identity. A secret.</summary>
    public string? Authorization { get; internal set; }

    /// <summary>Value of the User-Agent header; null for none.</summary>
    public string? UserAgent { get; internal set; }

    /// <summary>Holds the body; it must be sent before the session is used again.</summary>
    public byte[] Body { get; internal set; } = s_empty;

    /// <summary>Number of bytes of the body, from the first byte of <see cref="Body"/>; 0 for none.</summary>
    public int BodyCount { get; internal set; }

    /// <summary>Id under which the answer is handed to the mapping.</summary>
    public string RequestId { get; internal set; } = "";
}
