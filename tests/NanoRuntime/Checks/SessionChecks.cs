using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>A device's life against a scripted hub: connect, talk, lose the network, come back, renew, be refused.</summary>
public static class SessionChecks
{
    // Numbers of SessionState: 0 closed, 1 connecting, 2 subscribing, 3 synchronizing, 4 online, 5 renewing, 6 backing off.
    private const string ToOnline = "124";
    private const string ToOnlineWithTwin = "1234";

    public static void Run(CheckRun run)
    {
        run.Begin("session");
        run.Run("connect and say who it is", Connect);
        run.Run("telemetry is delivered once", Telemetry);
        run.Run("a direct method is answered", Method);
        run.Run("a message is settled", Message);
        run.Run("reported properties are accepted", Reported);
        run.Run("desired properties arrive", Desired);
        run.Run("P01 a change missed while away is told once", MissedChange);
        run.Run("the network goes and comes back", Cut);
        run.Run("telemetry without PUBACK is sent again", Resend);
        run.Run("P20 the token is renewed before its end", Renewal);
        run.Run("P11 a refusing hub is asked ever less often", Refused);
        run.Run("P40 closing completes everything", Close);
        run.Run("a silent hub is given up", Silence);
        run.End();
    }

    private static DeviceRig Online(CheckRun run, HubFeature features)
    {
        DeviceRig rig = new DeviceRig();
        rig.Open(features);
        run.AreEqual((int)SessionState.Online, (int)rig.Session.State, "online");
        return rig;
    }

