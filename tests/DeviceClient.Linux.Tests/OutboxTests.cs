using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class OutboxTests
{
    [TestMethod]
    public async Task P73_TooLarge_IsRefusedAtOnceWithoutDisconnect()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        HubClientException error = await Clients.FailsAsync(client.SendTelemetryAsync(new TelemetryMessage(new byte[262_145])).AsTask());

        Assert.AreEqual(HubErrorCode.MessageTooLarge, error.ErrorCode);
        Assert.IsFalse(error.IsTransient);
        StringAssert.Contains(error.Message, "262145");
        await client.SendTelemetryAsync(Clients.Message("next"));
        Assert.AreEqual("next", (await hub.Telemetry.NextAsync()).PayloadText);
        Assert.AreEqual(1, hub.Accepted);
    }

    [TestMethod]
    public async Task P75_AfterATooLargeMessage_EveryOtherOperationWorks()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        await Clients.FailsAsync(client.SendTelemetryAsync(new TelemetryMessage(new byte[300_000])).AsTask());

        client.OnDirectMethod("m", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
        client.OnDesiredProperties((_, _) => Task.CompletedTask);
        client.OnCloudToDeviceMessage((_, _) => Task.FromResult(MessageDisposition.Complete));
        await client.GetTwinAsync().WaitAsync(Clients.Patience);
        await client.UpdateReportedPropertiesAsync("{\"a\":1}").WaitAsync(Clients.Patience);
        await client.SendTelemetryAsync(Clients.Message("x")).AsTask().WaitAsync(Clients.Patience);
    }

    [TestMethod]
    public async Task P79_P80_UnacknowledgedMessages_AreSentAgainInOrderWithDupAndTheSameId()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        List<MqttPacket> first = [];
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool swallow = true;
        hub.Intercept = (_, packet) =>
        {
            if (!swallow || packet.Type != MqttPacket.Publish)
            {
                return false;
            }

            first.Add(packet);
            if (first.Count == 10)
            {
                all.TrySetResult();
            }

            return true;
        };
        Task[] sends = [.. Enumerable.Range(0, 10).Select(i => client.SendTelemetryAsync(Clients.Message($"{i}")).AsTask())];
        await all.Task.WaitAsync(Clients.Patience);
        Task<ConnectionStatus> back = client.ReconnectedAsync();
        swallow = false;
        hub.DropAll();
        await back;
        Task last = client.SendTelemetryAsync(Clients.Message("10")).AsTask();
        await Task.WhenAll([.. sends, last]).WaitAsync(Clients.Patience);

        for (int i = 0; i < 10; i++)
        {
            MqttPacket again = await hub.Telemetry.NextAsync();
            Assert.AreEqual($"{i}", again.PayloadText);
            Assert.IsTrue(again.IsDuplicate);
            Assert.AreEqual(first[i].PacketId, again.PacketId);
            Assert.IsFalse(first[i].IsDuplicate);
        }

        MqttPacket unsent = await hub.Telemetry.NextAsync();
        Assert.AreEqual("10", unsent.PayloadText);
        Assert.IsFalse(unsent.IsDuplicate);
    }

    [TestMethod]
    public async Task P79_MessageIds_AreStableOverAResend()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { AddMessageIds = true });
        await client.OpenAsync();
        TaskCompletionSource<MqttPacket> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Intercept = (_, packet) => packet.Type == MqttPacket.Publish && first.TrySetResult(packet);
        Task send = client.SendTelemetryAsync(Clients.Message("x")).AsTask();
        MqttPacket lost = await first.Task.WaitAsync(Clients.Patience);
        hub.DropAll();
        await send.WaitAsync(Clients.Patience);

        StringAssert.Contains(lost.Topic, "%24.mid=");
        Assert.AreEqual(lost.Topic, (await hub.Telemetry.NextAsync()).Topic);
    }

    [TestMethod]
    public async Task P15_ThousandsQueuedOffline_ConnectAndDrainInOrder()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => 3 };
        await using HubDeviceClient client = Clients.Create(hub);
        Task opening = client.OpenAsync();
        Task[] sends = [.. Enumerable.Range(0, 10_000).Select(i => client.SendTelemetryAsync(Clients.Message($"{i}")).AsTask())];
        hub.OnConnect = _ => 0;
        await opening.WaitAsync(Clients.Patience);
        await Task.WhenAll(sends).WaitAsync(Clients.Patience);

        for (int i = 0; i < 10_000; i++)
        {
            Assert.AreEqual($"{i}", (await hub.Telemetry.NextAsync()).PayloadText);
        }
    }

    [TestMethod]
    public async Task P81_DropOldest_TellsEachDroppedMessage()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => 3 };
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { OutboxMessages = 5, OutboxOverflow = Protocol.OutboxOverflow.DropOldest });
        Task opening = client.OpenAsync();
        Task[] sends = [.. Enumerable.Range(0, 8).Select(i => client.SendTelemetryAsync(Clients.Message($"{i}")).AsTask())];

        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(HubErrorCode.Dropped, (await Clients.FailsAsync(sends[i])).ErrorCode);
        }

        hub.OnConnect = _ => 0;
        await opening.WaitAsync(Clients.Patience);
        await Task.WhenAll(sends[3..]).WaitAsync(Clients.Patience);
        Assert.AreEqual("3", (await hub.Telemetry.NextAsync()).PayloadText);
    }

    [TestMethod]
    public async Task P10_WhileOneAttemptHangs_NoSecondIsMade()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => -1 };
        await using HubDeviceClient client = Clients.Create(hub);
        Task first = client.OpenAsync();
        Task second = client.OpenAsync();
        await hub.Connects.NextAsync();
        Task send = client.SendTelemetryAsync(Clients.Message("x")).AsTask();

        Assert.AreEqual(1, hub.Accepted);
        await client.CloseAsync();
        foreach (Task task in new[] { first, second, send })
        {
            Assert.AreEqual(HubErrorCode.Closed, (await Clients.FailsAsync(task)).ErrorCode);
        }
    }

    [TestMethod]
    public async Task P11_AcceptThenDrop_MakesTheDelaysGrow()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { Retry = new RetryPolicy { MinimumDelayMilliseconds = 40, MaximumDelayMilliseconds = 100_000 } });
        List<TimeSpan> delays = [];
        TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionStatusChanged += (_, e) =>
        {
            if (e.Status is { State: ConnectionState.Reconnecting, NextAttempt: { } next })
            {
                delays.Add(next - e.Status.Since);
                if (delays.Count == 5)
                {
                    enough.TrySetResult();
                }
            }

            if (e.Status.State == ConnectionState.Connected)
            {
                hub.DropAll();
            }
        };
        await client.OpenAsync();
        await enough.Task.WaitAsync(Clients.Patience);

        // Doubled each time, with a jitter of a quarter: two steps on, a delay is longer whatever the dice said.
        Assert.IsGreaterThan(delays[0], delays[2]);
        Assert.IsGreaterThan(delays[1], delays[3]);
        Assert.IsGreaterThan(delays[2], delays[4]);
    }
}
