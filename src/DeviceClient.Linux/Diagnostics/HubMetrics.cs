using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace DeviceClient.Diagnostics;

/// <summary>The meter and the activity source of the library, both named <c>DeviceClient</c>. They cost next to nothing while nobody listens.</summary>
internal static class HubMetrics
{
    /// <summary>Name of the meter and of the activity source.</summary>
    internal const string Name = "DeviceClient";

    private static readonly string? s_version = typeof(HubMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static readonly Meter s_meter = new(Name, s_version);

    /// <summary>Spans: send, method, twin.</summary>
    internal static ActivitySource Activities { get; } = new(Name, s_version);

    /// <summary>Messages the hub acknowledged or refused; tags: device, direction, outcome.</summary>
    internal static Counter<long> Messages { get; } = s_meter.CreateCounter<long>("deviceclient.messages", "{message}", "Messages that ended, by direction and outcome.");

    /// <summary>Bytes written to and read from the transport, before TLS.</summary>
    internal static Counter<long> Bytes { get; } = s_meter.CreateCounter<long>("deviceclient.transport.bytes", "By", "Bytes of MQTT sent and received, before TLS.");

    /// <summary>Connections the hub accepted after the first.</summary>
    internal static Counter<long> Reconnects { get; } = s_meter.CreateCounter<long>("deviceclient.reconnects", "{connection}", "Connections made anew, planned renewals included.");

    /// <summary>Messages handed over and not yet ended.</summary>
    internal static UpDownCounter<long> InFlight { get; } = s_meter.CreateUpDownCounter<long>("deviceclient.messages.pending", "{message}", "Telemetry messages accepted and not yet ended.");

    /// <summary>Time from handing a message over to the hub's acknowledgement.</summary>
    internal static Histogram<double> Latency { get; } = s_meter.CreateHistogram<double>("deviceclient.message.duration", "s", "Time from the send call to the hub's acknowledgement.");

    /// <summary>Version of the library, for the user agent.</summary>
    internal static string Version => s_version ?? "0";
}