    private static void Connect(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.None);
        run.AreEqual(ToOnline, rig.States, "states");
        run.AreEqual("h.net/d/?api-version=2021-04-12", rig.Hub.UserName, "user name");
        run.IsTrue(SasToken.TryParse(rig.Hub.Password, out SasTokenParts? parts), "the password is a token");
        run.AreEqual("h.net/devices/d", parts == null ? null : parts.Resource, "audience");
        run.AreEqual("done;", rig.Told, "told");
        run.AreEqual("", rig.Hub.Filters, "subscriptions");
    }

    private static void Telemetry(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.None);
        run.AreEqual((int)HubErrorCode.None, (int)rig.Send("{\"t\":1}"), "accepted");
        run.AreEqual((int)HubErrorCode.None, (int)rig.Send("{\"t\":2}"), "accepted");
        run.AreEqual("={\"t\":1};={\"t\":2};", rig.Hub.Telemetry, "at the hub");
        run.AreEqual(2, rig.Session.Outbox.Delivered, "delivered");
        run.AreEqual(0, rig.Session.Outbox.Count, "left over");
        run.IsTrue(rig.Settled.Contains(":0 ") && !rig.Settled.Contains(":1"), rig.Settled);
    }

    private static void Method(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.DirectMethods);
        run.AreEqual("$iothub/methods/POST/# ", rig.Hub.Filters, "filters");
        rig.Hub.Publish("$iothub/methods/POST/reboot/?$rid=a1", "{\"delay\":5}", 0);
        rig.Deliver();
        run.AreEqual("done;method reboot {\"delay\":5};", rig.Told, "told");
        byte[] answer = Utf8Text.GetBytes("{\"ok\":true}");
        run.IsTrue(rig.Session.RespondToMethod(rig.LastToken, 200, answer, 0, answer.Length), "the answer is taken");
        rig.Pump();
        run.AreEqual("$iothub/methods/res/200/={\"ok\":true};", rig.Hub.Published, "at the hub");
        run.IsTrue(!rig.Session.RespondToMethod(rig.LastToken, 200, answer, 0, answer.Length), "a second answer is refused");
    }

    private static void Message(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.CloudToDevice);
        rig.Hub.Publish("devices/d/messages/devicebound/%24.mid=m1&%24.to=%2Fdevices%2Fd%2Fmessages%2FdeviceBound&level=high", "hello", 1);
        rig.Deliver();
        run.AreEqual("done;message hello;", rig.Told, "told");
        run.AreEqual("", rig.Hub.Acknowledged, "not acknowledged before it is settled");
        run.IsTrue(rig.Session.SettleMessage(rig.LastToken, MessageDisposition.Complete), "settled");
        rig.Pump();
        run.AreEqual("1 ", rig.Hub.Acknowledged, "acknowledged");
    }

    private static void Reported(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.TwinResponses);
        rig.Report("{\"a\":1}");
        run.AreEqual("$iothub/twin/PATCH/properties/reported/={\"a\":1};", rig.Hub.Published, "at the hub");
        run.AreEqual("done;done v2;", rig.Told, "told");
    }

    private static void Desired(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.DesiredProperties);
        run.AreEqual(ToOnlineWithTwin, rig.States, "states");
        run.IsTrue(rig.Told.Contains("desired v1 full"), rig.Told);
        rig.Hub.DesiredVersion = 2;
        rig.Hub.Publish("$iothub/twin/PATCH/properties/desired/?$version=2", "{\"interval\":7,\"$version\":2}", 0);
        rig.Deliver();
        run.IsTrue(rig.Told.Contains("desired v2 {\"interval\":7"), rig.Told);
        run.AreEqual(2, rig.Session.LastDesiredVersion, "version");
    }

    private static void MissedChange(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.DesiredProperties);
        rig.Cut();
        rig.Hub.DesiredVersion = 4;
        rig.Hub.Desired = "\"interval\":9";
        rig.IsCut = false;
        rig.Advance(120000);
        run.AreEqual((int)SessionState.Online, (int)rig.Session.State, "back");
        run.IsTrue(rig.Told.Contains("desired v4 full"), rig.Told);
        int told = rig.Told.Length;
        rig.Cut();
        rig.IsCut = false;
        rig.Advance(120000);
        run.AreEqual((int)SessionState.Online, (int)rig.Session.State, "back again");
        run.AreEqual("", rig.Told.Substring(told), "nothing changed, nothing told");
    }

    private static void Cut(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.DirectMethods);
        rig.Cut();
        run.AreEqual((int)SessionState.BackingOff, (int)rig.Session.State, "backing off");
        run.AreEqual((int)HubErrorCode.None, (int)rig.Send("while away"), "telemetry is kept");
        rig.Advance(600000);
        run.AreEqual(1, rig.Hub.Connects, "nothing reached the hub");
        rig.IsCut = false;
        rig.Advance(120000);
        run.AreEqual((int)SessionState.Online, (int)rig.Session.State, "back");
        run.AreEqual("=while away;", rig.Hub.Telemetry, "delivered after the return");
        run.AreEqual("$iothub/methods/POST/# ", rig.Hub.Filters, "subscribed again");
    }

    private static void Resend(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.None);
        rig.Hub.Acknowledges = false;
        rig.Send("a");
        rig.Send("b");
        run.AreEqual("", rig.Settled, "nothing is settled");
        rig.Cut();
        rig.Hub.Acknowledges = true;
        rig.IsCut = false;
        rig.Advance(120000);
        run.AreEqual("=a;=b;dup =a;dup =b;", rig.Hub.Telemetry, "at the hub");
        run.AreEqual(2, rig.Session.Outbox.Delivered, "delivered");
        run.AreEqual(2, rig.Session.Outbox.Resent, "sent again");
    }

    private static void Renewal(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.DirectMethods);
        string first = rig.Hub.Password;
        rig.Advance(3600 * 1000);
        run.AreEqual((int)SessionState.Online, (int)rig.Session.State, "online after the token's life");
        run.AreEqual(2, rig.Hub.Connects, "connections");
        run.IsTrue(rig.Hub.Password != first, "a new token");
        run.IsTrue(rig.States.Length > 3 && rig.States[3] == '5', "renewing is a state of its own: " + rig.States);
        run.AreEqual("done;", rig.Told, "nothing failed");
    }

    private static void Refused(CheckRun run)
    {
        DeviceRig rig = new DeviceRig();
        rig.Hub.ConnectCode = 3;
        rig.Open(HubFeature.None);
        rig.Advance(3600 * 1000);
        run.IsTrue(rig.Hub.Connects >= 40 && rig.Hub.Connects <= 90, rig.Hub.Connects.ToString() + " attempts in an hour");
        run.IsTrue(rig.Told.Contains("error"), "the open ended with an error: " + rig.Told);
        rig.Hub.ConnectCode = 0;
        rig.Advance(120000);
        run.AreEqual((int)SessionState.Online, (int)rig.Session.State, "online when the hub accepts");
    }

    private static void Close(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.TwinResponses);
        rig.Hub.Acknowledges = false;
        rig.Hub.AnswersTwin = false;
        rig.Send("a");
        rig.Session.GetTwin(rig.Now, rig.Now + 60000);
        rig.Report("{\"a\":1}");
        rig.Session.Close(HubErrorCode.Closed, rig.Now);
        rig.Pump();
        run.AreEqual((int)SessionState.Closed, (int)rig.Session.State, "closed");
        run.IsTrue(rig.Settled.Contains(":3 "), "the message ends as closed: " + rig.Settled);
        run.AreEqual("done;done error 3;done error 3;", rig.Told, "told");
        run.AreEqual(long.MaxValue, rig.Session.NextDeadline, "no deadline is left");
    }

    private static void Silence(CheckRun run)
    {
        DeviceRig rig = Online(run, HubFeature.None);
        rig.Hub.Acknowledges = false;
        rig.Send("a");
        rig.Hub.ConnectCode = 3;
        rig.Advance(60000);
        run.AreEqual((int)SessionState.BackingOff, (int)rig.Session.State, "given up after the wait for PUBACK");
        run.AreEqual("", rig.Settled, "the message is kept");
    }
}
