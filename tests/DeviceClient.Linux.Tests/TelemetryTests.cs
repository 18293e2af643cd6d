using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class TelemetryTests
{
    [TestMethod]
    public async Task Telemetry_WhenConnected_ReachesTheHubWithItsProperties()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        TelemetryMessage message = Clients.Message("{\"t\":1}");
        message.ContentType = "application/json";
        message.Properties.Add("room", "a b");
        await client.SendTelemetryAsync(message);

        MqttPacket packet = await hub.Telemetry.NextAsync();
        Assert.AreEqual("{\"t\":1}", packet.PayloadText);
        Assert.AreEqual("devices/dev1/messages/events/%24.ct=application%2Fjson&room=a%20b", packet.Topic.TrimEnd('/'));
        Assert.AreEqual(1, packet.Qos);
    }

    [TestMethod]
    public async Task Telemetry_ManySendersAtOnce_AllArriveInTheOrderOfEachSender()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        const int Senders = 16;
        const int Each = 200;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            for (int i = 0; i < Each; i++)
            {
                await client.SendTelemetryAsync(Clients.Message($"{sender}:{i}"));
            }
        })).WaitAsync(Clients.Patience);

        int[] next = new int[Senders];
        for (int i = 0; i < Senders * Each; i++)
        {
            string[] parts = (await hub.Telemetry.NextAsync()).PayloadText.Split(':');
            Assert.AreEqual(next[int.Parse(parts[0])]++, int.Parse(parts[1]));
        }
    }

    [TestMethod]
    public async Task Telemetry_BurstFromOneThread_IsCoalescedAndAllAcknowledged()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        Task[] sends = [.. Enumerable.Range(0, 2000).Select(i => client.SendTelemetryAsync(Clients.Message($"m{i}")).AsTask())];
        await Task.WhenAll(sends).WaitAsync(Clients.Patience);

        for (int i = 0; i < 2000; i++)
        {
            Assert.AreEqual($"m{i}", (await hub.Telemetry.NextAsync()).PayloadText);
        }
    }

    [TestMethod]
    public async Task Telemetry_LargePayload_PassesWhole()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        byte[] payload = new byte[200_000];
        new Random(1).NextBytes(payload);

        await client.SendTelemetryAsync(new TelemetryMessage(payload));

        CollectionAssert.AreEqual(payload, (await hub.Telemetry.NextAsync()).Payload);
    }
}
