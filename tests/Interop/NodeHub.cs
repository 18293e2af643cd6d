using System.Net;
using System.Net.Sockets;
using DeviceClient.Emulator;

namespace DeviceClient.Interop.Tests;

/// <summary>
/// An emulator as the official Node SDK can use it: MQTT on any port, HTTPS and WebSocket on 443 where this process
/// may listen there, because that SDK knows no other port for them.
/// </summary>
internal sealed class NodeHub : IAsyncDisposable
{
    private readonly string _rootFile;
    private readonly string? _whyNot443;

    private NodeHub(HubEmulator hub, string? whyNot443)
    {
        Hub = hub;
        _whyNot443 = whyNot443;
        _rootFile = Path.Combine(Path.GetTempPath(), $"interop-root-{Guid.NewGuid():N}.pem");
        File.WriteAllText(_rootFile, hub.RootCertificatePem);
    }

    internal HubEmulator Hub { get; }

    internal static async Task<NodeHub> StartAsync()
    {
        string? whyNot = WhyNot443();
        HubEmulator hub = await HubEmulator.StartAsync(new HubEmulatorOptions { HttpsPort = whyNot is null ? 443 : 0 });
        return new NodeHub(hub, whyNot);
    }

    /// <summary>Ends the test as inconclusive, with the reason, where port 443 is not to be had.</summary>
    internal void Need443()
    {
        if (_whyNot443 is not null)
        {
            Assert.Inconclusive(_whyNot443);
        }
    }

    /// <summary>Starts a script with what every script needs, and the given settings.</summary>
    internal NodeScript Run(string script, params (string Name, string Value)[] settings)
    {
        Dictionary<string, string> all = new()
        {
            ["NODE_EXTRA_CA_CERTS"] = _rootFile,
            ["HUB_CONNECTION_STRING"] = Hub.HubConnectionString,
            ["PROVISIONING_CONNECTION_STRING"] = Hub.ProvisioningConnectionString,
            ["ID_SCOPE"] = Hub.IdScope,
        };
        foreach ((string name, string value) in settings)
        {
            all[name] = value;
        }

        return NodeScript.Start(script, all, () => string.Join('\n', Hub.Log.Entries.TakeLast(40)));
    }

    /// <summary>Starts a script for one device over one transport.</summary>
    internal NodeScript RunDevice(string script, string transport, string deviceId)
    {
        if (transport == "mqtt-ws")
        {
            Need443();
        }

        return Run(script, ("TRANSPORT", transport), ("DEVICE_ID", deviceId), ("DEVICE_CONNECTION_STRING", ConnectionString(transport, deviceId)));
    }

    /// <summary>Over MQTT the host carries the port; over WebSocket the SDK adds 443 itself and refuses another.</summary>
    internal string Host(string transport) => transport == "mqtt-ws" ? Hub.HostName : $"{Hub.HostName}:{Hub.MqttPort}";

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        File.Delete(_rootFile);
    }

    private string ConnectionString(string transport, string deviceId) =>
        $"HostName={Host(transport)};DeviceId={deviceId};SharedAccessKey={Hub.Devices.Get(deviceId).Authentication.PrimaryKey}";

    private static string? WhyNot443()
    {
        try
        {
            using TcpListener probe = new(IPAddress.Loopback, 443);
            probe.Start();
            return null;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AccessDenied)
        {
            return "Port 443 is not allowed here, and this peer knows no other port.";
        }
        catch (SocketException error)
        {
            return $"Port 443 cannot be had ({error.SocketErrorCode}), and this peer knows no other port.";
        }
    }
}
