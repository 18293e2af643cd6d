using System.Text;

namespace DeviceClient.Emulator;

/// <summary>A direct method call as a service makes it.</summary>
public sealed record HubMethodRequest
{
    /// <summary>A call without payload.</summary>
    /// <param name="method">Method name; <c>component*command</c> for a Plug and Play component.</param>
    public HubMethodRequest(string method) => Method = method;

    /// <summary>A call with a payload.</summary>
    /// <param name="method">Method name; <c>component*command</c> for a Plug and Play component.</param>
    /// <param name="json">Payload, any JSON value, at most 128 KB.</param>
    public HubMethodRequest(string method, string json)
    {
        Method = method;
        Payload = Encoding.UTF8.GetBytes(json);
    }

    /// <summary>Method name.</summary>
    public string Method { get; init; }

    /// <summary>JSON text in UTF-8, at most 128 KB; empty means no payload.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Longest wait for the device's answer.</summary>
    /// <value>5 to 300 s. Default 30 s.</value>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for a device that is not connected, or has not subscribed to methods yet.</summary>
    /// <value>0 to 300 s. Default 0: fail at once.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.Zero;
}
