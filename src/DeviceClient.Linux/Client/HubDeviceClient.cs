namespace DeviceClient;

/// <summary>The client of a device: telemetry, direct methods, twin and cloud-to-device messages.</summary>
/// <example>
/// <code>
/// await using HubDeviceClient device = new(HubIdentity.FromConnectionString(connectionString));
/// device.OnDirectMethod("ping", (request, token) => Task.FromResult(new DirectMethodResponse(200)));
/// await device.OpenAsync();
/// await device.SendTelemetryAsync(new TelemetryMessage("{\"t\":21}"u8.ToArray()) { ContentType = "application/json", ContentEncoding = "utf-8" });
/// </code>
/// </example>
/// <inheritdoc cref="HubClient" path="/remarks"/>
public class HubDeviceClient : HubClient
{
    /// <summary>Creates a client with default options. Nothing is connected and no thread started.</summary>
    /// <param name="identity">The device.</param>
    /// <exception cref="ArgumentException">The identity is a module's.</exception>
    public HubDeviceClient(HubIdentity identity)
        : this(identity, null)
    {
    }

    /// <summary>Creates a client. Nothing is connected and no thread started.</summary>
    /// <param name="identity">The device.</param>
    /// <param name="options">Settings; validated here, once. Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range or two exclude each other, or the identity is a module's.</exception>
    public HubDeviceClient(HubIdentity identity, HubDeviceClientOptions? options)
        : base(RequireDevice(identity), options, "DeviceClient.HubDeviceClient")
    {
    }

    /// <summary>For tests of applications: a client without a connection, whose members are overridden.</summary>
    protected HubDeviceClient()
    {
    }

    /// <summary>Sets, replaces or removes the handler of cloud-to-device messages.</summary>
    /// <param name="handler">
    /// Called for one message at a time, in order. Only when it has ended with <see cref="MessageDisposition.Complete"/> is the message
    /// acknowledged and leaves the hub's queue. Anything else, an exception included, leaves it there: over MQTT the
    /// hub delivers it again after the lock's minute or with the next connection. Null removes the handler.
    /// </param>
    /// <remarks>Without a handler nothing is subscribed: the hub keeps its messages. A message may come twice; compare <see cref="ReceivedMessage.MessageId"/>.</remarks>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual void OnCloudToDeviceMessage(Func<CloudToDeviceMessage, CancellationToken, Task<MessageDisposition>>? handler) => SetMessageHandler(handler);

    private static HubIdentity RequireDevice(HubIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return identity.ModuleId is null
            ? identity
            : throw new ArgumentException($"The identity is the module '{identity.DeviceId}/{identity.ModuleId}'; use HubModuleClient.", nameof(identity));
    }
}
