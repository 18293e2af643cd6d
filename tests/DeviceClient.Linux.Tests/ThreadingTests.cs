using DeviceClient.Linux.Tests.Fixtures;
using DeviceClient.Threading;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class ThreadingTests
{
    [TestMethod]
    public async Task Continuation_ThatBlocksForEver_DoesNotHoldUpTheRestOfItsBatchOrLaterSends()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        using ManualResetEventSlim release = new();
        TaskCompletionSource blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        async Task BlockAsync()
        {
            await client.SendTelemetryAsync(Clients.Message("blocks")).ConfigureAwait(false);
            blocked.TrySetResult();
            release.Wait();
        }

        try
        {
            // One batch: all wait before the first acknowledgement can come.
            Task block = BlockAsync();
            Task[] others = [.. Enumerable.Range(0, 40).Select(i => client.SendTelemetryAsync(Clients.Message($"{i}")).AsTask())];
            await blocked.Task.WaitAsync(Clients.Patience);
            await Task.WhenAll(others).WaitAsync(Clients.Patience);
            await client.SendTelemetryAsync(Clients.Message("later")).AsTask().WaitAsync(Clients.Patience);
            Assert.IsFalse(block.IsCompleted);
        }
        finally
        {
            release.Set();
        }
    }

    [TestMethod]
    public async Task Continuation_ThatSendsAndBlocksOnIt_Ends()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        await Task.Run(async () =>
        {
            await client.SendTelemetryAsync(Clients.Message("first")).ConfigureAwait(false);
            for (int i = 0; i < 20; i++)
            {
                client.SendTelemetryAsync(Clients.Message($"{i}")).AsTask().Wait();
            }
        }).WaitAsync(Clients.Patience);
    }

    [TestMethod]
    public async Task Send_AwaitedOverAndOver_AllocatesNextToNothing()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        TelemetryMessage message = Clients.Message("{\"t\":21.5}");
        for (int i = 0; i < 200; i++)
        {
            await client.SendTelemetryAsync(message);
        }

        // The hub of the tests allocates on other threads; what this thread allocates is the client's part of a send.
