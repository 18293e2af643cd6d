using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using DeviceClient.Emulator;
using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

/// <summary>Every feature over every transport, against the emulator as another team's hub: strict, and with its own codec.</summary>
[TestClass]
public sealed class EmulatorTests : IDisposable
{
    private readonly CancellationTokenSource _patience = new(Clients.Patience);

    public void Dispose() => _patience.Dispose();

    [TestMethod]
    [DataRow(HubTransport.MqttTcp)]
    [DataRow(HubTransport.MqttWebSocket)]
    public async Task EveryFeature_OverEachTransport_RoundTrips(HubTransport transport)
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("dev1");
        await using HubDeviceClient client = Create(hub, device, transport);
        Channel<DesiredPropertiesChange> changes = Channel.CreateUnbounded<DesiredPropertiesChange>();
        Channel<CloudToDeviceMessage> messages = Channel.CreateUnbounded<CloudToDeviceMessage>();
        client.OnDirectMethod("echo", (request, _) => Task.FromResult(new DirectMethodResponse(200, request.Payload)));
        client.OnDesiredProperties((change, token) => changes.Writer.WriteAsync(change, token).AsTask());
        client.OnCloudToDeviceMessage(async (message, token) =>
        {
            await messages.Writer.WriteAsync(message, token);
            return MessageDisposition.Complete;
        });

        await client.OpenAsync(_patience.Token);
        Assert.AreEqual(1, (await changes.NextAsync()).Desired.Version);

        TelemetryMessage telemetry = Clients.Message("{\"t\":21}");
        telemetry.ContentType = "application/json";
        telemetry.Properties.Add("room", "kitchen & more");
        await client.SendTelemetryAsync(telemetry, _patience.Token);
        HubTelemetryMessage seen = await hub.Telemetry.WaitForAsync(m => m.DeviceId == "dev1", _patience.Token);
        Assert.AreEqual("kitchen & more", seen.Properties["room"]);

        HubMethodResult result = await hub.Methods.InvokeAsync("dev1", new HubMethodRequest("echo", "{\"a\":[1,2]}"), cancellationToken: _patience.Token);
        Assert.AreEqual(200, result.Status);
        Assert.AreEqual("{\"a\":[1,2]}", result.ToJson()!.ToJsonString());

        hub.Twins.UpdateDesired("dev1", new JsonObject { ["rate"] = 5 });
        DesiredPropertiesChange change = await changes.NextAsync();
        Assert.AreEqual(2, change.Desired.Version);
        Assert.IsTrue(change.Desired.TryGet("rate", out _));

        long version = await client.UpdateReportedPropertiesAsync("{\"rate\":5}", _patience.Token);
        Twin twin = await client.GetTwinAsync(_patience.Token);
        Assert.AreEqual(version, twin.Reported.Version);
        Assert.IsTrue(twin.Reported.TryGet("rate", out _));

        await hub.Messages.SendCloudToDeviceAsync("dev1", new HubCloudToDeviceMessage { Payload = "hi"u8.ToArray(), MessageId = "m1", Properties = [new("k", "v")] }, _patience.Token);
        CloudToDeviceMessage message = await messages.NextAsync();
        Assert.AreEqual("hi", message.GetPayloadText());
        Assert.AreEqual("m1", message.MessageId);
        Assert.AreEqual("v", message.Properties["k"]);

