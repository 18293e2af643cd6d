using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionTwinTests
{
    private static SessionRig Online(Action<HubSessionOptions>? configure = null)
        => new SessionRig(configure).OpenOnline(HubFeature.DesiredProperties);

    [TestMethod]
    public void FirstConnect_TellsTheDesiredPropertiesOnceAsAWhole()
    {
        SessionRig rig = Online();
        var told = rig.Of(HubNotificationKind.DesiredPropertiesChanged).Single();
        Assert.AreEqual(1, told.Version);
        Assert.IsTrue(told.Full);
        Assert.AreEqual("{\"a\":1,\"$version\":1}", told.Body);
    }

    [TestMethod]
    public void FirstConnect_WithTheVersionTheApplicationKnows_TellsNothing()
    {
        SessionRig rig = Online(o => o.LastDesiredVersion = 1);
        Assert.IsEmpty(rig.Of(HubNotificationKind.DesiredPropertiesChanged));
    }

    [TestMethod]
    [DataRow(1_000L)]
    [DataRow(10_000L)]
    [DataRow(60_000L)]
    [DataRow(600_000L)]
    public void P01_P02_ChangesMissedOffline_AreToldExactlyOnce(long offline)
    {
        SessionRig rig = Online();
        rig.AutoConnect = false;
        rig.Lose();
        rig.DesiredVersion = 4;
        rig.Advance(offline);
        rig.AutoConnect = true;
        rig.Told.Clear();
        rig.Advance(200_000);

        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.AreEqual(4, rig.Of(HubNotificationKind.DesiredPropertiesChanged).Single().Version);
    }

    [TestMethod]
    public void P01_NothingMissed_TellsNothing()
    {
        SessionRig rig = Online();
        for (int i = 0; i < 10; i++)
        {
            rig.Lose();
            rig.Advance(120_000);
        }

        Assert.HasCount(1, rig.Of(HubNotificationKind.DesiredPropertiesChanged).ToList());
        Assert.HasCount(11, rig.TwinGets);
    }

    [TestMethod]
    public void Push_NextVersion_IsToldAsAPatch()
    {
        SessionRig rig = Online();
        rig.PushDesired(2, "{\"b\":2,\"$version\":2}");
        var told = rig.Of(HubNotificationKind.DesiredPropertiesChanged).Last();
        Assert.IsFalse(told.Full);
        Assert.AreEqual(2, told.Version);
        Assert.AreEqual(2, rig.Session.LastDesiredVersion);
    }

    [TestMethod]
    public void Push_WithAGap_ReadsTheTwinAndTellsOnce()
    {
        SessionRig rig = Online();
        rig.DesiredVersion = 5;
        rig.PushDesired(5, "{\"b\":2,\"$version\":5}");
        var told = rig.Of(HubNotificationKind.DesiredPropertiesChanged).ToList();
        Assert.HasCount(2, told);
        Assert.AreEqual(5, told[1].Version);
        Assert.IsTrue(told[1].Full);
        Assert.HasCount(2, rig.TwinGets);
    }

    [TestMethod]
    public void Push_Old_IsDroppedAndCounted()
    {
        SessionRig rig = Online();
        rig.PushDesired(1, "{}");
        Assert.HasCount(1, rig.Of(HubNotificationKind.DesiredPropertiesChanged).ToList());
        Assert.AreEqual(1, rig.Session.StaleChanges);
    }

    [TestMethod]
    public void Answer_OlderThanAPushThatCrossedIt_IsAskedAgain()
    {
        SessionRig rig = Online();
        rig.DesiredVersion = null;
        rig.Lose();
        rig.Advance(rig.Session.NextAttempt - rig.Now);
        rig.Told.Clear();
        rig.PushDesired(2, "{\"n\":2,\"$version\":2}");
        rig.AnswerTwin(rig.TwinGets[^1], 200, body: SessionRig.TwinBody(1));
        Assert.AreEqual(SessionState.Synchronizing, rig.Session.State);
        rig.AnswerTwin(rig.TwinGets[^1], 200, body: SessionRig.TwinBody(2));

        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.AreEqual(2, rig.Of(HubNotificationKind.DesiredPropertiesChanged).Single().Version);
    }

    [TestMethod]
    public void TwinReplacedOffline_LowerVersion_IsTold()
    {
        SessionRig rig = Online(o => o.LastDesiredVersion = 9);
        Assert.AreEqual(1, rig.Of(HubNotificationKind.DesiredPropertiesChanged).Single().Version);
    }

    [TestMethod]
    public void P46_BusyTwin_DoesNotHoldUpTelemetryAndIsComparedLater()
    {
        SessionRig rig = new SessionRig { DesiredVersion = null }.TrustClock();
        rig.Session.SetFeature(HubFeature.DesiredProperties, true, rig.Now);
        rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        Assert.AreEqual(SessionState.Synchronizing, rig.Session.State);
        rig.Send("while synchronizing", out long token);
        CollectionAssert.Contains(rig.Settled, (token, HubErrorCode.None));
        rig.AnswerTwin(rig.TwinGets[^1], 429, retryAfter: 20);
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.HasCount(1, rig.TwinGets);
        rig.DesiredVersion = 3;
        rig.Advance(19_000);
        Assert.HasCount(1, rig.TwinGets);
        rig.Advance(10_000);
        Assert.AreEqual(3, rig.Of(HubNotificationKind.DesiredPropertiesChanged).Single().Version);
    }

    [TestMethod]
    public void P46_UnansweredTwin_GoesOnlineAndIsComparedLater()
    {
        SessionRig rig = new SessionRig { DesiredVersion = null }.TrustClock();
        rig.Session.SetFeature(HubFeature.DesiredProperties, true, rig.Now);
        rig.Session.Open(rig.Now, rig.Now + 600_000);
        rig.Pump();
        rig.Advance(30_000);
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        rig.DesiredVersion = 2;
        rig.Advance(60_000);
        Assert.AreEqual(2, rig.Of(HubNotificationKind.DesiredPropertiesChanged).Single().Version);
    }

    [TestMethod]
    public void P66_LateOrForeignAnswer_IsDroppedAndCounted()
    {
        SessionRig rig = Online();
        rig.DesiredVersion = null;
        int first = rig.Session.GetTwin(rig.Now, rig.Now + 1_000);
        rig.Pump();
        string late = rig.TwinGets[^1];
        rig.Advance(1_000);
        Assert.AreEqual(HubErrorCode.Timeout, rig.Result(first));
        int second = rig.Session.GetTwin(rig.Now, rig.Now + 1_000);
        rig.Pump();
        rig.AnswerTwin(late, 200, body: "{\"old\":true}");
        rig.AnswerTwin("stranger", 200, body: "{}");
        Assert.IsNull(rig.Result(second));
        rig.AnswerTwin(rig.TwinGets[^1], 200, body: "{\"new\":true}");
        Assert.AreEqual(HubErrorCode.None, rig.Result(second));
        Assert.AreEqual("{\"new\":true}", rig.Of(HubNotificationKind.OperationCompleted).Last().Body);
        Assert.AreEqual(1, rig.Session.LateReplies);
    }

    [TestMethod]
    public void GetTwin_Throttled_IsAskedAgainAndSucceeds()
    {
        SessionRig rig = Online();
        rig.DesiredVersion = null;
        int operation = rig.Session.GetTwin(rig.Now, rig.Now + 60_000);
        rig.Pump();
        rig.AnswerTwin(rig.TwinGets[^1], 429);
        rig.DesiredVersion = 1;
        rig.Advance(5_000);
        Assert.AreEqual(HubErrorCode.None, rig.Result(operation));
    }

    [TestMethod]
    public void GetTwin_Refused_CarriesStatusAndMessage()
    {
        SessionRig rig = Online();
        rig.DesiredVersion = null;
        int operation = rig.Session.GetTwin(rig.Now, rig.Now + 60_000);
        rig.Pump();
        rig.AnswerTwin(rig.TwinGets[^1], 400, body: "{\"errorCode\":400004,\"trackingId\":\"T1\",\"message\":\"bad\"}");
        Assert.AreEqual(HubErrorCode.BadRequest, rig.Result(operation));
        StringAssert.Contains(rig.Of(HubNotificationKind.OperationCompleted).Last().Detail, "bad");
    }

    [TestMethod]
    public void GetTwin_LostConnection_IsAskedAgainOnTheNextOne()
    {
        SessionRig rig = Online();
        rig.DesiredVersion = null;
        int operation = rig.Session.GetTwin(rig.Now, rig.Now + 600_000);
        rig.Pump();
        rig.Lose();
        rig.DesiredVersion = 1;
        rig.Advance(60_000);
        Assert.AreEqual(HubErrorCode.None, rig.Result(operation));
    }

    [TestMethod]
    public void CancelOperation_CompletesOnceAsCancelled()
    {
        SessionRig rig = Online();
        rig.DesiredVersion = null;
        int operation = rig.Session.GetTwin(rig.Now, rig.Now + 60_000);
        rig.Pump();
        rig.Session.CancelOperation(operation, rig.Now);
        rig.Session.CancelOperation(operation, rig.Now);
        rig.Pump();
        Assert.AreEqual(HubErrorCode.Cancelled, rig.Result(operation));
    }
}