#pragma warning disable CA2012 // Reason: each is awaited once, below; AsTask would allocate what the test measures.
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValueTask[] sends = new ValueTask[32];
        for (int i = 0; i < sends.Length; i++)
        {
            sends[i] = client.SendTelemetryAsync(message);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        foreach (ValueTask send in sends)
        {
            await send;
        }

        // The array and, once, the objects of a window that was never used before.
        Assert.IsLessThan(32 * 512L, allocated);
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < sends.Length; i++)
        {
            sends[i] = client.SendTelemetryAsync(message);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        foreach (ValueTask send in sends)
        {
            await send;
        }

#pragma warning restore CA2012
        Assert.IsLessThan(1024L, allocated, $"{allocated} bytes for 32 sends on pooled objects");
    }

    [TestMethod]
    public async Task Cancel_AfterAMessageEnded_CancelsNoOtherMessage()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();

        // Objects are used again: a token that is cancelled late must not reach the next message in the same object.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                using CancellationTokenSource source = new();
                await client.SendTelemetryAsync(Clients.Message("done"), source.Token);
                Task next = client.SendTelemetryAsync(Clients.Message("next")).AsTask();
                await source.CancelAsync();
                await next;
            }
        })).WaitAsync(Clients.Patience);
    }

    [TestMethod]
    public async Task P08_RandomDropsWhileSendingAndReceiving_LoseNothingAndKeepTheOrder()
    {
        const int Seed = 8;
        Random random = new(Seed);
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        int untilDrop = 20;
        int acknowledgedMessages = 0;
        client.OnCloudToDeviceMessage((_, _) => Task.FromResult(MessageDisposition.Complete));
        hub.Intercept = (peer, packet) =>
        {
            if (packet.Type == MqttPacket.PubAck)
            {
                acknowledgedMessages++;
            }

            if (packet.Type == MqttPacket.Publish && --untilDrop == 0)
            {
                untilDrop = 20 + random.Next(100);
                peer.Drop();
            }
            else if (packet.Type == MqttPacket.Publish && untilDrop % 10 == 0)
            {
                peer.Add(MqttPacket.CreatePublish("devices/dev1/messages/devicebound/", "c"u8.ToArray(), 1, 1 + untilDrop));
            }

            return false;
        };
        await client.OpenAsync();

        const int Count = 2000;
        Task[] sends = [.. Enumerable.Range(0, Count).Select(i => client.SendTelemetryAsync(Clients.Message($"{i}")).AsTask())];
        await Task.WhenAll(sends).WaitAsync(Clients.Patience);

        int next = 0;
        while (hub.Telemetry.Reader.TryRead(out MqttPacket? packet))
        {
            int number = int.Parse(packet.PayloadText);
            if (number == next)
            {
                next++;
            }
            else
            {
                Assert.IsLessThan(next, number, $"seed {Seed}: {number} overtook {next}");
                Assert.IsTrue(packet.IsDuplicate, $"seed {Seed}: {number} came twice without DUP");
            }
        }

        Assert.AreEqual(Count, next, $"seed {Seed}");
        Assert.IsGreaterThan(0, acknowledgedMessages, $"seed {Seed}");
        Assert.IsGreaterThan(5, hub.Accepted, $"seed {Seed}");
    }

    [TestMethod]
    public void Wheel_EntriesOfEveryDistance_FireOnceAndNotEarly()
    {
        TimerWheel wheel = new();
        int[] distances = [0, 1, 15, 16, 17, 100, 250, 900, 1500];
        using CountdownEvent fired = new(distances.Length);
        Entry[] entries = [.. distances.Select(d => new Entry(fired))];
        long start = Environment.TickCount64;
        for (int i = 0; i < distances.Length; i++)
        {
            entries[i].Expected = start + distances[i];
            wheel.Arm(entries[i], start + distances[i]);
        }

        Assert.IsTrue(fired.Wait(Clients.Patience));
        foreach (Entry entry in entries)
        {
            Assert.AreEqual(1, entry.Count);
            Assert.IsGreaterThanOrEqualTo(entry.Expected, entry.FiredAt);
        }

        Assert.AreEqual(0, wheel.Armed);
    }

    [TestMethod]
    public void Wheel_CancelledAndMovedEntries_FireAtTheirLastTimeOnly()
    {
        TimerWheel wheel = new();
        using CountdownEvent fired = new(1);
        Entry cancelled = new(fired);
        Entry moved = new(fired);
        long start = Environment.TickCount64;
        wheel.Arm(cancelled, start + 30);
        wheel.Arm(moved, start + 3_600_000);
        wheel.Cancel(cancelled);
        moved.Expected = start + 120;
        wheel.Arm(moved, start + 120);

        Assert.IsTrue(fired.Wait(Clients.Patience));
        Assert.AreEqual(0, cancelled.Count);
        Assert.AreEqual(1, moved.Count);
        Assert.IsGreaterThanOrEqualTo(moved.Expected, moved.FiredAt);
        Assert.AreEqual(0, wheel.Armed);
    }

    [TestMethod]
    public void Wheel_RandomArmingFromManyThreads_LosesNothing()
    {
        const int Seed = 20261123;
        TimerWheel wheel = new();
        using CountdownEvent fired = new(400);
        Entry[] entries = [.. Enumerable.Range(0, 400).Select(_ => new Entry(fired))];
        Parallel.For(0, 4, thread =>
        {
            Random random = new(Seed + thread);
            for (int i = thread; i < entries.Length; i += 4)
            {
                // First far away, so that the entry moves between the wheel's levels.
                wheel.Arm(entries[i], Environment.TickCount64 + 100_000 + random.Next(10_000_000));
                entries[i].Expected = Environment.TickCount64 + random.Next(600);
                wheel.Arm(entries[i], entries[i].Expected);
            }
        });

        Assert.IsTrue(fired.Wait(Clients.Patience), $"seed {Seed}: {fired.CurrentCount} entries did not fire");
        Assert.IsTrue(entries.All(e => e.Count == 1 && e.FiredAt >= e.Expected), $"seed {Seed}");
        Assert.AreEqual(0, wheel.Armed);
    }

    [TestMethod]
    public async Task Lane_KeepsOrderBoundAndGoesOnAfterAFault()
    {
        List<int> order = [];
        List<Exception> faults = [];
        HandlerLane lane = new(1, 3, faults.Add);
        TaskCompletionSource gate = new();
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.IsTrue(lane.TryPost(() => gate.Task));
        Assert.IsTrue(lane.TryPost(() => throw new InvalidOperationException()));
        Assert.IsTrue(lane.TryPost(() => Add(1)));
        Assert.IsTrue(lane.TryPost(() => Add(2)));
        Assert.IsFalse(lane.TryPost(() => Add(3)), "the fourth that waits is over the capacity of three");

        gate.SetResult();
        await done.Task.WaitAsync(Clients.Patience);
        CollectionAssert.AreEqual(new[] { 1, 2 }, order);
        Assert.HasCount(1, faults);

        Task Add(int number)
        {
            order.Add(number);
            if (number == 2)
            {
                done.SetResult();
            }

            return Task.CompletedTask;
        }
    }

    private sealed class Entry(CountdownEvent fired) : TimerEntry
    {
        internal long Expected;
        internal long FiredAt;
        internal int Count;

        protected internal override void OnDue()
        {
            FiredAt = Environment.TickCount64;
            if (Interlocked.Increment(ref Count) == 1)
            {
                fired.Signal();
            }
        }
    }
}
