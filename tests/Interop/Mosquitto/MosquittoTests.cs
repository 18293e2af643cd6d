using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Interop.Tests.Mosquitto;

/// <summary>Our MQTT machine against mosquitto's broker, with mosquitto's own clients on the other side.</summary>
[TestClass]
public sealed class MosquittoTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    [DataRow(0)]
    [DataRow(1)]
    public async Task Publish_EachQos_ArrivesAtMosquittoSub(int qos)
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using MosquittoProcess subscriber = await broker.SubscribeAsync("devices/+/messages/#", 1, 1, Token);
        using var driver = new MqttSocketDriver();
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);
        driver.Publish("devices/d/messages/events/a=1&b=%C3%A9", "gr\u00fcn"u8.ToArray(), qos, token: 42);
        if (qos == 1)
        {
            Assert.AreEqual(42, (await driver.WaitForAsync(MqttEventKind.PublishAcknowledged, Token)).Token);
            Assert.AreEqual(0, driver.Connection.InFlight);
        }
        else
        {
            await driver.FlushAsync(Token);
        }

        string line = await subscriber.WaitForLineAsync("^MESSAGE", Token);
        Assert.AreEqual($"MESSAGE devices/d/messages/events/a=1&b=%C3%A9 q{qos} r0 5 6772c3bc6e", line);
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    [DataRow(0)]
    [DataRow(1)]
    public async Task Subscribe_EachQos_ReceivesFromMosquittoPub(int qos)
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using var driver = new MqttSocketDriver();
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);
        await driver.SubscribeAsync("t/#", 1, Token);
        await broker.PublishAsync("t/\u00e9", "hello", qos, retain: false, Token);
        DriverEvent received = await driver.WaitForAsync(MqttEventKind.PublishReceived, Token);
        Assert.AreEqual("t/\u00e9", received.Topic);
        Assert.AreEqual("hello", Encoding.UTF8.GetString(received.Payload));
        Assert.AreEqual(qos, received.Qos);
        Assert.IsFalse(received.Retain);
        if (qos == 1)
        {
            await driver.FlushAsync(Token);
            await broker.WaitForLogAsync("Received PUBACK from ours", Token);
        }
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Unsubscribe_IsAnswered_AndEndsTheMessages()
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using var driver = new MqttSocketDriver();
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);
        await driver.SubscribeAsync("a", 0, Token);
        await driver.SubscribeAsync("b", 0, Token);
        driver.Connection.TryUnsubscribe("a"u8.ToArray(), driver.Now, out int packetId);
        Assert.AreEqual(packetId, (await driver.WaitForAsync(MqttEventKind.UnsubscribeAcknowledged, Token)).PacketId);
        await broker.PublishAsync("a", "1", 0, retain: false, Token);
        await broker.PublishAsync("b", "2", 0, retain: false, Token);
        Assert.AreEqual("b", (await driver.WaitForAsync(MqttEventKind.PublishReceived, Token)).Topic);
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Retained_BothWays_CarryTheFlag()
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        await broker.PublishAsync("kept/theirs", "1", 1, retain: true, Token);
        using var driver = new MqttSocketDriver();
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);
        await driver.SubscribeAsync("kept/theirs", 1, Token);
        DriverEvent received = await driver.WaitForAsync(MqttEventKind.PublishReceived, Token);
        Assert.IsTrue(received.Retain);

        driver.Publish("kept/ours", "2"u8.ToArray(), 1, retain: true);
        await driver.WaitForAsync(MqttEventKind.PublishAcknowledged, Token);
        using MosquittoProcess subscriber = await broker.SubscribeAsync("kept/ours", 1, 1, Token);
        Assert.AreEqual("MESSAGE kept/ours q1 r1 1 32", await subscriber.WaitForLineAsync("^MESSAGE", Token));
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Will_AfterAbruptClose_IsDelivered()
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using MosquittoProcess subscriber = await broker.SubscribeAsync("will", 1, 1, Token);
        using var driver = new MqttSocketDriver();
        MqttConnectParameters parameters = Clean("ours");
        parameters.WillTopic = "will"u8.ToArray();
        parameters.WillPayload = "gone"u8.ToArray();
        parameters.WillQos = 1;
        await driver.OpenAsync(broker.Port, parameters, Token);
        driver.Abort();
        Assert.AreEqual("MESSAGE will q1 r0 4 676f6e65", await subscriber.WaitForLineAsync("^MESSAGE", Token));
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Will_AfterDisconnect_IsNotDelivered()
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using MosquittoProcess subscriber = await broker.SubscribeAsync("#", 1, 1, Token);
        using var driver = new MqttSocketDriver();
        MqttConnectParameters parameters = Clean("ours");
        parameters.WillTopic = "will"u8.ToArray();
        await driver.OpenAsync(broker.Port, parameters, Token);
        Assert.AreEqual(MqttSendStatus.Accepted, driver.Connection.TryDisconnect());
        await driver.RunUntilClosedAsync(Token);
        await broker.WaitForLogAsync("Received DISCONNECT from ours", Token);
        await broker.PublishAsync("marker", "m", 1, retain: false, Token);
        Assert.StartsWith("MESSAGE marker", await subscriber.WaitForLineAsync("^MESSAGE", Token));
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task LargePayload_BothWays_PassesASmallOutputBuffer()
    {
        byte[] payload = new byte[256 * 1024];
        new Random(7).NextBytes(payload);
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using MosquittoProcess subscriber = await broker.SubscribeAsync("large", 1, 1, Token);
        using var driver = new MqttSocketDriver(o => o.OutputBufferBytes = 1024);
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);
        driver.Publish("large", payload, 1, token: 5);
        Assert.AreEqual(5, (await driver.WaitForAsync(MqttEventKind.PublishSent, Token)).Token);
        Assert.AreEqual(5, (await driver.WaitForAsync(MqttEventKind.PublishAcknowledged, Token)).Token);
        Assert.IsGreaterThan(250, driver.Written.Count, "One kilobyte at a time.");
        string line = await subscriber.WaitForLineAsync("^MESSAGE", Token);
        Assert.AreEqual("MESSAGE large q1 r0 262144 " + Convert.ToHexString(payload).ToLowerInvariant(), line);

        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, payload, Token);
            await driver.SubscribeAsync("back", 1, Token);
            await broker.PublishFileAsync("back", file, Token);
            DriverEvent received = await driver.WaitForAsync(MqttEventKind.PublishReceived, Token);
            CollectionAssert.AreEqual(payload, received.Payload);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task KeepAlive_OneSecond_PingsKeepTheConnection()
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using var driver = new MqttSocketDriver(o => o.KeepAliveSeconds = 1);
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);

        // Four answered pings span more than twice the 1.5 seconds after which the broker would hang up.
        await driver.RunUntilAsync(() => driver.PingAnswers == 4, Token);
        Assert.AreEqual(4, driver.Pings);
        driver.Publish("t", [], 1);
        await driver.WaitForAsync(MqttEventKind.PublishAcknowledged, Token);
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task BrokerRestart_UnacknowledgedPublishes_AreResentWithDupInOrder()
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using var driver = new MqttSocketDriver();
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);

        // A frozen broker takes the bytes and answers nothing; then it dies with them.
        await broker.FreezeAsync(Token);
        string[] messages = ["one", "two", "three"];
        for (int i = 0; i < messages.Length; i++)
        {
            driver.Publish("t", Encoding.UTF8.GetBytes(messages[i]), 1, token: i);
        }

        await driver.FlushAsync(Token);
        broker.Kill();
        await driver.RunUntilClosedAsync(Token);
        Assert.AreEqual(3, driver.Connection.InFlight);

        await broker.StartProcessAsync(Token);
        using MosquittoProcess subscriber = await broker.SubscribeAsync("t", 1, 3, Token);
        await driver.OpenAsync(broker.Port, Clean("ours"), Token);
        driver.Written.Clear();
        for (int expected = 0; expected < 3; expected++)
        {
            int packetId = driver.Connection.NextResend;
            Assert.IsTrue(driver.Connection.TryGetInFlightToken(packetId, out long token));
            Assert.AreEqual(expected, token);
            Assert.AreEqual(packetId, driver.Publish("t", Encoding.UTF8.GetBytes(messages[token]), 1, token, packetId: packetId));
            await driver.FlushAsync(Token);
            Assert.AreEqual(0x3A, driver.Written[expected][0], "PUBLISH, DUP, QoS 1.");
            Assert.AreEqual(expected, (await driver.WaitForAsync(MqttEventKind.PublishAcknowledged, Token)).Token);
        }

        Assert.AreEqual(0, driver.Connection.InFlight);
        foreach (string message in messages)
        {
            Assert.EndsWith(Convert.ToHexString(Encoding.UTF8.GetBytes(message)).ToLowerInvariant(), await subscriber.WaitForLineAsync("^MESSAGE", Token));
        }
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Session_NotClean_IsPresentAgainAndDeliversWhatWasMissed()
    {
        using MosquittoBroker broker = await MosquittoBroker.StartAsync(Token);
        using var driver = new MqttSocketDriver();
        await driver.OpenAsync(broker.Port, new MqttConnectParameters("ours"), Token);
        await driver.SubscribeAsync("missed", 1, Token);
        driver.Abort();
        await broker.WaitForLogAsync("ours.*disconnect|ours closed|Socket error on client ours", Token);
        await broker.PublishAsync("missed", "m", 1, retain: false, Token);
        await driver.OpenAsync(broker.Port, new MqttConnectParameters("ours"), Token);
        DriverEvent received = await driver.WaitForAsync(MqttEventKind.PublishReceived, Token);
        Assert.AreEqual("missed", received.Topic);
    }

    private static MqttConnectParameters Clean(string clientId) => new(clientId) { CleanSession = true };
}
