using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using DeviceClient.Emulator;

namespace Quickstart;

/// <summary>The emulator in this process: hub and provisioning service on free ports of the loopback address.</summary>
internal sealed class EmbeddedCloud : ICloud
{
    private readonly HubEmulator _hub;

    private EmbeddedCloud(HubEmulator hub, string groupKey)
    {
        _hub = hub;
        Provisioning = new ProvisioningPlace($"{hub.HostName}:{hub.MqttPort}", hub.IdScope, groupKey, "quickstart-device");
    }

    public ProvisioningPlace Provisioning { get; }

    public X509Certificate2 Root => _hub.RootCertificate;

    internal static async Task<EmbeddedCloud> StartAsync(Story story, CancellationToken cancellationToken)
    {
        HubEmulator hub = await HubEmulator.StartAsync(cancellationToken: cancellationToken);
        HubEnrollment group = hub.Provisioning.AddGroup("quickstart");
        story.Tell("cloud", $"emulator is up: MQTT on {hub.MqttPort}, HTTPS on {hub.HttpsPort}, enrollment group '{group.Id}'");
        return new EmbeddedCloud(hub, group.PrimaryKey!);
    }

    public Task SetDesiredIntervalAsync(string deviceId, int seconds, CancellationToken cancellationToken)
    {
        _hub.Twins.UpdateDesired(deviceId, new JsonObject { ["interval"] = seconds });
        return Task.CompletedTask;
    }

    public async Task<(int Status, string Body)> CallMethodAsync(string deviceId, string method, CancellationToken cancellationToken)
    {
        HubMethodResult result = await _hub.Methods.InvokeAsync(deviceId, new HubMethodRequest(method), cancellationToken: cancellationToken);
        return (result.Status, Encoding.UTF8.GetString(result.Payload.Span));
    }

    public Task SendMessageAsync(string deviceId, string text, CancellationToken cancellationToken) =>
        _hub.Messages.SendCloudToDeviceAsync(deviceId, new HubCloudToDeviceMessage { Payload = Encoding.UTF8.GetBytes(text) }, cancellationToken);

    public Task DropConnectionAsync(string deviceId, CancellationToken cancellationToken)
    {
        _hub.Connections.Drop(deviceId);
        return Task.CompletedTask;
    }

    public Task<int> CountTelemetryAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult(_hub.Telemetry.History.Count(message => message.DeviceId == deviceId));

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
