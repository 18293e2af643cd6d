using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class OutboxTests
{
    private const int Kilobyte = 1024;

    [TestMethod]
    public void SendTelemetry_LifeAlreadyOver_IsRefusedAsExpired()
    {
        SessionRig rig = new();
        HubErrorCode error = rig.Session.SendTelemetry(new TelemetryMessage(new byte[1]), rig.Now, rig.Now, out long token);
        Assert.AreEqual(HubErrorCode.Expired, error);
        Assert.AreEqual(-1, token);
        Assert.AreEqual(0, rig.Session.Outbox.Count);
    }

    // Alone, because it weighs the whole process.
    [TestMethod]
    [DoNotParallelize]
    public void TrimIdle_AfterALongOutage_GivesMemoryBackAndTheNextMessagesArriveWhole()
    {
        SessionRig rig = new(o => o.Outbox = new OutboxOptions { CapacityBytes = 1024 * Kilobyte, MaxMessages = 1000 });
        for (int i = 0; i < 900; i++)
        {
            Assert.AreEqual(HubErrorCode.None, rig.Send(new string('x', Kilobyte), out _));
        }

        rig.OpenOnline();
        Assert.AreEqual(0, rig.Session.Outbox.Count);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        rig.Session.Outbox.TrimIdle();

        // The rig's last wish still points to the old bytes; the next one lets them go.
        rig.Send("small", out _);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.IsLessThan(before - (500 * Kilobyte), after, $"{before} bytes before, {after} after.");

        rig.Sent.Clear();
        string[] payloads = [.. Enumerable.Range(0, 20).Select(i => i + new string('y', Kilobyte))];
        foreach (string payload in payloads)
        {
            Assert.AreEqual(HubErrorCode.None, rig.Send(payload, out _));
        }

        CollectionAssert.AreEqual(payloads, rig.Sent.Select(s => s.Payload).ToArray());
    }

    [TestMethod]
    public void TrimIdle_WhileMessagesWait_KeepsThem()
    {
        SessionRig rig = new(o => o.Outbox = new OutboxOptions { CapacityBytes = 64 * Kilobyte, MaxMessages = 100 });
        string[] payloads = [.. Enumerable.Range(0, 20).Select(i => i + new string('z', Kilobyte))];
        foreach (string payload in payloads)
        {
            rig.Send(payload, out _);
        }

        rig.Session.Outbox.TrimIdle();
        rig.OpenOnline();
        CollectionAssert.AreEqual(payloads, rig.Sent.Select(s => s.Payload).ToArray());
    }

    [TestMethod]
    public void DropOldest_OneMessageFillsTheOutboxWhileItIsSent_RefusesTheNext()
    {
        SessionRig rig = new SessionRig(o => o.Outbox = new OutboxOptions { CapacityBytes = 256, MaxMessages = 1, Overflow = OutboxOverflow.DropOldest })
        {
            AutoAcknowledge = false,
        }.OpenOnline();
        Assert.AreEqual(HubErrorCode.None, rig.Send("first", out long first));
        Assert.AreEqual(HubErrorCode.OutboxFull, rig.Send("second", out _));
        rig.Session.HandleTelemetryAccepted(first, rig.Now);
        rig.Pump();
        CollectionAssert.AreEqual(new[] { (first, HubErrorCode.None) }, rig.Settled);
        Assert.AreEqual(HubErrorCode.None, rig.Send("third", out _));
    }

    [TestMethod]
    public void Close_WithMessagesWaitingAndInFlight_AccountsForEachOnce()
    {
        SessionRig rig = new SessionRig(o => o.MaxInFlight = 2) { AutoAcknowledge = false }.OpenOnline();
        for (int i = 0; i < 5; i++)
        {
            rig.Send(i.ToString(System.Globalization.CultureInfo.InvariantCulture), out _);
        }

        rig.Session.Close(HubErrorCode.Closed, rig.Now);
        rig.Pump();
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 5).Select(i => ((long)i, HubErrorCode.Closed)).ToArray(), rig.Settled);
        Assert.AreEqual(5, rig.Session.Outbox.Cancelled);
        Assert.AreEqual(0, rig.Session.Outbox.Bytes);
        Assert.AreEqual(Encoding.UTF8.GetByteCount("01"), rig.Sent.Sum(s => s.Payload.Length), "Two were sent, three never were.");
    }
}
