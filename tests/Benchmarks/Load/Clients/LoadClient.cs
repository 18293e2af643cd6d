namespace DeviceClient.Benchmarks.Load.Clients;

/// <summary>One connected device of the kind under test.</summary>
internal abstract class LoadClient : IAsyncDisposable
{
    /// <summary>Telemetry messages acknowledged, or direct methods answered, so far.</summary>
    public abstract long Completed { get; }

    /// <summary>Connects; with <paramref name="methods"/> also subscribes to direct methods and answers each at once.</summary>
    public abstract Task ConnectAsync(LoadEndpoint endpoint, string clientId, int window, bool methods);

    /// <summary>Sends one QoS 1 message of 100 bytes and waits for its acknowledgement.</summary>
    public abstract Task SendOneAsync();

    /// <summary>Keeps <paramref name="window"/> messages in flight until <see cref="StopAsync"/>.</summary>
    public abstract void StartTelemetry(int window, int payloadBytes);

    /// <summary>Starts what answers direct methods, for clients with a loop of their own; sends the message that makes the peer begin.</summary>
    public virtual Task StartMethodsAsync() => SendOneAsync();

    public abstract Task StopAsync();

    public abstract ValueTask DisposeAsync();

    public static LoadClient Create(string kind) => kind switch
    {
        "raw" => new RawClient(),
        "core" => new CoreClient(),
        "sdk" => new SdkClient(),
        "mqttnet" => new MqttNetClient(fragmentation: true),
        "mqttnet-nf" => new MqttNetClient(fragmentation: false),
        _ => throw new ArgumentException($"No client kind '{kind}'; there are {string.Join(", ", Kinds)}."),
    };

    public static string[] Kinds { get; } = ["raw", "core", "sdk", "mqttnet", "mqttnet-nf"];
}
