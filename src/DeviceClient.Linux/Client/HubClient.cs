using DeviceClient.Engine;
using DeviceClient.Protocol;
using DeviceClient.Threading;
using Microsoft.Extensions.Logging;

namespace DeviceClient;

/// <summary>What the clients of devices and modules have in common; see <see cref="HubDeviceClient"/> and <see cref="HubModuleClient"/>.</summary>
/// <remarks>
/// <para>All members may be called from any thread, at the same time, and from inside every handler. Handlers run on
/// the thread pool, never on the path that serves the connection: one that blocks holds up its own kind only.</para>
/// <para>Handlers are registered before or after opening and survive lost connections, renewals, and closing and opening
/// again; only disposing ends a client. Operations called while the connection is down wait for it, up to
/// <see cref="HubDeviceClientOptions.OperationTimeout"/>.</para>
/// <para>Members are virtual and there is a protected constructor, so that a test can put its own class in place.</para>
/// </remarks>
public abstract partial class HubClient : IAsyncDisposable
{
    private readonly HubEngine? _engine;
    private readonly HubIdentity? _identity;
    private readonly HubDeviceClientOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Observer? _observer;

    /// <summary>For tests of applications: a client without a connection, whose members are overridden.</summary>
    protected HubClient()
    {
        _options = new HubDeviceClientOptions();
        _logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
        _methods = null!;
        _messages = null!;
        _inputs = null!;
        _desired = null!;
        _events = null!;
    }

    private protected HubClient(HubIdentity identity, HubDeviceClientOptions? options, string category)
    {
        ArgumentNullException.ThrowIfNull(identity);
        _identity = identity;
        _options = options ?? new HubDeviceClientOptions();
        EngineSettings settings = OptionsReader.Read(identity, _options, category);
        _logger = settings.Logger;
        int methods = _options.MaxConcurrentMethods is >= 1 and <= 1024
            ? _options.MaxConcurrentMethods
            : throw new ArgumentOutOfRangeException(nameof(options), $"HubDeviceClientOptions.MaxConcurrentMethods is {_options.MaxConcurrentMethods}; it must be 1 to 1024.");
        if (_options.MethodHandlerTimeout < TimeSpan.FromMilliseconds(100) || _options.MethodHandlerTimeout > TimeSpan.FromHours(1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"HubDeviceClientOptions.MethodHandlerTimeout is {_options.MethodHandlerTimeout}; it must be 00:00:00.1 to 01:00:00.");
        }

        Action<Exception> onFault = OnHandlerFault;
        _methods = new HandlerLane(methods, methods, onFault);
        _messages = new HandlerLane(1, MessageCapacity, onFault);
        _inputs = new HandlerLane(1, MessageCapacity, onFault);
        _desired = new HandlerLane(1, DesiredCapacity, onFault);
        _events = new HandlerLane(1, EventCapacity, onFault);
        _observer = new Observer(this);
        _engine = new HubEngine(settings, _observer);
    }

    /// <summary>Id of the device.</summary>
    public virtual string DeviceId => Identity.DeviceId;

    /// <summary>Id of the module; null for a device.</summary>
    public virtual string? ModuleId => Identity.ModuleId;

    /// <summary>Host name of the hub.</summary>
    public virtual string HostName => Identity.HostName;

    /// <summary>Whether this kind of identity and transport has direct methods.</summary>
    public virtual bool SupportsDirectMethods => true;

    /// <summary>Whether this kind of identity and transport has a twin.</summary>
    public virtual bool SupportsTwin => true;

    /// <summary>Whether this kind of identity receives cloud-to-device messages: a device does, a module does not.</summary>
    public virtual bool SupportsCloudToDeviceMessages => Identity.ModuleId is null;

    /// <summary>Whether this kind of identity has inputs and outputs: a module has, a device has not.</summary>
    public virtual bool SupportsModuleInputs => Identity.ModuleId is not null;

    /// <summary>Whether a received message can be refused for good. Not over MQTT, which can only complete.</summary>
    public virtual bool SupportsMessageRejection => false;

    /// <summary>True when the client holds neither a socket nor an armed timer; for tests.</summary>
    internal bool HasNothingLeft => _engine is null || _engine.HasNothingLeft;

    private protected HubEngine Engine => _engine ?? throw NotConnected();

    private protected HubIdentity Identity => _identity ?? throw NotConnected();

    /// <summary>Ends the client for good: every pending operation ends with <see cref="HubErrorCode.Closed"/> within a second, no socket or timer is left.</summary>
    /// <returns>A task that ends when nothing is left. Calling again does nothing.</returns>
    /// <remarks>May be called from inside a handler; handlers that still run are told by their tokens and not waited for.</remarks>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_engine is null)
        {
            return;
        }

        // Off this thread: a handler's own cancellation callbacks must not run inside this call.
        _ = _disposing.CancelAsync();
        await _engine.CloseAsync(dispose: true).ConfigureAwait(false);
        _methods.Close();
        _messages.Close();
        _inputs.Close();
        _desired.Close();
    }

    private static InvalidOperationException NotConnected() =>
        new("This client was made by the constructor for tests and has no connection; override the member, or use a constructor that takes an identity.");

    private void OnHandlerFault(Exception error) => HubLog.HandlerLeaked(_logger, error);

    /// <summary>Sorts what the engine tells; a class of its own so that its members are not the client's.</summary>
    private sealed class Observer(HubClient client) : IEngineObserver
    {
        public void HandleStatus(ConnectionStatus status) => client.RaiseStatus(status);

        public void HandleNotification(HubNotification told)
        {
            switch (told.Kind)
            {
                case HubNotificationKind.MethodRequested:
                    client.PostMethod(told.Name!, told.RequestId ?? "", told.Token, told.Body);
                    break;
                case HubNotificationKind.DesiredPropertiesChanged:
                    client.PostDesired(told.Version, told.Body!, told.IsFullDocument);
                    break;
                case HubNotificationKind.MessageReceived:
                    client.PostMessage(told.Token, told.Body, told.Properties);
                    break;
                case HubNotificationKind.InputMessageReceived:
                    client.PostInput(told.Name!, told.Token, told.Body, told.Properties);
                    break;
                case HubNotificationKind.CredentialExpiring:
                    client.RaiseExpiring(told.Version, told.Error, told.Detail);
                    break;
                case HubNotificationKind.FeatureRefused:
                    HubLog.FeatureRefused(client._logger, told.Feature.ToString(), told.Detail ?? "");
                    break;
                default:
                    break;
            }
        }
    }
}
