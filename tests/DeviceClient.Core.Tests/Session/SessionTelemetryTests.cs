using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionTelemetryTests
{
    [TestMethod]
    public void Send_Online_IsDeliveredOnce()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        Assert.AreEqual(HubErrorCode.None, rig.Send("hello", out long token));
        Assert.AreEqual("hello", rig.Sent.Single().Payload);
        CollectionAssert.AreEqual(new[] { (token, HubErrorCode.None) }, rig.Settled);
        Assert.AreEqual(1, rig.Session.Outbox.Delivered);
        Assert.AreEqual(0, rig.Session.Outbox.Count);
        Assert.AreEqual(0, rig.Session.Outbox.Bytes);
    }

    [TestMethod]
    public void P15_TenThousandQueuedOffline_NothingLeavesBeforeTheSubscriptionsAndAllArriveInOrder()
    {
        SessionRig rig = new SessionRig { AutoConnect = false }.TrustClock();
        rig.Session.SetFeature(HubFeature.DirectMethods, true, rig.Now);
        rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        for (int i = 0; i < 10_000; i++)
        {
            Assert.AreEqual(HubErrorCode.None, rig.Send(i.ToString(), out _));
        }

        rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 3600, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportOpened(rig.Now);
        rig.Pump();
        Assert.IsEmpty(rig.Sent);
        rig.Session.HandleSubscribed(HubFeature.DirectMethods, true, rig.Now);
        rig.Pump();

        CollectionAssert.AreEqual(Enumerable.Range(0, 10_000).Select(i => i.ToString()).ToList(), rig.Sent.Select(s => s.Payload).ToList());
    }

    [TestMethod]
    public void Window_LimitsWhatIsInFlight()
    {
        SessionRig rig = new SessionRig(o => o.MaxInFlight = 3) { AutoAcknowledge = false }.OpenOnline();
        for (int i = 0; i < 10; i++)
        {
            rig.Send(i.ToString(), out _);
        }

        Assert.HasCount(3, rig.Sent);
        rig.Session.HandleTelemetryAccepted(1, rig.Now);
        rig.Pump();
        Assert.HasCount(4, rig.Sent);
        Assert.AreEqual("3", rig.Sent[3].Payload);
    }

    [TestMethod]
    public void P79_P80_LostConnection_ResendsInOrderUnderTheSamePacketIds()
    {
        SessionRig rig = new SessionRig(o => o.MaxInFlight = 4) { AutoAcknowledge = false }.OpenOnline();
        for (int i = 0; i < 8; i++)
        {
            rig.Send(i.ToString(), out _);
        }

        rig.Session.HandleTelemetryAccepted(2, rig.Now);
        rig.Pump();
        rig.Sent.Clear();
        rig.AutoAcknowledge = true;
        rig.Lose();
        rig.Advance(rig.Session.NextAttempt - rig.Now);

        CollectionAssert.AreEqual(new[] { "0", "1", "3", "4", "5", "6", "7" }, rig.Sent.Select(s => s.Payload).ToList());
        CollectionAssert.AreEqual(new[] { 1, 2, 4, 5, 0, 0, 0 }, rig.Sent.Select(s => s.PacketId).ToList());
        Assert.AreEqual(4, rig.Session.Outbox.Resent);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 8).Select(i => ((long)i, HubErrorCode.None)).ToList(), rig.Settled);
    }

    [TestMethod]
    public void P73_P75_TooLarge_IsRefusedAtOnceAndTheNextOperationsWork()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        Assert.AreEqual(HubErrorCode.MessageTooLarge, rig.Send(new string('x', 262_144), out long token));
        Assert.AreEqual(-1, token);
        Assert.AreEqual(HubErrorCode.None, rig.Send("ok", out _));
        Assert.AreEqual("ok", rig.Sent.Single().Payload);
        Assert.AreEqual(HubErrorCode.None, rig.Send(new string('x', 262_143), out _));
        Assert.AreEqual(SessionState.Online, rig.Session.State);
    }

    [TestMethod]
    public void P73_SizeCheck_CountsProperties()
    {
        SessionRig rig = new SessionRig(o => o.MaxMessageBytes = 100).OpenOnline();
        TelemetryMessage message = new(new byte[90]);
        message.Properties.Set("name", "value12345");
        Assert.AreEqual(HubErrorCode.MessageTooLarge, rig.Session.SendTelemetry(message, long.MaxValue, rig.Now, out _));
    }

    [TestMethod]
    public void MessageIdPrefix_NumbersMessagesThatHaveNoId()
    {
        SessionRig rig = new SessionRig(o => o.MessageIdPrefix = "boot7-").OpenOnline();
        rig.Send("a", out _);
        TelemetryMessage message = new(Encoding.UTF8.GetBytes("b")) { ContentType = "application/json" };
        rig.Session.SendTelemetry(message, long.MaxValue, rig.Now, out _);
        message = new(Encoding.UTF8.GetBytes("c")) { MessageId = "own" };
        rig.Session.SendTelemetry(message, long.MaxValue, rig.Now, out _);
        rig.Pump();

        Assert.AreEqual("%24.mid=boot7-0", rig.Sent[0].Bag);
        Assert.AreEqual("%24.ct=application%2Fjson&%24.mid=boot7-1", rig.Sent[1].Bag);
        Assert.AreEqual("%24.mid=own", rig.Sent[2].Bag);
        Assert.AreEqual("c", rig.Sent[2].Payload);
    }

    [TestMethod]
    public void Expiry_Offline_SettlesAsExpiredAndLaterMessagesGoOut()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.AutoConnect = false;
        rig.Lose();
        rig.Send("short", out long shortLived, 5_000);
        rig.Send("long", out long longLived);
        rig.Advance(5_000);
        CollectionAssert.AreEqual(new[] { (shortLived, HubErrorCode.Expired) }, rig.Settled);
        rig.AutoConnect = true;
        rig.Advance(200_000);
        CollectionAssert.Contains(rig.Settled, (longLived, HubErrorCode.None));
        Assert.AreEqual("long", rig.Sent.Single().Payload);
    }

    [TestMethod]
    public void P78_OfflineTime_ConsumesNothingWithoutATimeToLive()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.AutoConnect = false;
        rig.Lose();
        rig.Send("first", out long token);
        rig.Advance(48 * 3_600_000L);
        Assert.IsEmpty(rig.Settled);
        rig.AutoConnect = true;
        rig.Advance(200_000);
        CollectionAssert.AreEqual(new[] { (token, HubErrorCode.None) }, rig.Settled);
    }

    [TestMethod]
    public void Expiry_InFlight_IsLeftToTheAcknowledgement()
    {
        SessionRig rig = new SessionRig { AutoAcknowledge = false }.OpenOnline();
        rig.Send("a", out long token, 5_000);
        rig.Advance(6_000);
        Assert.IsEmpty(rig.Settled);
        rig.Session.HandleTelemetryAccepted(token, rig.Now);
        rig.Pump();
        CollectionAssert.AreEqual(new[] { (token, HubErrorCode.None) }, rig.Settled);
    }

    [TestMethod]
    public void Expiry_InFlightWhenTheConnectionIsLost_Expires()
    {
        SessionRig rig = new SessionRig { AutoAcknowledge = false }.OpenOnline();
        rig.Send("a", out long token, 5_000);
        rig.Advance(6_000);
        rig.AutoConnect = false;
        rig.Lose();
        rig.Advance(1);
        CollectionAssert.AreEqual(new[] { (token, HubErrorCode.Expired) }, rig.Settled);
        Assert.IsTrue(rig.Session.Outbox.TryTakeOrphan(out int packetId));
        Assert.AreEqual(1, packetId);
    }

    [TestMethod]
    public void Cancel_Queued_IsNeverSent()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.AutoConnect = false;
        rig.Lose();
        rig.Send("a", out long token);
        rig.Session.CancelTelemetry(token, rig.Now);
        rig.AutoConnect = true;
        rig.Advance(100_000);
        Assert.IsEmpty(rig.Sent);
        CollectionAssert.AreEqual(new[] { (token, HubErrorCode.Cancelled) }, rig.Settled);
    }

    [TestMethod]
    public void Cancel_InFlight_SettlesOnceAndIsNotResent()
    {
        SessionRig rig = new SessionRig { AutoAcknowledge = false }.OpenOnline();
        rig.Send("a", out long token);
        rig.Session.CancelTelemetry(token, rig.Now);
        rig.Session.CancelTelemetry(token, rig.Now);
        rig.Pump();
        rig.Lose();
        rig.Advance(rig.Session.NextAttempt - rig.Now);
        Assert.HasCount(1, rig.Sent);
        CollectionAssert.AreEqual(new[] { (token, HubErrorCode.Cancelled) }, rig.Settled);
        Assert.AreEqual(0, rig.Session.Outbox.Count);
    }

    [TestMethod]
    public void P33_Flood_IsRefusedAtTheBound()
    {
        SessionRig rig = new(o => o.Outbox = new OutboxOptions { CapacityBytes = 1000, MaxMessages = 50 });
        int accepted = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (rig.Send(new string('x', 30), out _) == HubErrorCode.None)
            {
                accepted++;
            }
        }

        Assert.AreEqual(33, accepted);
        Assert.AreEqual(967, rig.Session.Outbox.Refused);
        Assert.AreEqual(HubErrorCode.OutboxFull, rig.Send(new string('x', 30), out _));
        Assert.AreEqual(HubErrorCode.MessageTooLarge, rig.Send(new string('x', 1001), out _));
    }

    [TestMethod]
    public void DropOldest_CountsAndReportsEachDrop()
    {
        SessionRig rig = new(o => o.Outbox = new OutboxOptions { CapacityBytes = 300, MaxMessages = 50, Overflow = OutboxOverflow.DropOldest });
        for (int i = 0; i < 100; i++)
        {
            Assert.AreEqual(HubErrorCode.None, rig.Send(i.ToString("000") + new string('x', 27), out _));
        }

        Assert.AreEqual(90, rig.Session.Outbox.Dropped);
        CollectionAssert.AreEqual(Enumerable.Range(0, 90).Select(i => ((long)i, HubErrorCode.Dropped)).ToList(), rig.Settled);
        rig.OpenOnline();
        CollectionAssert.AreEqual(Enumerable.Range(90, 10).Select(i => i.ToString("000")).ToList(), rig.Sent.Select(s => s.Payload[..3]).ToList());
    }

    [TestMethod]
    public void DropOldest_InFlight_IsDroppedButNotTheOneBeingCopiedOut()
    {
        SessionRig rig = new SessionRig(o => o.Outbox = new OutboxOptions { CapacityBytes = 256, MaxMessages = 2, Overflow = OutboxOverflow.DropOldest }) { AutoAcknowledge = false }.OpenOnline();
        rig.Send("0", out _);
        rig.Send("1", out _);
        Assert.AreEqual(HubErrorCode.None, rig.Send("2", out _));
        CollectionAssert.AreEqual(new[] { (0L, HubErrorCode.Dropped) }, rig.Settled);
        rig.Session.HandleTelemetryAccepted(0, rig.Now);
        rig.Session.HandleTelemetryAccepted(1, rig.Now);
        rig.Session.HandleTelemetryAccepted(2, rig.Now);
        rig.Pump();
        Assert.HasCount(3, rig.Settled);
        Assert.AreEqual(0, rig.Session.Outbox.Count);
    }

    [TestMethod]
    public void SendTelemetry_SteadyState_AllocatesNothing()
    {
        SessionRig rig = new SessionRig(o => o.MessageIdPrefix = "p").OpenOnline();
        TelemetryMessage message = new(new byte[100]) { ContentType = "application/json", ContentEncoding = "utf-8" };
        message.Properties.Set("level", "3");
        HubWish wish = new();
        void Round(int count)
        {
            for (int i = 0; i < count; i++)
            {
                rig.Session.SendTelemetry(message, rig.Now + 60_000, rig.Now, out long token);
                rig.Session.TryTakeWish(wish);
                rig.Session.HandleTelemetryCarried(token, 1);
                rig.Session.HandleTelemetryAccepted(token, rig.Now);
                rig.Session.TryTakeSettled(out _, out _);
            }
        }

        Round(10_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round(100_000);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
