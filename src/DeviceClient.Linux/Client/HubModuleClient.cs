namespace DeviceClient;

/// <summary>The client of a module: telemetry through outputs, messages to inputs, direct methods and twin.</summary>
/// <inheritdoc cref="HubClient" path="/remarks"/>
public class HubModuleClient : HubClient
{
    /// <summary>Creates a client with default options. Nothing is connected and no thread started.</summary>
    /// <param name="identity">The module.</param>
    /// <exception cref="ArgumentException">The identity is a device's.</exception>
    public HubModuleClient(HubIdentity identity)
        : this(identity, null)
    {
    }

    /// <summary>Creates a client. Nothing is connected and no thread started.</summary>
    /// <param name="identity">The module.</param>
    /// <param name="options">Settings; validated here, once. Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range or two exclude each other, or the identity is a device's.</exception>
    public HubModuleClient(HubIdentity identity, HubDeviceClientOptions? options)
        : base(RequireModule(identity), options, "DeviceClient.HubModuleClient")
    {
    }

    /// <summary>For tests of applications: a client without a connection, whose members are overridden.</summary>
    protected HubModuleClient()
    {
    }

    /// <summary>Sends a message to an output of this module, to be routed by the edge hub.</summary>
    /// <param name="outputName">Name of the output; put into the message before it is copied.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives the message up.</param>
    /// <returns>A task that ends with the acknowledgement; see <see cref="HubClient.SendTelemetryAsync"/>.</returns>
    /// <exception cref="ArgumentException">The name is null or empty, or the message names another output.</exception>
    public virtual ValueTask SendToOutputAsync(string outputName, TelemetryMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputName);
        ArgumentNullException.ThrowIfNull(message);
        if (message.OutputName is not null && message.OutputName != outputName)
        {
            throw new ArgumentException($"The message is for output '{message.OutputName}', the call for '{outputName}'.", nameof(outputName));
        }

        message.OutputName = outputName;
        return SendTelemetryAsync(message, cancellationToken);
    }

    /// <summary>Sets, replaces or removes the handler of messages to this module's inputs.</summary>
    /// <param name="handler">Called for one message at a time, in order; the message names its input. Acknowledged when it ends with <see cref="MessageDisposition.Complete"/>. Null removes it.</param>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual void OnModuleInput(Func<ModuleInputMessage, CancellationToken, Task<MessageDisposition>>? handler) => SetInputHandler(handler);

    private static HubIdentity RequireModule(HubIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return identity.ModuleId is not null
            ? identity
            : throw new ArgumentException($"The identity is the device '{identity.DeviceId}'; use HubDeviceClient, or give a module id.", nameof(identity));
    }
}
