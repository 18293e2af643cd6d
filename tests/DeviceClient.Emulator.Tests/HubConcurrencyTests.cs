using System.Text;

namespace DeviceClient.Emulator.Tests;

/// <summary>Many devices at a time, with losses: what was acknowledged is there, and nothing is left behind.</summary>
[TestClass]
public sealed class HubConcurrencyTests
{
    private const int Devices = 6;
    private const int MessagesEach = 40;
    private const int Seed = 20261123;

    [TestMethod]
    public async Task Telemetry_OfManyDevicesUnderRandomDrops_ArrivesAtLeastOnce()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync(new HubEmulatorOptions { TelemetryHistory = 10000 });
        HubFault before = hub.Faults.Add(new HubFaultRule { Point = HubFaultPoint.Telemetry, Action = HubFaultAction.Drop, Probability = 0.05, Count = null, Seed = Seed });
        HubFault after = hub.Faults.Add(new HubFaultRule { Point = HubFaultPoint.PubAck, Action = HubFaultAction.Drop, Probability = 0.05, Count = null, Seed = Seed + 1 });
        await Task.WhenAll(Enumerable.Range(0, Devices).Select(i => SendAllAsync(hub, hub.Devices.Add($"d{i}"))));
        foreach (HubDevice device in hub.Devices.List())
        {
            string[] arrived = hub.Telemetry.History.Where(m => m.DeviceId == device.Id)
                .Select(m => Encoding.UTF8.GetString(m.Payload.Span)).Distinct().ToArray();
            Assert.HasCount(MessagesEach, arrived, $"Seed {Seed}, device {device.Id}.");
        }

        Assert.IsGreaterThan(0, before.FiredCount + after.FiredCount, $"Seed {Seed}.");
        foreach (HubDevice device in hub.Devices.List())
        {
            await hub.Connections.WaitForDisconnectedAsync(device.Id, cancellationToken: Expect.Soon);
        }
    }

    [TestMethod]
    public async Task TakeOver_ManyTimesAtOnce_LeavesOneConnection()
    {
        await using HubEmulator hub = await HubEmulator.StartAsync();
        HubDevice device = hub.Devices.Add("d");
        Peer[] peers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Peer.ConnectAsync(hub, device)));
        await hub.Connections.WaitForConnectCountAsync("d", 12, cancellationToken: Expect.Soon);
        Assert.AreEqual(1, hub.Connections.Count);
        Assert.AreEqual(11, hub.Log.Entries.Count(line => line.Code == 400027));
        foreach (Peer peer in peers)
        {
            await peer.DisposeAsync();
        }

        await hub.Connections.WaitForDisconnectedAsync("d", cancellationToken: Expect.Soon);
    }

    [TestMethod]
    public async Task Dispose_WithOpenConnections_EndsThem()
    {
        HubEmulator hub = await HubEmulator.StartAsync();
        await using Peer peer = await Peer.ConnectAsync(hub, hub.Devices.Add("d"));
        await using RawPeer mute = await RawPeer.OpenAsync(hub);
        await hub.DisposeAsync();
        await peer.Disconnected.WaitAsync(Expect.Soon);
        await mute.ClosedAsync();
        await hub.DisposeAsync();
    }

    private static async Task SendAllAsync(HubEmulator hub, HubDevice device)
    {
        Peer? peer = null;
        for (int i = 0; i < MessagesEach;)
        {
            peer ??= await Peer.ConnectAsync(hub, device);
            Task publish = peer.PublishAsync($"devices/{device.Id}/messages/events/", $"{i}");
            if (await Task.WhenAny(publish, peer.Disconnected) == publish && publish.IsCompletedSuccessfully)
            {
                i++;
                continue;
            }

            _ = publish.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
            await peer.DisposeAsync();
            peer = null;
        }

        await peer!.DisposeAsync();
    }
}
