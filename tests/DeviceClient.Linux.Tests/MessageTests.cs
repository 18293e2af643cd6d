using System.Threading.Channels;
using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class MessageTests
{
    [TestMethod]
    public async Task CloudToDevice_IsAcknowledgedOnlyAfterTheHandlerEnded()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        TaskCompletionSource<CloudToDeviceMessage> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<MessageDisposition> decide = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OnCloudToDeviceMessage((message, _) =>
        {
            received.TrySetResult(message);
            return decide.Task;
        });
        await client.OpenAsync();

        await hub.Peer!.DeliverAsync("color=red&%24.mid=42&%24.to=%2Fdevices%2Fdev1%2Fmessages%2FdeviceBound&iothub-ack=full", "hello", 9);
        CloudToDeviceMessage message = await received.Task.WaitAsync(Clients.Patience);
        Assert.AreEqual("hello", message.GetPayloadText());
        Assert.AreEqual("42", message.MessageId);
        Assert.AreEqual("full", message.Acknowledgement);
        Assert.AreEqual("red", message.Properties["color"]);
        Assert.HasCount(1, message.Properties);
        await client.SendTelemetryAsync(Clients.Message("while it runs"));
        Assert.IsFalse(hub.Acknowledged.Reader.TryRead(out _));

        decide.SetResult(MessageDisposition.Complete);
        Assert.AreEqual(9, (await hub.Acknowledged.NextAsync()).PacketId);
    }

    [TestMethod]
    public async Task CloudToDevice_AbandonedOrFailed_IsNotAcknowledged()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        Channel<string> seen = Channel.CreateUnbounded<string>();
        client.OnCloudToDeviceMessage((message, _) =>
        {
            seen.Writer.TryWrite(message.GetPayloadText());
            return message.GetPayloadText() switch
            {
                "throw" => throw new InvalidOperationException(),
                "abandon" => Task.FromResult(MessageDisposition.Abandon),
                _ => Task.FromResult(MessageDisposition.Complete),
            };
        });
        await client.OpenAsync();

        await hub.Peer!.DeliverAsync("", "throw", 1);
        await hub.Peer!.DeliverAsync("", "abandon", 2);
        await hub.Peer!.DeliverAsync("", "good", 3);

        Assert.AreEqual(3, (await hub.Acknowledged.NextAsync()).PacketId);
        Assert.AreEqual("throw", await seen.NextAsync());
        Assert.AreEqual("abandon", await seen.NextAsync());
    }

    [TestMethod]
    public async Task P68_WithoutAHandler_NothingIsSubscribedAndAStrayMessageIsNotAcknowledged()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        await client.GetTwinAsync();
        Assert.AreEqual("$iothub/twin/res/#", await hub.Subscribed.NextAsync());
        Assert.IsFalse(hub.Subscribed.Reader.TryRead(out _));

        await hub.Peer!.DeliverAsync("", "queued", 5);
        await client.SendTelemetryAsync(Clients.Message("x"));
        await client.SendTelemetryAsync(Clients.Message("y"));
        Assert.IsFalse(hub.Acknowledged.Reader.TryRead(out _));
    }

    [TestMethod]
    public async Task P42_SendingFromTheHandler_DoesNotDeliverTheMessageTwice()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        int calls = 0;
        client.OnCloudToDeviceMessage(async (_, token) =>
        {
            Interlocked.Increment(ref calls);
            await client.SendTelemetryAsync(Clients.Message("answer"), token);
            return MessageDisposition.Complete;
        });
        await client.OpenAsync();

        await hub.Peer!.DeliverAsync("", "question", 1);

        Assert.AreEqual("answer", (await hub.Telemetry.NextAsync()).PayloadText);
        Assert.AreEqual(1, (await hub.Acknowledged.NextAsync()).PacketId);
        Assert.AreEqual(1, calls);
    }

    [TestMethod]
    public async Task P113_Connect_KeepsTheHubsSession()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnCloudToDeviceMessage((_, _) => Task.FromResult(MessageDisposition.Complete));
        await client.OpenAsync();

        Assert.IsFalse((await hub.Connects.NextAsync()).ReadConnect().IsClean);
    }

    [TestMethod]
    public async Task Module_InputsAndOutputs_UseTheModulesTopics()
    {
        await using ScriptedHub hub = new();
        HubIdentity identity = HubIdentity.FromSharedAccessKey(hub.HostName, "dev1", Convert.ToBase64String(new byte[32]), "mod1");
        await using HubModuleClient client = new(identity, Clients.Options);
        TaskCompletionSource<ModuleInputMessage> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OnModuleInput((message, _) =>
        {
            received.TrySetResult(message);
            return Task.FromResult(MessageDisposition.Complete);
        });
        await client.OpenAsync();
        Assert.AreEqual("devices/dev1/modules/mod1/#", await hub.Subscribed.NextAsync());

        await client.SendToOutputAsync("alerts", Clients.Message("out"));
        StringAssert.StartsWith((await hub.Telemetry.NextAsync()).Topic, "devices/dev1/modules/mod1/messages/events/%24.on=alerts");

        await hub.Peer!.SendAsync(MqttPacket.CreatePublish("devices/dev1/modules/mod1/inputs/in1/%24.cdid=dev9&k=v", "in"u8.ToArray(), 1, 4));
        ModuleInputMessage message = await received.Task.WaitAsync(Clients.Patience);
        Assert.AreEqual("in1", message.InputName);
        Assert.AreEqual("dev9", message.ConnectionDeviceId);
        Assert.AreEqual("v", message.Properties["k"]);
        Assert.AreEqual(4, (await hub.Acknowledged.NextAsync()).PacketId);
    }
}
