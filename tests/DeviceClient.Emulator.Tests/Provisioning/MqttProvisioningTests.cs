using System.Text.Json.Nodes;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator.Tests;

/// <summary>DPS over MQTT, with a client that nobody here wrote.</summary>
[TestClass]
public sealed class MqttProvisioningTests
{
    private const string Register = "$dps/registrations/PUT/iotdps-register/?$rid=";
    private const string Poll = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=";

    private HubEmulator _hub = null!;
    private HubEnrollment _entry = null!;

    [TestInitialize]
    public async Task StartAsync()
    {
        _hub = await HubEmulator.StartAsync();
        _entry = _hub.Provisioning.AddIndividual("unit-1");
    }

    [TestCleanup]
    public async Task StopAsync() => await _hub.DisposeAsync();

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Register_EndsAssigned_AndTheClientCanLeaveCleanly(bool webSocket)
    {
        await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, "unit-1", Token(), webSocket: webSocket);
        Assert.AreEqual(MqttClientConnectResultCode.Success, peer.Result);
        Assert.IsFalse(peer.SessionPresent, "Sessions never persist here.");
        await peer.SubscribeAsync();
        (string topic, string body) = await peer.AskAsync(Register + "1", """{"registrationId":"unit-1","payload":{"modelId":"m"}}""");
        Assert.AreEqual("$dps/registrations/res/202/?$rid=1&retry-after=2", topic);
        string operation = (string)JsonNode.Parse(body)!["operationId"]!;
        (topic, body) = await peer.AskAsync($"{Poll}ab-2&operationId={operation}");
        Assert.AreEqual("$dps/registrations/res/200/?$rid=ab-2", topic);
        JsonNode state = JsonNode.Parse(body)!["registrationState"]!;
        Assert.AreEqual("assigned", (string?)state["status"]);
        Assert.AreEqual(_hub.AssignedHostName, (string?)state["assignedHub"]);
        // The official Node SDK waits for this answer before it reports the result.
        Assert.AreEqual(1, (await peer.UnsubscribeAsync()).Items.Count);
        await using Peer device = await Peer.ConnectAsync(_hub, _hub.Devices.Get("unit-1"));
        Assert.AreEqual(0, device.ReturnCode);
    }

    [TestMethod]
    public async Task Subscribe_WithQoS2_IsGranted1()
    {
        await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, "unit-1", Token());
        MqttClientSubscribeResult result = await peer.SubscribeAsync(MqttQualityOfServiceLevel.ExactlyOnce);
        Assert.AreEqual(MqttClientSubscribeResultCode.GrantedQoS1, result.Items.Single().ResultCode);
    }

    [TestMethod]
    public async Task P49_Throttle_ComesWithRetryAfterOnRegisterAndPoll()
    {
        await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, "unit-1", Token());
        await peer.SubscribeAsync();
        _hub.Provisioning.FailNext(1, 429, 7);
        (string topic, string body) = await peer.AskAsync(Register + "1");
        Assert.AreEqual("$dps/registrations/res/429/?$rid=1&retry-after=7", topic);
        Assert.AreEqual(429001, (int)JsonNode.Parse(body)!["errorCode"]!);
        (_, body) = await peer.AskAsync(Register + "2");
        string operation = (string)JsonNode.Parse(body)!["operationId"]!;
        _hub.Provisioning.FailNext(1, 500);
        (topic, _) = await peer.AskAsync($"{Poll}3&operationId={operation}");
        Assert.AreEqual("$dps/registrations/res/500/?$rid=3", topic);
    }

    [TestMethod]
    [DataRow(Register, "{", 400)]
    [DataRow(Register, """{"registrationId":"other"}""", 400)]
    [DataRow(Register, """{"csr":"AA=="}""", 400)]
    [DataRow(Poll, "", 400)]
    public async Task Request_Wrong_IsAnsweredInFlatShape(string topic, string body, int status)
    {
        await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, "unit-1", Token());
        await peer.SubscribeAsync();
        (string answer, string text) = await peer.AskAsync(topic + "1", body);
        Assert.AreEqual($"$dps/registrations/res/{status}/?$rid=1", answer);
        Assert.AreEqual(status, (int)JsonNode.Parse(text)!["errorCode"]! / 1000);
    }

    [TestMethod]
    public async Task Poll_OfUnknownOperation_Is404()
    {
        await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, "unit-1", Token());
        await peer.SubscribeAsync();
        Assert.AreEqual("$dps/registrations/res/404/?$rid=1", (await peer.AskAsync(Poll + "1&operationId=4.0.0")).Topic);
    }

    [TestMethod]
    [DataRow("devices/unit-1/messages/events/")]
    [DataRow("$dps/registrations/PUT/iotdps-register/")]
    [DataRow("$dps/registrations/PUT/iotdps-register/?rid=1")]
    [DataRow("$dps/registrations/DELETE/x/?$rid=1")]
    public async Task Topic_Unknown_ClosesTheConnection(string topic)
    {
        await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, "unit-1", Token());
        await peer.SubscribeAsync();
        _ = peer.SendAsync(topic).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        await peer.Disconnected.WaitAsync(Expect.Soon);
    }

    [TestMethod]
    public async Task Connect_WithBadCredential_IsRefused()
    {
        string[] passwords =
        [
            "",
            "not a token",
            DpsPeer.Token(_hub.IdScope, "unit-1", HubAuthentication.NewKey()),
            DpsPeer.Token(_hub.IdScope, "unit-2", _entry.PrimaryKey!),
            DpsPeer.Token(_hub.IdScope, "unit-1", _entry.PrimaryKey!, "device"),
            DpsPeer.Token(_hub.IdScope, "unit-1", _entry.PrimaryKey!, life: TimeSpan.FromMinutes(-10)),
        ];
        foreach (string password in passwords)
        {
            await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, "unit-1", password);
            Assert.AreEqual(MqttClientConnectResultCode.NotAuthorized, peer.Result, password);
        }
    }

    [TestMethod]
    [DataRow("0neFFFFFFFF/registrations/unit-1/api-version=2019-03-31", "unit-1")]
    [DataRow("0ne00000A0A/registrations/unit-1/?api-version=2019-03-31", "unit-1")]
    [DataRow("0ne00000A0A/registrations/unit-1/ClientVersion=x", "unit-1")]
    [DataRow("0ne00000A0A/registrations/unit-1/api-version=2019-03-31", "other")]
    [DataRow("0ne00000A0A/registrations/unit-9/api-version=2019-03-31", "unit-9")]
    public async Task Connect_Misaddressed_IsRefusedAndTheLogSaysWhy(string userName, string clientId)
    {
        string registrationId = userName.Split('/')[2];
        string token = DpsPeer.Token(userName.Split('/')[0], registrationId, _entry.PrimaryKey!);
        await using DpsPeer peer = await DpsPeer.ConnectAsync(_hub, registrationId, token, userName, clientId);
        Assert.AreNotEqual(MqttClientConnectResultCode.Success, peer.Result);
        Assert.IsTrue(_hub.Log.Entries.Any(line => line.Event == HubLogEvent.Refused && line.Code != 0));
    }

    private string Token() => DpsPeer.Token(_hub.IdScope, "unit-1", _entry.PrimaryKey!);
}
