namespace DeviceClient.Emulator;

/// <summary>The hub refused a command, with the number and the HTTP status the service would send.</summary>
public sealed class HubServiceException : Exception
{
    /// <summary>Makes a refusal.</summary>
    /// <param name="code">The hub's number, for example 404001. Its first three digits are the HTTP status.</param>
    /// <param name="name">The hub's name of it, for example <c>DeviceNotFound</c>.</param>
    /// <param name="message">Text for people: value, limit and remedy.</param>
    public HubServiceException(int code, string name, string message)
        : base(message)
    {
        Code = code;
        Name = name;
    }

    /// <summary>The hub's number, for example 404001.</summary>
    public int Code { get; }

    /// <summary>The hub's name of the error, for example <c>DeviceNotFound</c>; value of the header <c>iothub-errorcode</c>.</summary>
    public string Name { get; }

    /// <summary>HTTP status, the first three digits of <see cref="Code"/>.</summary>
    public int HttpStatus => Code / 1000;

    /// <summary>Seconds after which the caller may try again, or null when the service does not say.</summary>
    public int? RetryAfterSeconds { get; init; }
}
