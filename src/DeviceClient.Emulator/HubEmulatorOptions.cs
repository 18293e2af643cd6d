using System.Net;
using Microsoft.Extensions.Logging;

namespace DeviceClient.Emulator;

/// <summary>Settings of one emulated hub. Every member has a default that suits a test: loopback, free ports, nothing on disk.</summary>
public sealed record HubEmulatorOptions
{
    /// <summary>Address the listeners bind to.</summary>
    /// <value>Default 127.0.0.1. Any other address opens the bench to its network; the host then demands a policy key on every API.</value>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Name of the hub: what devices put in the user name and in the audience of their tokens, and what the server certificate names.</summary>
    /// <value>Default <c>localhost</c>. The C device SDK refuses a name without a dot; give one of your own then and put it in the hosts file.</value>
    public string HostName { get; init; } = "localhost";

    /// <summary>Further names under which the same hub answers, for example <c>127.0.0.1</c> for an SDK that refuses <c>localhost</c>.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<string> AlternateHostNames { get; init; } = [];

    /// <summary>TCP port of the MQTT endpoint.</summary>
    /// <value>0 to 65535; 0 (default) picks a free one. The cloud uses 8883.</value>
    public int MqttPort { get; init; }

    /// <summary>TCP port of the HTTPS and WebSocket endpoint.</summary>
    /// <value>0 to 65535; 0 (default) picks a free one. The cloud uses 443, and most SDKs cannot dial any other.</value>
    public int HttpsPort { get; init; }

    /// <summary>Folder in which the root and server certificate are kept between runs.</summary>
    /// <value>Null (default): made anew in memory at each start.</value>
    public string? CertificateDirectory { get; init; }

    /// <summary>SQLite file that keeps identities, twins and queued messages between runs.</summary>
    /// <value>Null (default): memory only.</value>
    public string? DataFile { get; init; }

    /// <summary>File with devices, keys and enrollments to create at start.</summary>
    /// <value>Null (default): the hub starts empty.</value>
    public string? SeedFile { get; init; }

    /// <summary>Devices, keys and enrollments to create at start, beside those of <see cref="SeedFile"/>.</summary>
    /// <value>Null (default): none.</value>
    public HubSeed? Seed { get; init; }

    /// <summary>Base64 key of the <c>iothubowner</c> policy, 16 to 64 bytes.</summary>
    /// <value>Null (default): random. Give one when another process signs service requests.</value>
    public string? OwnerPolicyKey { get; init; }

    /// <summary>What the hub does where its documentation is silent.</summary>
    public HubEmulatorBehavior Behavior { get; init; } = new();

    /// <summary>Clock of tokens, time to live, locks, keep-alive and method time-outs.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>; tests pass one that they advance by hand.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Receives each line of <see cref="HubLog"/> and the host's own messages.</summary>
    /// <value>Null (default): the lines are kept in <see cref="HubLog"/> only.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Lines that <see cref="HubLog"/> remembers.</summary>
    /// <value>1 to 1 000 000. Default 2000.</value>
    public int LogCapacity { get; init; } = 2000;

    /// <summary>Telemetry messages that <see cref="HubTelemetry"/> remembers; older ones are forgotten first.</summary>
    /// <value>0 to 1 000 000. Default 1000. At most <see cref="TelemetryHistoryBytes"/> of payload are kept, whatever the count.</value>
    public int TelemetryHistory { get; init; } = 1000;

    /// <summary>Bound of the payload bytes in the telemetry history.</summary>
    /// <value>0 to 1 GiB, in bytes. Default 16 MiB.</value>
    public long TelemetryHistoryBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>Throws when a member is out of its range.</summary>
    /// <exception cref="ArgumentException">Names the member, its value and the range.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Address);
        ArgumentException.ThrowIfNullOrEmpty(HostName);
        ArgumentNullException.ThrowIfNull(Behavior);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        RequireRange(MqttPort, 0, 65535, nameof(MqttPort));
        RequireRange(HttpsPort, 0, 65535, nameof(HttpsPort));
        RequireRange(LogCapacity, 1, 1_000_000, nameof(LogCapacity));
        RequireRange(TelemetryHistory, 0, 1_000_000, nameof(TelemetryHistory));
        RequireRange(TelemetryHistoryBytes, 0, 1L << 30, nameof(TelemetryHistoryBytes));
        if (OwnerPolicyKey is not null)
        {
            HubAuthentication.RequireKey(OwnerPolicyKey, nameof(OwnerPolicyKey));
        }

        if (!IPAddress.IsLoopback(Address) && OwnerPolicyKey is null)
        {
            throw new ArgumentException(
                $"Listening on {Address} opens the hub to its network: set OwnerPolicyKey, which the service, fault and seed APIs then demand, or listen on 127.0.0.1.");
        }

        Behavior.Validate();
    }

    internal static void RequireRange(long value, long minimum, long maximum, string name)
    {
        if (value < minimum || value > maximum)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be within {minimum} to {maximum}.");
        }
    }
}
