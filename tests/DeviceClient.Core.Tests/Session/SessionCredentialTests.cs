using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionCredentialTests
{
    [TestMethod]
    public void P87_UntrustedClock_WaitsForTimeAndMakesNoToken()
    {
        SessionRig rig = new();
        rig.Session.HandleClock(0, false, rig.Now);
        rig.Session.Open(rig.Now, rig.Now + 3_600_000);
        rig.Pump();
        Assert.AreEqual(SessionState.WaitingForTime, rig.Session.State);
        Assert.AreEqual(HubErrorCode.WaitingForTime, rig.Session.Reason);
        Assert.IsEmpty(rig.Wishes);
        rig.Advance(600_000);
        Assert.IsEmpty(rig.Wishes);
        rig.TrustClock();
        rig.Pump();
        Assert.AreEqual(SessionState.Online, rig.Session.State);
    }

    [TestMethod]
    public void P87_Certificate_NeedsNoClock()
    {
        SessionRig rig = new(o => o.Credential = CredentialKind.Certificate);
        rig.Session.Open(rig.Now, rig.Now + 60_000);
        rig.Pump();
        Assert.AreEqual(SessionState.Online, rig.Session.State);
    }

    [TestMethod]
    public void P20_Renewal_IsPlannedVisibleAndFailsNothing()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.DirectMethods);
        rig.States.Clear();
        rig.Advance(3_600_000);
        CollectionAssert.AreEqual(new[] { SessionState.Renewing, SessionState.Subscribing, SessionState.Online }, rig.States.Take(3).ToList());
        Assert.IsFalse(rig.States.Contains(SessionState.BackingOff));
        Assert.IsTrue(rig.Told.All(t => t.Error == HubErrorCode.None));
    }

    [TestMethod]
    public void Renewal_TokenNearExpiry_RenewsBeforeTheEnd()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.Advance(3_000_000);
        Assert.AreEqual(1, rig.Session.Connects);
        rig.Advance(590_000);
        Assert.AreEqual(2, rig.Session.Connects);
    }

    [TestMethod]
    public void P19_TwoHundredRenewals_EachOnTime()
    {
        SessionRig rig = new SessionRig { TokenLifeSeconds = 10 }.OpenOnline(HubFeature.DesiredProperties | HubFeature.CloudToDevice);
        rig.Advance(200 * 10_000);
        Assert.IsGreaterThanOrEqualTo(200, rig.Session.Connects);
        Assert.IsFalse(rig.States.Contains(SessionState.BackingOff));
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        rig.Send("still here", out long token);
        CollectionAssert.Contains(rig.Settled, (token, HubErrorCode.None));
    }

    [TestMethod]
    public void P20_Renewal_WaitsForWhatIsInFlightAndHoldsWhatComes()
    {
        SessionRig rig = new SessionRig { AutoAcknowledge = false, TokenLifeSeconds = 100 }.OpenOnline();
        rig.Send("in flight", out long first);
        rig.Advance(90_000);
        Assert.AreEqual(SessionState.Renewing, rig.Session.State);
        rig.Send("held", out _);
        Assert.HasCount(1, rig.Sent);
        rig.Session.HandleTelemetryAccepted(first, rig.Now);
        rig.AutoAcknowledge = true;
        rig.Pump();
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.AreEqual("held", rig.Sent[^1].Payload);
        Assert.AreEqual(0, rig.Session.Outbox.Resent);
        Assert.IsTrue(rig.Settled.All(s => s.Error == HubErrorCode.None));
    }

    [TestMethod]
    public void Renewal_WithoutAcknowledgements_SwitchesAfterTheDrainTime()
    {
        SessionRig rig = new SessionRig { AutoAcknowledge = false, TokenLifeSeconds = 100 }.OpenOnline();
        rig.Send("stuck", out _);
        rig.Advance(90_000);
        rig.Advance(5_000);
        Assert.AreEqual(2, rig.Session.Connects);
        Assert.AreEqual(1, rig.Session.Outbox.Resent);
    }

    [TestMethod]
    public void Renewal_TransportLostWhileDraining_ReconnectsAtOnce()
    {
        SessionRig rig = new SessionRig { AutoAcknowledge = false, TokenLifeSeconds = 100 }.OpenOnline();
        rig.Send("stuck", out _);
        rig.Advance(90_000);
        Assert.AreEqual(SessionState.Renewing, rig.Session.State);
        rig.Lose(HubErrorCode.ConnectionLost);
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.AreEqual(2, rig.Session.Connects);
    }

    [TestMethod]
    public void P25_Renewal_ProviderFails_RetriesOnTheOldConnection()
    {
        SessionRig rig = new SessionRig { TokenLifeSeconds = 1000 }.OpenOnline();
        rig.AutoConnect = false;
        rig.Advance(900_000);
        Assert.AreEqual("RequestCredential", rig.Wishes[^1]);
        rig.Session.HandleCredentialFailed(HubErrorCode.NetworkUnavailable, "provider", rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        Assert.AreEqual(HubErrorCode.NetworkUnavailable, rig.Of(HubNotificationKind.CredentialExpiring).Single().Error);
        rig.AutoConnect = true;
        rig.Advance(5_000);
        Assert.AreEqual(2, rig.Session.Connects);
    }

    [TestMethod]
    public void CredentialFailed_WhileConnecting_BacksOffAndTriesAgain()
    {
        SessionRig rig = new SessionRig { AutoConnect = false }.TrustClock();
        rig.Session.Open(rig.Now, rig.Now + 600_000);
        rig.Pump();
        rig.Session.HandleCredentialFailed(HubErrorCode.Timeout, "provider", rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.BackingOff, rig.Session.State);
        rig.AutoConnect = true;
        rig.Advance(10_000);
        Assert.AreEqual(SessionState.Online, rig.Session.State);
    }

    [TestMethod]
    public void P22_FixedToken_WarnsAheadAndStopsAfterItsEnd()
    {
        SessionRig rig = new SessionRig(o => o.Credential = CredentialKind.FixedToken) { TokenLifeSeconds = 1000 };
        long expires = SessionRig.StartUnixSeconds + 1 + 1000;
        rig.OpenOnline();
        Assert.AreEqual(expires, rig.Session.CredentialExpiresUnixSeconds);
        rig.Advance(900_000);
        Assert.HasCount(1, rig.Of(HubNotificationKind.CredentialExpiring).ToList());
        Assert.AreEqual(1, rig.Session.Connects);
        rig.Advance(110_000);
        rig.Lose(HubErrorCode.ConnectionLost);
        rig.Advance(60_000);
        Assert.AreEqual(SessionState.Stopped, rig.Session.State);
        Assert.AreEqual(HubErrorCode.CredentialExpired, rig.Session.Reason);
    }

    [TestMethod]
    public void P25_Certificate_IsNeverDroppedByATokenTimer()
    {
        SessionRig rig = new SessionRig(o => o.Credential = CredentialKind.Certificate) { TokenLifeSeconds = 1000 };
        rig.OpenOnline();
        rig.Advance(2_000_000);
        Assert.AreEqual(1, rig.Session.Connects);
        Assert.HasCount(1, rig.Of(HubNotificationKind.CredentialExpiring).ToList());
    }

    [TestMethod]
    [DataRow(10L * 365 * 86400)]
    [DataRow(-10L * 365 * 86400)]
    [DataRow(90L * 60)]
    [DataRow(-90L * 60)]
    public void P88_ClockStep_MovesTheRenewalAndBreaksNothing(long stepSeconds)
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.Advance(60_000);
        rig.AutoConnect = true;
        rig.Session.HandleClock(((SessionRig.StartUnixSeconds + stepSeconds) * 1000) + rig.Now, true, rig.Now);
        rig.Pump();
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        rig.Advance(2_000);
        Assert.AreEqual(SessionState.Online, rig.Session.State);
        // A jump past the token's end renews at once; a jump back leaves the token alone.
        Assert.AreEqual(stepSeconds >= 3600, rig.Session.Connects > 1);
    }
}
