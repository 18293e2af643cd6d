using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionRequestsTests
{
    [TestMethod]
    [DataRow("1")]
    [DataRow("a")]
    [DataRow("ff")]
    [DataRow("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void P69_MethodRequestIds_AreOpaque(string requestId)
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.DirectMethods);
        byte[] payload = Encoding.UTF8.GetBytes("{\"n\":1}");
        rig.Session.HandleMethodInvoked("reboot", requestId, payload, 0, payload.Length);
        rig.Pump();
        var told = rig.Of(HubNotificationKind.MethodRequested).Single();
        Assert.AreEqual("reboot", told.Name);
        Assert.AreEqual("{\"n\":1}", told.Body);
        Assert.IsTrue(rig.Session.RespondToMethod(told.Token, 200, null, 0, 0));
        HubWish wish = new();
        Assert.IsTrue(rig.Session.TryTakeWish(wish));
        Assert.AreEqual(requestId, wish.RequestId);
        Assert.AreEqual(200, wish.Status);
    }

    [TestMethod]
    public void RespondToMethod_TwiceOrAfterReconnect_AnswersFalse()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.DirectMethods);
        for (int i = 0; i < 10; i++)
        {
            rig.Session.HandleMethodInvoked("m", "r" + i, [], 0, 0);
        }

        rig.Pump();
        long[] tokens = rig.Of(HubNotificationKind.MethodRequested).Select(t => t.Token).ToArray();
        Assert.IsTrue(rig.Session.RespondToMethod(tokens[3], 200, null, 0, 0));
        Assert.IsFalse(rig.Session.RespondToMethod(tokens[3], 200, null, 0, 0));
        rig.Lose();
        rig.Advance(60_000);
        Assert.IsFalse(rig.Session.RespondToMethod(tokens[4], 200, null, 0, 0));
    }

    [TestMethod]
    public void P67_Settle_AfterReconnect_SaysTheLockIsLost()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.CloudToDevice);
        byte[] body = Encoding.UTF8.GetBytes("a=bpayload");
        rig.Session.HandleMessageReceived(null, 9, body, 0, 3, 3, 7);
        rig.Session.HandleMessageReceived(null, 10, body, 0, 3, 3, 7);
        rig.Pump();
        var told = rig.Of(HubNotificationKind.MessageReceived).ToList();
        Assert.AreEqual("payload", told[0].Body);
        Assert.IsTrue(rig.Session.SettleMessage(told[0].Token, MessageDisposition.Complete));
        rig.Pump();
        Assert.AreEqual("Settle", rig.Wishes[^1]);
        rig.Lose();
        rig.Advance(60_000);
        Assert.IsFalse(rig.Session.SettleMessage(told[1].Token, MessageDisposition.Complete));
    }

    [TestMethod]
    public void P68_MessageThatNobodyWants_IsLeftUnacknowledged()
    {
        SessionRig rig = new SessionRig().OpenOnline();
        rig.Session.HandleMessageReceived(null, 9, new byte[4], 0, 0, 0, 4);
        rig.Pump();
        Assert.IsEmpty(rig.Of(HubNotificationKind.MessageReceived));
        Assert.AreEqual(1, rig.Session.UnwantedMessages);
        Assert.DoesNotContain("Settle", rig.Wishes);
    }

    [TestMethod]
    public void Message_WithUndecodableProperties_IsToldWithoutThem()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.CloudToDevice);
        byte[] body = Encoding.UTF8.GetBytes("a=%zzpayload");
        rig.Session.HandleMessageReceived(null, 9, body, 0, 5, 5, 7);
        rig.Pump();
        var told = rig.Of(HubNotificationKind.MessageReceived).Single();
        Assert.AreEqual(HubErrorCode.ProtocolError, told.Error);
        Assert.AreEqual("payload", told.Body);
    }

    [TestMethod]
    public void QosZeroMessage_NeedsNoAcknowledgement()
    {
        SessionRig rig = new SessionRig().OpenOnline(HubFeature.ModuleInputs);
        rig.Session.HandleMessageReceived("in1", 0, new byte[4], 0, 0, 0, 4);
        rig.Pump();
        var told = rig.Of(HubNotificationKind.InputMessageReceived).Single();
        Assert.AreEqual("in1", told.Name);
        Assert.IsTrue(rig.Session.SettleMessage(told.Token, MessageDisposition.Complete));
        rig.Pump();
        Assert.DoesNotContain("Settle", rig.Wishes);
    }
}
