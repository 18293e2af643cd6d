using System.Text;
using MQTTnet;

namespace DeviceClient.Emulator.Tests;

/// <summary>Cloud-to-device messages over MQTT: delivery, completion, redelivery, locks. The hub's clock is moved by hand.</summary>
[TestClass]
public sealed class MqttCloudToDeviceTests
{
    private const string Filter = "devices/d/messages/devicebound/#";
    private readonly ManualTime _time = new();
    private HubEmulator _hub = null!;
    private HubDevice _device = null!;

    [TestInitialize]
    public Task StartAsync() => StartAsync(new HubEmulatorBehavior());

    [TestCleanup]
    public async Task StopAsync() => await _hub.DisposeAsync();

    [TestMethod]
    public async Task Message_ToSubscriber_ArrivesWithItsPropertiesAndIsCompletedByPubAck()
    {
        await using Peer peer = await ConnectAsync();
        await peer.SubscribeAsync(1, Filter);
        await _hub.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage
        {
            Payload = "hi"u8.ToArray(),
            MessageId = "m 1",
            CorrelationId = "c",
            ContentType = "text/plain",
            Ack = HubFeedbackRequest.Full,
            Properties = [new("a&b", "c=d"), new("flag", null)],
        });
        (string topic, string body) = await peer.ReceiveTextAsync();
        Assert.AreEqual("devices/d/messages/devicebound/%24.mid=m%201&%24.cid=c&%24.to=%2Fdevices%2Fd%2Fmessages%2FdeviceBound&%24.ct=text%2Fplain&iothub-ack=full&a%26b=c%3Dd&flag", topic);
        Assert.AreEqual("hi", body);
        HubFeedbackRecord record = await FirstFeedbackAsync();
        Assert.AreEqual(("m 1", HubFeedbackStatus.Success, "d"), (record.OriginalMessageId, record.Status, record.DeviceId));
        Assert.AreEqual(0, _device.CloudToDeviceMessageCount);
    }

    [TestMethod]
    public async Task P113_MessagesQueuedWhileOffline_AllArriveInOrderAfterReconnect()
    {
        await using (Peer first = await ConnectAsync())
        {
            await first.SubscribeAsync(1, Filter);
            await first.DisconnectAsync();
        }

        for (int i = 0; i < 50; i++)
        {
            await SendAsync($"message {i}");
        }

        await using Peer second = await ConnectAsync();
        for (int i = 0; i < 50; i++)
        {
            Assert.AreEqual($"message {i}", (await second.ReceiveTextAsync()).Body);
        }
    }

    [TestMethod]
    public async Task Message_ToCleanSession_WaitsForSubscribe()
    {
        await SendAsync("patient");
        await using Peer peer = await ConnectAsync(clean: true);
        await peer.PingAsync();
        Assert.IsFalse(peer.HasReceived);
        await peer.SubscribeAsync(1, Filter);
        Assert.AreEqual("patient", (await peer.ReceiveTextAsync()).Body);
    }

    [TestMethod]
    public async Task Message_WithoutPubAck_IsSentAgainWithDupAndTheSameIdAfterReconnect()
    {
        ushort packetId;
        await using (Peer first = await ConnectAsync(acknowledges: false))
        {
            await first.SubscribeAsync(1, Filter);
            await SendAsync("again");
            MqttApplicationMessageReceivedEventArgs received = await first.ReceiveAsync();
            packetId = received.PacketIdentifier;
            Assert.IsFalse(received.ApplicationMessage.Dup);
        }

        await _hub.Connections.WaitForDisconnectedAsync("d", cancellationToken: Expect.Soon);
        await using Peer second = await ConnectAsync();
        MqttApplicationMessageReceivedEventArgs repeated = await second.ReceiveAsync();
        Assert.IsTrue(repeated.ApplicationMessage.Dup);
        Assert.AreEqual(packetId, repeated.PacketIdentifier);
        await WaitForEmptyQueueAsync();
    }

    [TestMethod]
    public async Task Message_WithoutPubAck_IsSentAgainWhenItsLockExpires_WithoutRaisingTheDeliveryCount()
    {
        await using Peer peer = await ConnectAsync(acknowledges: false);
        await peer.SubscribeAsync(1, Filter);
        await SendAsync("slow");
        MqttApplicationMessageReceivedEventArgs first = await peer.ReceiveAsync();
        _time.Advance(TimeSpan.FromSeconds(59));
        await peer.PingAsync();
        Assert.IsFalse(peer.HasReceived);
        _time.Advance(TimeSpan.FromSeconds(1));
        MqttApplicationMessageReceivedEventArgs second = await peer.ReceiveAsync();
        Assert.IsTrue(second.ApplicationMessage.Dup);
        Assert.AreEqual(first.PacketIdentifier, second.PacketIdentifier);
        Assert.AreEqual(0, _hub.Messages.Pending("d").Single().DeliveryCount);
        await second.AcknowledgeAsync(CancellationToken.None);
        await WaitForEmptyQueueAsync();
    }

    [TestMethod]
    public async Task P67_PubAckAfterTheLockExpired_IsLockLost_AndTheMessageStays()
    {
        await _hub.DisposeAsync();
        await StartAsync(new HubEmulatorBehavior { RedeliverOnLockExpiry = false });
        await using Peer peer = await ConnectAsync(acknowledges: false);
        await peer.SubscribeAsync(1, Filter);
        await SendAsync("late");
        MqttApplicationMessageReceivedEventArgs received = await peer.ReceiveAsync();
        _time.Advance(TimeSpan.FromSeconds(60));
        await received.AcknowledgeAsync(CancellationToken.None);
        HubLogEntry line = await _hub.Log.WaitForAsync(l => l.Code == 412002 && l.Text.StartsWith("PUBACK", StringComparison.Ordinal), Expect.Soon);
        Assert.Contains("delivered again", line.Text);
        Assert.AreEqual(1, _device.CloudToDeviceMessageCount);
    }

    [TestMethod]
    public async Task Message_ForQos0Subscription_IsCompletedAsItIsSent()
    {
        await using Peer peer = await ConnectAsync();
        await peer.SubscribeAsync(0, Filter);
        await SendAsync("fire and forget");
        Assert.AreEqual("fire and forget", (await peer.ReceiveTextAsync()).Body);
        Assert.AreEqual(0, _device.CloudToDeviceMessageCount);
    }

    [TestMethod]
    public async Task Message_AfterTakeOver_GoesToTheNewerConnection()
    {
        await using Peer older = await ConnectAsync(acknowledges: false);
        await older.SubscribeAsync(1, Filter);
        await SendAsync("moved");
        await older.ReceiveAsync();
        await using Peer newer = await ConnectAsync();
        Assert.AreEqual("moved", (await newer.ReceiveTextAsync()).Body);
        await WaitForEmptyQueueAsync();
    }

    private async Task StartAsync(HubEmulatorBehavior behavior)
    {
        _hub = await HubEmulator.StartAsync(new HubEmulatorOptions { TimeProvider = _time, Behavior = behavior });
        _device = _hub.Devices.Add("d");
    }

    private Task<Peer> ConnectAsync(bool clean = false, bool acknowledges = true) =>
        Peer.ConnectAsync(_hub, _device, options => options.WithCleanSession(clean), _time, acknowledges: acknowledges);

    private Task<HubQueuedMessage> SendAsync(string text) =>
        _hub.Messages.SendCloudToDeviceAsync("d", new HubCloudToDeviceMessage { Payload = Encoding.UTF8.GetBytes(text) });

    private async Task<HubFeedbackRecord> FirstFeedbackAsync()
    {
        await foreach (HubFeedbackRecord record in _hub.Messages.ReadFeedbackAsync(Expect.Soon))
        {
            return record;
        }

        throw new AssertFailedException("No feedback.");
    }

    private async Task WaitForEmptyQueueAsync()
    {
        await _hub.Log.WaitForAsync(line => line.Text.EndsWith("left the queue: Success.", StringComparison.Ordinal), Expect.Soon);
        Assert.AreEqual(0, _device.CloudToDeviceMessageCount);
    }
}
