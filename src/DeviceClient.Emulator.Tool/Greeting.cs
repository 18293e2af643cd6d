using System.Globalization;
using System.Net;
using System.Text;

namespace DeviceClient.Emulator.Tool;

/// <summary>What the tool prints once it listens.</summary>
internal static class Greeting
{
    // A seed of a whole fleet must not push the rest off the screen.
    private const int MaximumDevices = 20;

    internal static string Write(HubEmulator hub, ToolOptions options)
    {
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-22}{value}\n");
        Line("hub", hub.HostName);
        Line("listens on", $"{options.Address}, MQTT {hub.MqttPort}, HTTPS and WebSocket {hub.HttpsPort}");
        Line("status page", $"https://{hub.HostName}{(hub.HttpsPort == 443 ? "" : ":" + hub.HttpsPort.ToString(CultureInfo.InvariantCulture))}/");
        Line("root certificate", hub.RootCertificatePath ?? "in memory only");
        Line("ID scope", hub.IdScope);
        Line("provisioning host", hub.AssignedHostName);
        Line("service", hub.HubConnectionString);
        Line("provisioning service", hub.ProvisioningConnectionString);
        if (options.Data is not null)
        {
            Line("data", Path.GetFullPath(options.Data));
        }

        IReadOnlyList<HubDevice> devices = hub.Devices.List(MaximumDevices);
        foreach (HubDevice device in devices)
        {
            Line("device", device.ConnectionString);
        }

        if (hub.Devices.Count > devices.Count)
        {
            Line("", $"and {hub.Devices.Count - devices.Count} more devices");
        }

        if (!IPAddress.IsLoopback(options.Address))
        {
            Line("note", "open to the network; every API asks for the policy key");
        }

        return text.ToString();
    }
}
