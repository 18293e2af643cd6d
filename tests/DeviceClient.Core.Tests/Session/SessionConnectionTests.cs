using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionConnectionTests
{
    [TestMethod]
    public void Open_HealthyHub_GoesOnlineAndCompletesOnce()
    {
        SessionRig rig = new SessionRig().TrustClock();
        int open = rig.Session.Open(rig.Now, rig.Now + 1000);
        rig.Pump();

        CollectionAssert.AreEqual(new[] { SessionState.Connecting, SessionState.Subscribing, SessionState.Online }, rig.States);
        CollectionAssert.AreEqual(new[] { "RequestCredential", "OpenTransport" }, rig.Wishes);
        Assert.AreEqual(HubErrorCode.None, rig.Result(open));
    }

    [TestMethod]
    public void Open_WhenOnline_CompletesAtOnceWithoutConnecting()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        int wishes = rig.Wishes.Count;
        int open = rig.Session.Open(rig.Now, rig.Now + 1000);
        rig.Pump();

        Assert.AreEqual(HubErrorCode.None, rig.Result(open));
        Assert.HasCount(wishes, rig.Wishes);
    }

    [TestMethod]
    public void P07_Online_OnlyAfterEverySubscriptionIsConfirmed()
    {
        SessionRig rig = new SessionRig { AutoConnect = false };
        rig.TrustClock();
        rig.Session.SetFeature(HubFeature.DirectMethods | HubFeature.CloudToDevice, true, rig.Now);
        rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 3600, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportOpened(rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.Subscribing, rig.Session.State);
        rig.Session.HandleSubscribed(HubFeature.DirectMethods, true, rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.Subscribing, rig.Session.State);
        rig.Session.HandleSubscribed(HubFeature.CloudToDevice, true, rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.Online, rig.Session.State);
    }

    [TestMethod]
    public void P07_EveryReconnect_SubscribesEverythingAgain()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.DirectMethods | HubFeature.DesiredProperties | HubFeature.CloudToDevice);
        for (int i = 0; i < 50; i++)
        {
            rig.Wishes.Clear();
            rig.Lose();
            rig.Advance(120_000);
            Assert.AreEqual(SessionState.Online, rig.Session.State);
            Assert.AreEqual(4, rig.Wishes.Count(w => w.StartsWith("Subscribe:", StringComparison.Ordinal)));
        }
    }

    [TestMethod]
    public void P03_SetFeatureWhileOnline_SubscribesOnceAndNeverConnects()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.Wishes.Clear();
        rig.Session.SetFeature(HubFeature.DesiredProperties, true, rig.Now);
        rig.Pump();
        rig.Session.SetFeature(HubFeature.DesiredProperties, true, rig.Now);
        rig.Pump();

        CollectionAssert.AreEquivalent(new[] { "Subscribe:TwinResponses", "Subscribe:DesiredProperties", "GetTwin" }, rig.Wishes);
    }

    [TestMethod]
    public void P03_SetFeatureWhileClosed_SendsNothing()
    {
        SessionRig rig = new();
        rig.Session.SetFeature(HubFeature.CloudToDevice | HubFeature.DirectMethods, true, rig.Now);
        rig.Pump();
        Assert.IsEmpty(rig.Wishes);
    }

    [TestMethod]
    public void SetFeature_OffWhileOnline_Unsubscribes()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.CloudToDevice);
        rig.Session.SetFeature(HubFeature.CloudToDevice, false, rig.Now);
        rig.Pump();
        Assert.AreEqual("Unsubscribe:CloudToDevice", rig.Wishes[^1]);
        Assert.AreEqual(HubFeature.None, rig.Session.Subscribed);
    }

    [TestMethod]
    public void P09_CloseAndOpen_KeepsWantedFeatures()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.CloudToDevice | HubFeature.DirectMethods);
        rig.Session.Close(HubErrorCode.Closed, rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.Closed, rig.Session.State);
        rig.Session.Open(rig.Now, rig.Now + 1000);
        rig.Pump();
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.AreEqual(HubFeature.CloudToDevice | HubFeature.DirectMethods, rig.Session.Subscribed);
    }

    [TestMethod]
    public void P40_Close_CompletesEverythingWithATypedError()
    {
        SessionRig rig = new SessionRig { AutoAcknowledge = false, DesiredVersion = null }.OpenOnline();
        rig.Send("a", out long inFlight);
        int twin = rig.Session.GetTwin(rig.Now, rig.Now + 60_000);
        int report = rig.Report("{\"x\":1}");
        rig.Session.Close(HubErrorCode.Closed, rig.Now);
        rig.Pump();

        Assert.AreEqual(HubErrorCode.Closed, rig.Result(twin));
        Assert.AreEqual(HubErrorCode.Closed, rig.Result(report));
        CollectionAssert.Contains(rig.Settled, (inFlight, HubErrorCode.Closed));
        Assert.AreEqual(long.MaxValue, rig.Session.NextDeadline);
        Assert.AreEqual("CloseTransport", rig.Wishes[^1]);
    }

    [TestMethod]
    public void P45_Open_Offline_CompletesAtItsDeadlineAndGoesOnTrying()
    {
        SessionRig rig = new SessionRig { AutoConnect = false }.TrustClock();
        int open = rig.Session.Open(rig.Now, rig.Now + 10_000);
        rig.Pump();
        rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 3600, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportFailed(HubErrorCode.NetworkUnavailable, "no route", rig.Now);
        rig.Pump();
        rig.Advance(10_000);

        Assert.AreEqual(HubErrorCode.Timeout, rig.Result(open));
        StringAssert.Contains(rig.Of(HubNotificationKind.OperationCompleted).Single().Detail, "no route");
        rig.AutoConnect = true;
        rig.Advance(200_000);
        Assert.AreEqual(SessionState.Online, rig.Session.State);
    }

    [TestMethod]
    public void P11_AcceptThenDrop_DelaysGrow()
    {
        SessionRig rig = new SessionRig(o => o.TakeOverBackOffMilliseconds = 0).OpenOnline();
        List<long> delays = [];
        for (int i = 0; i < 8; i++)
        {
            rig.Lose(HubErrorCode.ConnectionLost);
            delays.Add(rig.Session.NextAttempt - rig.Now);
            rig.Advance(rig.Session.NextAttempt - rig.Now);
        }

        Assert.IsGreaterThan(delays[0] * 4, delays[4], "no growth: " + string.Join(", ", delays));
        Assert.IsGreaterThanOrEqualTo(45_000, delays[7]);
        Assert.AreNotEqual(delays[6], delays[7], "the cap must keep its jitter");
    }

    [TestMethod]
    public void P11_BackOff_StartsAfreshOnlyAfterAHealthyMinute()
    {
        SessionRig rig = new SessionRig(o => o.TakeOverBackOffMilliseconds = 0).OpenOnline();
        for (int i = 0; i < 6; i++)
        {
            rig.Lose();
            rig.Advance(rig.Session.NextAttempt - rig.Now);
        }

        rig.Advance(59_000);
        rig.Lose();
        Assert.IsGreaterThan(10_000, rig.Session.NextAttempt - rig.Now);
        rig.Advance(rig.Session.NextAttempt - rig.Now);
        rig.Advance(60_000);
        rig.Lose();
        Assert.IsLessThanOrEqualTo(2_000, rig.Session.NextAttempt - rig.Now);
    }

    [TestMethod]
    public void P12_BackOff_IsMeasuredFromTheEndOfTheFailedAttempt()
    {
        SessionRig rig = new SessionRig(o => o.ConnectTimeoutMilliseconds = 45_000) { AutoConnect = false }.TrustClock();
        rig.Session.Open(rig.Now, rig.Now + 3_600_000);
        rig.Pump();
        for (int attempt = 1; attempt < 10; attempt++)
        {
            Assert.AreEqual(SessionState.Connecting, rig.Session.State);
            rig.Advance(45_000);
            Assert.AreEqual(SessionState.BackingOff, rig.Session.State);
            long delay = rig.Session.NextAttempt - rig.Now;
            Assert.IsGreaterThan(0, delay);
            rig.Advance(delay);
        }
    }

    [TestMethod]
    public void P05_TwoShortLivedConnections_AreTakenForASecondDevice()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.Lose(HubErrorCode.ConnectionLost);
        Assert.AreEqual(HubErrorCode.ConnectionLost, rig.Session.Reason);
        rig.Advance(rig.Session.NextAttempt - rig.Now);
        rig.Lose(HubErrorCode.ConnectionLost);

        Assert.AreEqual(HubErrorCode.IdentityInUseElsewhere, rig.Session.Reason);
        Assert.IsGreaterThanOrEqualTo(60_000, rig.Session.NextAttempt - rig.Now);
    }

    [TestMethod]
    public void P05_PingPong_ConnectsAtMostTwiceAMinute()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        List<long> connects = [rig.Now];
        for (int i = 0; i < 20; i++)
        {
            rig.Lose(HubErrorCode.ConnectionLost);
            rig.Advance(rig.Session.NextAttempt - rig.Now);
            connects.Add(rig.Now);
        }

        for (int i = 2; i < connects.Count; i++)
        {
            Assert.IsGreaterThanOrEqualTo(60_000, connects[i] - connects[i - 2]);
        }
    }

    [TestMethod]
    public void NetworkErrors_AreNoTakeOver()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        for (int i = 0; i < 5; i++)
        {
            rig.Lose(HubErrorCode.NetworkUnavailable);
            Assert.AreEqual(HubErrorCode.NetworkUnavailable, rig.Session.Reason);
            rig.Advance(rig.Session.NextAttempt - rig.Now);
        }
    }

    [TestMethod]
    public void P32_RefusedBeforeTheFirstSuccess_Stops()
    {
        SessionRig rig = new SessionRig { AutoConnect = false }.TrustClock();
        int open = rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 3600, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportRefused(HubErrorCode.Unauthorized, "refused", 0, rig.Now);
        rig.Pump();

        Assert.AreEqual(SessionState.Stopped, rig.Session.State);
        Assert.AreEqual(HubErrorCode.Unauthorized, rig.Result(open));
        Assert.AreEqual("CloseTransport", rig.Wishes[^1]);
        rig.Advance(24 * 3_600_000L);
        Assert.AreEqual(SessionState.Stopped, rig.Session.State);
        rig.AutoConnect = true;
        int again = rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        Assert.AreEqual(HubErrorCode.None, rig.Result(again));
    }

    [TestMethod]
    public void P55_RefusedAfterASuccess_TriesForEverButSlowly()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.AutoConnect = false;
        rig.Lose();
        List<long> delays = [];
        for (int i = 0; i < 6; i++)
        {
            rig.Advance(rig.Session.NextAttempt - rig.Now);
            rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 36_000, rig.Now);
            rig.Pump();
            rig.Session.HandleTransportRefused(HubErrorCode.Unauthorized, "refused", 0, rig.Now);
            rig.Pump();
            Assert.AreEqual(SessionState.BackingOff, rig.Session.State);
            delays.Add(rig.Session.NextAttempt - rig.Now);
        }

        Assert.IsTrue(delays.Skip(1).All(d => d >= 45_000), string.Join(", ", delays));
    }

    [TestMethod]
    public void RetryAfter_OfTheService_ComesFirst()
    {
        SessionRig rig = new SessionRig { AutoConnect = false }.TrustClock();
        rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 3600, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportRefused(HubErrorCode.ServiceUnavailable, "busy", 300, rig.Now);
        rig.Pump();
        Assert.IsGreaterThanOrEqualTo(300_000, rig.Session.NextAttempt - rig.Now);
    }

    [TestMethod]
    public void FeatureRefused_IsToldAndTheRestGoesOnline()
    {
        SessionRig rig = new SessionRig { AutoConnect = false }.TrustClock();
        rig.Session.SetFeature(HubFeature.CloudToDevice | HubFeature.DirectMethods, true, rig.Now);
        rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 3600, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportOpened(rig.Now);
        rig.Pump();
        rig.Session.HandleSubscribed(HubFeature.CloudToDevice, false, rig.Now);
        rig.Session.HandleSubscribed(HubFeature.DirectMethods, true, rig.Now);
        rig.Pump();

        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.AreEqual(HubErrorCode.NotSupported, rig.Of(HubNotificationKind.FeatureRefused).Single().Error);
    }

    [TestMethod]
    public void SubscribeTimeout_BacksOffAndClosesTheTransport()
    {
        SessionRig rig = new SessionRig { AutoConnect = false }.TrustClock();
        rig.Session.SetFeature(HubFeature.DirectMethods, true, rig.Now);
        rig.Session.Open(rig.Now, rig.Now + 600_000);
        rig.Pump();
        rig.Session.HandleCredential("t", SessionRig.StartUnixSeconds + 3600, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportOpened(rig.Now);
        rig.Pump();
        rig.Advance(30_000);

        Assert.AreEqual(SessionState.BackingOff, rig.Session.State);
        Assert.AreEqual(HubErrorCode.Timeout, rig.Session.Reason);
        Assert.AreEqual("CloseTransport", rig.Wishes[^1]);
    }

    [TestMethod]
    public void FactsOfAClosedTransport_AreIgnored()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.Session.Close(HubErrorCode.Closed, rig.Now);
        rig.Pump();
        rig.Session.HandleTransportClosed(HubErrorCode.ConnectionLost, "late", rig.Now);
        rig.Session.HandleTransportOpened(rig.Now);
        rig.Session.HandleSubscribed(HubFeature.DirectMethods, true, rig.Now);
        rig.Session.HandleTransportRefused(HubErrorCode.Unauthorized, "late", 0, rig.Now);
        rig.Session.HandleCredential("late", 0, rig.Now);
        rig.Session.HandleCredentialFailed(HubErrorCode.Unknown, "late", rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.Closed, rig.Session.State);
    }
}
