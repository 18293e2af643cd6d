using System.Text.Json;
using System.Threading.Channels;
using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class TwinTests
{
    [TestMethod]
    public async Task Twin_Get_GivesBothSectionsApart()
    {
        await using ScriptedHub hub = new() { Desired = "{\"rate\":5,\"$version\":7}", ReportedVersion = 3 };
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        Twin twin = await client.GetTwinAsync();

        Assert.AreEqual(7, twin.Desired.Version);
        Assert.AreEqual(3, twin.Reported.Version);
        Assert.IsTrue(twin.Desired.TryGet("rate", out JsonElement rate));
        Assert.AreEqual(5, rate.GetInt32());
        Assert.IsFalse(twin.Reported.TryGet("rate", out _));
    }

    [TestMethod]
    public async Task P65_Report_ReturnsTheAcceptedVersion()
    {
        await using ScriptedHub hub = new() { ReportedVersion = 41 };
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        Assert.AreEqual(42, await client.UpdateReportedPropertiesAsync("{\"fan\":\"on\"}"));
        Assert.AreEqual("{\"fan\":\"on\"}", (await hub.Reports.NextAsync()).PayloadText);
    }

    [TestMethod]
    public async Task P59_RapidReports_AreMergedOneInFlightAndTheLastValueWins()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => client.UpdateReportedPropertiesAsync($"{{\"n\":{i}}}"))).WaitAsync(Clients.Patience);

        int requests = 0;
        int last = -1;
        while (hub.Reports.Reader.TryRead(out MqttPacket? report))
        {
            requests++;
            using JsonDocument body = JsonDocument.Parse(report.PayloadText);
            int value = body.RootElement.GetProperty("n").GetInt32();
            Assert.IsGreaterThan(last, value);
            last = value;
        }

        Assert.AreEqual(499, last);
        Assert.IsLessThan(500, requests);
    }

    [TestMethod]
    public async Task Report_ThatIsNoObject_IsRefusedBeforeSending()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        await Assert.ThrowsExactlyAsync<ArgumentException>(() => client.UpdateReportedPropertiesAsync("[1]"));
        await client.UpdateReportedPropertiesAsync("{\"ok\":1}");
        Assert.AreEqual("{\"ok\":1}", (await hub.Reports.NextAsync()).PayloadText);
    }

    [TestMethod]
    public async Task P01_DesiredChangedWhileOffline_RaisesOneCallbackWithTheFinalValue()
    {
        await using ScriptedHub hub = new() { Desired = "{\"rate\":1,\"$version\":1}" };
        await using HubDeviceClient client = Clients.Create(hub);
        Channel<DesiredPropertiesChange> changes = Channel.CreateUnbounded<DesiredPropertiesChange>();
        client.OnDesiredProperties((change, token) => changes.Writer.WriteAsync(change, token).AsTask());
        await client.OpenAsync();
        Assert.AreEqual(1, (await changes.NextAsync()).Desired.Version);

        Task<ConnectionStatus> back = client.ReconnectedAsync();
        hub.Desired = "{\"rate\":4,\"$version\":4}";
        hub.DropAll();
        await back;

        DesiredPropertiesChange change = await changes.NextAsync();
        Assert.AreEqual(4, change.Desired.Version);
        Assert.IsNull(change.Patch);
        Assert.IsTrue(change.Desired.TryGet("rate", out JsonElement rate));
        Assert.AreEqual(4, rate.GetInt32());

        // A second loss without a change raises nothing: the next push is the next call.
        back = client.ReconnectedAsync();
        hub.DropAll();
        await back;
        await hub.Peer!.PushDesiredAsync("{\"mode\":\"eco\",\"$version\":5}", 5);
        change = await changes.NextAsync();
        Assert.AreEqual(5, change.Desired.Version);
        Assert.IsNotNull(change.Patch);
        Assert.IsTrue(change.Desired.TryGet("rate", out _), "the section after the change holds what was there before");
        Assert.IsTrue(change.Desired.TryGet("mode", out _));
        Assert.IsFalse(change.Patch.TryGet("rate", out _));
    }

    [TestMethod]
    public async Task P03_RegisteringHandlersOnAnOpenClient_SubscribesOnceAndNeverConnects()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        int accepted = hub.Accepted;

        client.OnDesiredProperties((_, _) => Task.CompletedTask);
        Assert.AreEqual("$iothub/twin/res/#", await hub.Subscribed.NextAsync());
        Assert.AreEqual("$iothub/twin/PATCH/properties/desired/#", await hub.Subscribed.NextAsync());
        client.OnDirectMethod("a", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
        client.OnDirectMethod("b", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
        client.OnCloudToDeviceMessage((_, _) => Task.FromResult(MessageDisposition.Complete));
        Assert.AreEqual("$iothub/methods/POST/#", await hub.Subscribed.NextAsync());
        Assert.AreEqual("devices/dev1/messages/devicebound/#", await hub.Subscribed.NextAsync());
        await client.SendTelemetryAsync(Clients.Message("after"));

        Assert.IsFalse(hub.Subscribed.Reader.TryRead(out _));
        Assert.AreEqual(accepted, hub.Accepted);
    }

    [TestMethod]
    public async Task P66_LateAnswer_IsNotTakenForTheNextRequests()
    {
        await using ScriptedHub hub = new() { Desired = "{\"true\":1,\"$version\":3}" };
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { TwinRequestTimeout = TimeSpan.FromMilliseconds(200) });
        await client.OpenAsync();
        TaskCompletionSource<string> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Intercept = (_, packet) => packet.Type == MqttPacket.Publish
            && packet.Topic.StartsWith("$iothub/twin/GET/", StringComparison.Ordinal)
            && first.TrySetResult(packet.Topic[(packet.Topic.IndexOf("$rid=", StringComparison.Ordinal) + 5)..]);

        // The first request is swallowed; the client asks again by itself and gets the second answer.
        Twin twin = await client.GetTwinAsync().WaitAsync(Clients.Patience);
        Assert.AreEqual(3, twin.Desired.Version);

        await hub.Peer!.SendAsync(MqttPacket.CreatePublish($"$iothub/twin/res/200/?$rid={await first.Task}", "{\"desired\":{\"$version\":99},\"reported\":{\"$version\":99}}"u8.ToArray()));
        twin = await client.GetTwinAsync().WaitAsync(Clients.Patience);
        Assert.AreEqual(3, twin.Desired.Version);
    }

    [TestMethod]
    public async Task P62_FailedReportWhileOffline_LeavesNoResidue()
    {
        await using ScriptedHub hub = new();
        hub.OnConnect = _ => 0;
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { OperationTimeout = TimeSpan.FromMilliseconds(300) });
        await client.OpenAsync();
        Task<ConnectionStatus> lost = client.WaitForAsync(s => s.State == ConnectionState.Reconnecting);
        hub.OnConnect = _ => 3;
        hub.DropAll();
        await lost;

        HubClientException error = await Clients.FailsAsync(client.UpdateReportedPropertiesAsync("{\"lost\":1}"));
        Assert.AreEqual(HubErrorCode.Timeout, error.ErrorCode);
        Assert.IsTrue(error.IsTransient);

        Task<ConnectionStatus> back = client.WaitForAsync(s => s.State == ConnectionState.Connected);
        hub.OnConnect = _ => 0;
        await back;
        await client.UpdateReportedPropertiesAsync("{\"kept\":1}");
        Assert.AreEqual("{\"kept\":1}", (await hub.Reports.NextAsync()).PayloadText);
    }
}