        await client.CloseAsync(_patience.Token);
        await hub.Connections.WaitForDisconnectedAsync("dev1", cancellationToken: _patience.Token);
    }

    [TestMethod]
    public async Task P113_MessagesQueuedWhileOffline_AllArriveAfterReconnect()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("dev1");
        await using HubDeviceClient client = Create(hub, device);
        Channel<string> seen = Channel.CreateUnbounded<string>();
        client.OnCloudToDeviceMessage(async (message, token) =>
        {
            await seen.Writer.WriteAsync(message.GetPayloadText(), token);
            return MessageDisposition.Complete;
        });
        await client.OpenAsync(_patience.Token);
        await client.CloseAsync(_patience.Token);
        await hub.Connections.WaitForDisconnectedAsync("dev1", cancellationToken: _patience.Token);
        for (int i = 0; i < 50; i++)
        {
            await hub.Messages.SendCloudToDeviceAsync("dev1", new HubCloudToDeviceMessage { Payload = System.Text.Encoding.UTF8.GetBytes($"{i}") }, _patience.Token);
        }

        await client.OpenAsync(_patience.Token);
        for (int i = 0; i < 50; i++)
        {
            Assert.AreEqual($"{i}", await seen.NextAsync());
        }
    }

    [TestMethod]
    [DataRow(HubTransport.MqttTcp)]
    [DataRow(HubTransport.MqttWebSocket)]
    public async Task LastWill_IsRecordedAfterALossAndNotAfterAClose(HubTransport transport)
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("dev1");
        await using HubDeviceClient client = Create(hub, device, transport, Clients.Options with { LastWill = Clients.Message("gone") });
        await client.OpenAsync(_patience.Token);
        await client.CloseAsync(_patience.Token);
        await hub.Connections.WaitForDisconnectedAsync("dev1", cancellationToken: _patience.Token);
        await client.OpenAsync(_patience.Token);
        await client.SendTelemetryAsync(Clients.Message("x"), _patience.Token);
        Assert.IsFalse(hub.Telemetry.History.Any(m => m.IsWill), "a graceful close left the will");

        hub.Connections.Drop("dev1");

        HubTelemetryMessage will = await hub.Telemetry.WaitForAsync(m => m.IsWill, _patience.Token);
        Assert.AreEqual("gone", System.Text.Encoding.UTF8.GetString(will.Payload.Span));
    }

    [TestMethod]
    public async Task P02_ShortLosses_HideNoTwinChange()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("dev1");
        await using HubDeviceClient client = Create(hub, device);
        Channel<DesiredPropertiesChange> changes = Channel.CreateUnbounded<DesiredPropertiesChange>();
        client.OnDesiredProperties((change, token) => changes.Writer.WriteAsync(change, token).AsTask());
        await client.OpenAsync(_patience.Token);
        Assert.AreEqual(1, (await changes.NextAsync()).Desired.Version);

        for (int i = 2; i < 7; i++)
        {
            hub.Connections.Drop("dev1");
            hub.Twins.UpdateDesired("dev1", new JsonObject { ["n"] = i });
            DesiredPropertiesChange change = await changes.NextAsync();
            Assert.AreEqual(i, change.Desired.Version);
            Assert.IsTrue(change.Desired.TryGet("n", out System.Text.Json.JsonElement n) && n.GetInt32() == i);
        }
    }

    [TestMethod]
    public async Task P20_Renewal_IsPlannedAndFailsNothing()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("dev1");
        await using HubDeviceClient client = Create(hub, device, options: Clients.Options with { TokenLifetime = TimeSpan.FromSeconds(10) });
        List<ConnectionState> states = [];
        TaskCompletionSource renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionStatusChanged += (_, e) =>
        {
            states.Add(e.Status.State);
            if (e.Status.State == ConnectionState.Connected && states.Contains(ConnectionState.Renewing))
            {
                renewed.TrySetResult();
            }
        };
        await client.OpenAsync(_patience.Token);

        int sent = 0;
        while (!renewed.Task.IsCompleted)
        {
            await client.SendTelemetryAsync(Clients.Message($"{sent++}"), _patience.Token);
        }

        await renewed.Task;
        CollectionAssert.DoesNotContain(states, ConnectionState.Reconnecting);
        Assert.AreEqual(2, hub.Connections.ConnectCount("dev1"));
    }

    [TestMethod]
    public async Task X509_ThumbprintDevice_ConnectsWithItsCertificate()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        hub.Devices.Add("dev1", new HubDeviceSettings { Authentication = HubAuthentication.FromThumbprints(TestCertificates.Device.GetCertHashString(HashAlgorithmName.SHA256)) });
        HubIdentity identity = HubIdentity.FromCertificate(hub.AssignedHostName, "dev1", TestCertificates.Device, [TestCertificates.Public(TestCertificates.Intermediate)]);
        await using HubDeviceClient client = new(identity, Clients.Options with { TrustedRoots = [hub.RootCertificate] });

        await client.OpenAsync(_patience.Token);
        await client.SendTelemetryAsync(Clients.Message("x"), _patience.Token);

        await hub.Telemetry.WaitForAsync(m => m.DeviceId == "dev1", _patience.Token);
    }

    [TestMethod]
    public async Task Module_TwinAndMethods_RoundTrip()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        hub.Devices.Add("dev1");
        HubModule module = hub.Devices.AddModule("dev1", "mod1");
        await using HubModuleClient client = new(HubIdentity.FromConnectionString(module.ConnectionString), Clients.Options with { TrustedRoots = [hub.RootCertificate] });
        client.OnDirectMethod("m", (_, _) => Task.FromResult(new DirectMethodResponse(200, "1")));
        await client.OpenAsync(_patience.Token);

        Assert.AreEqual(200, (await hub.Methods.InvokeAsync("dev1", new HubMethodRequest("m"), "mod1", _patience.Token)).Status);
        await client.UpdateReportedPropertiesAsync("{\"m\":1}", _patience.Token);
        Twin twin = await client.GetTwinAsync(_patience.Token);
        Assert.IsTrue(twin.Reported.TryGet("m", out _));
    }

    [TestMethod]
    public async Task WrongKey_IsRefusedAsUnauthorized()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        hub.Devices.Add("dev1");
        HubIdentity identity = HubIdentity.FromSharedAccessKey(hub.AssignedHostName, "dev1", Convert.ToBase64String(new byte[32]));
        await using HubDeviceClient client = new(identity, Clients.Options with { TrustedRoots = [hub.RootCertificate] });

        Assert.AreEqual(HubErrorCode.Unauthorized, (await Clients.FailsAsync(client.OpenAsync(_patience.Token))).ErrorCode);
    }

    private static HubDeviceClient Create(HubEmulator hub, HubDevice device, HubTransport transport = HubTransport.MqttTcp, HubDeviceClientOptions? options = null) =>
        new(
            HubIdentity.FromConnectionString(device.ConnectionString),
            (options ?? Clients.Options) with
            {
                TrustedRoots = [hub.RootCertificate],
                Transport = transport,
                Port = transport == HubTransport.MqttTcp ? hub.MqttPort : hub.HttpsPort,
            });
}
