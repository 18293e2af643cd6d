using System.Globalization;
using System.Net;
using System.Text;

namespace DeviceClient.Emulator;

/// <summary>The page at <c>/</c>: plain HTML that renews itself, no script, nothing from elsewhere.</summary>
internal static class StatusPage
{
    private const int MaximumDevices = 200;
    private const int MaximumTelemetry = 20;
    private const int MaximumLog = 100;
    private const int MaximumPayload = 200;

    private const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
        <meta name="viewport" content="width=device-width, initial-scale=1"><title>devicehub</title><style>
        body{font:14px/1.45 system-ui,sans-serif;margin:1.5rem;color:#1b1f24;background:#fff}
        h1{font-size:1.4rem;margin:0 0 .5rem}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #d8dee4;vertical-align:top}
        code,pre{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap;margin:0}
        .on{color:#116329;font-weight:600}.off{color:#57606a}.bad{color:#a40e26}summary{cursor:pointer}
        @media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th,td{border-color:#30363d}.on{color:#56d364}.off{color:#8b949e}.bad{color:#ff7b72}}
        </style></head><body>

        """;

    internal static string Write(HubState hub, HubProvisioning provisioning)
    {
        var page = new StringBuilder(Head, 16 * 1024);
        page.Append(CultureInfo.InvariantCulture, $"<h1>devicehub: {Text(hub.HostName)}</h1>");
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p>MQTT port {hub.MqttPort}, HTTPS port {hub.HttpsPort}, ID scope <code>{Text(provisioning.IdScope)}</code>, ");
        page.Append(CultureInfo.InvariantCulture, $"{hub.Telemetry.TotalCount} telemetry messages, ");
        page.Append("<a href=\"/emulator/root.pem\">root certificate</a>. The page renews itself every 5 s.</p>\n");
        WriteDevices(page, hub);
        WriteTelemetry(page, hub);
        WriteProvisioning(page, provisioning);
        WriteLog(page, hub);
        return page.Append("</body></html>\n").ToString();
    }

    private static void WriteDevices(StringBuilder page, HubState hub)
    {
        var last = new Dictionary<string, HubTelemetryMessage>(StringComparer.Ordinal);
        foreach (HubTelemetryMessage message in hub.Telemetry.History)
        {
            last[message.DeviceId] = message;
        }

        page.Append(CultureInfo.InvariantCulture, $"<h2>Devices ({hub.Devices.Count})</h2>\n<table>");
        page.Append("<tr><th>Device</th><th>State</th><th>Last activity</th><th>Queued</th><th>Last telemetry</th><th>Twin</th></tr>\n");
        foreach (HubDevice device in hub.Devices.List(MaximumDevices))
        {
            (string style, string state) = device.IsConnected ? ("on", "connected")
                : device.Settings.Enabled ? ("off", "disconnected") : ("bad", "disabled");
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{Text(device.DeviceId)}</code></td><td class=\"{style}\">{state}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{Time(device.LastActivityTime)}</td><td>{device.CloudToDeviceMessageCount}</td>");
            page.Append(
                CultureInfo.InvariantCulture, $"<td><code>{(last.TryGetValue(device.DeviceId, out HubTelemetryMessage? message) ? Payload(message) : "")}</code></td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{Twin(hub, device)}</td></tr>\n");
        }

        page.Append("</table>\n");
        if (hub.Devices.Count > MaximumDevices)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>The first {MaximumDevices} are shown.</p>\n");
        }
    }

    private static string Twin(HubState hub, HubDevice device)
    {
        try
        {
            HubTwin twin = hub.Twins.Get(device.DeviceId);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"<details><summary>version {twin.Version}</summary><pre>tags {Text(HubJson.ToText(twin.Tags))}\ndesired {Text(HubJson.ToText(twin.Desired.ToJson(false)))}\nreported {Text(HubJson.ToText(twin.Reported.ToJson(false)))}</pre></details>");
        }
        catch (HubServiceException)
        {
            // Removed since the list was taken.
            return "";
        }
    }

    private static void WriteTelemetry(StringBuilder page, HubState hub)
    {
        page.Append("<h2>Last telemetry</h2>\n<table><tr><th>Time</th><th>Device</th><th>Bytes</th><th>Payload</th></tr>\n");
        foreach (HubTelemetryMessage message in hub.Telemetry.History.TakeLast(MaximumTelemetry).Reverse())
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Time(message.EnqueuedTime)}</td><td><code>{Text(message.DeviceId)}{(message.ModuleId is null ? "" : "/" + Text(message.ModuleId))}</code></td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{message.Payload.Length}</td><td><code>{Payload(message)}</code></td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void WriteProvisioning(StringBuilder page, HubProvisioning provisioning)
    {
        IReadOnlyList<HubRegistration> states = provisioning.ListRegistrations();
        page.Append(
            CultureInfo.InvariantCulture,
            $"<h2>Provisioning</h2>\n<p>{provisioning.List(groups: false).Count} enrollments, {provisioning.List(groups: true).Count} groups, {states.Count} registrations.</p>\n");
        if (states.Count == 0)
        {
            return;
        }

        page.Append("<table><tr><th>Registration</th><th>Status</th><th>Device</th><th>Last</th></tr>\n");
        foreach (HubRegistration state in states.OrderByDescending(state => state.LastUpdated).Take(MaximumDevices))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td><code>{Text(state.RegistrationId)}</code></td><td>{Text(state.Status)}</td><td><code>{Text(state.DeviceId ?? "")}</code></td><td>{Time(state.LastUpdated)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void WriteLog(StringBuilder page, HubState hub)
    {
        page.Append("<h2>Log</h2>\n<table><tr><th>Time</th><th>Code</th><th>Event</th><th>Id</th><th>Text</th></tr>\n");
        foreach (HubLogEntry entry in hub.Log.Entries.TakeLast(MaximumLog).Reverse())
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Time(entry.Time)}</td><td class=\"{(entry.Code == 0 ? "off" : "bad")}\">{entry.Code}</td><td>{entry.Event}</td><td><code>{Text(entry.Id ?? "")}</code></td><td>{Text(entry.Text)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static string Payload(HubTelemetryMessage message)
    {
        ReadOnlySpan<byte> bytes = message.Payload.Span;
        string text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MaximumPayload)]);
        return Text(bytes.Length > MaximumPayload ? text + "..." : text);
    }

    private static string Time(DateTimeOffset time) => time == DateTimeOffset.MinValue
        ? "never" : time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
