using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>The registration machine: register, poll, wait as asked, end; and its MQTT and HTTPS forms.</summary>
/// <remarks>Topics, paths and bodies: docs/protocol.md, "Provisioning".</remarks>
public static class ProvisioningChecks
{
    private const string Assigning = "{\"operationId\":\"4.op\",\"status\":\"assigning\"}";
    private const string Assigned = "{\"operationId\":\"4.op\",\"status\":\"assigned\",\"registrationState\":{\"registrationId\":\"reg-001\",\"assignedHub\":\"h.net\",\"deviceId\":\"dev-1\",\"status\":\"assigned\",\"payload\":{\"a\":1}}}";

    public static void Run(CheckRun run)
    {
        run.Begin("provisioning");
        run.Run("register, poll, assigned", Register);
        run.Run("the service's wait is kept", RetryAfter);
        run.Run("throttling is not an end", Throttled);
        run.Run("refusals end at once", Refused);
        run.Run("failed and disabled are terminal", Terminal);
        run.Run("a lost connection polls on", Lost);
        run.Run("the overall deadline", Deadline);
        run.Run("an answer to another request is ignored", OtherAnswer);
        run.Run("MQTT form", Mqtt);
        run.Run("HTTPS form", Https);
        run.Run("topics of answers", Topics);
        run.End();
    }

    private static void Register(CheckRun run)
    {
        ProvisioningRig rig = new ProvisioningRig();
        rig.Session.Register(rig.Now);
        run.AreEqual("open;", rig.Drain(), "first");
        rig.Session.HandleTransportOpened(rig.Now);
        run.AreEqual("register {\"registrationId\":\"reg-001\"};", rig.Drain(), "opened");
        run.IsTrue(rig.Answer(202, 0, Assigning), "the answer is taken");
        run.AreEqual("", rig.Drain(), "it waits before it polls");
        rig.RunToDeadline();
        run.AreEqual("poll 4.op;", rig.Drain(), "waited");
        rig.Answer(200, 0, Assigned);
        run.AreEqual("close;result 0 assigned h.net dev-1 {\"a\":1};", rig.Drain(), "end");
        run.AreEqual(long.MaxValue, rig.Session.NextDeadline, "no deadline is left");
        rig.Session.Register(rig.Now);
        run.AreEqual("open;", rig.Drain(), "another one may start");
    }

    private static void RetryAfter(CheckRun run)
    {
        ProvisioningRig rig = ProvisioningRig.Registering();
        rig.Answer(202, 7, Assigning);
        long wait = rig.Session.NextDeadline - rig.Now;
        run.IsTrue(wait >= 7000 && wait <= 8750, "7 s asked, " + wait.ToString() + " ms waited");
        rig.RunToDeadline();
        rig.Drain();
        rig.Answer(202, 0, Assigning);
        wait = rig.Session.NextDeadline - rig.Now;
        run.IsTrue(wait >= 2000 && wait <= 2500, "nothing asked, " + wait.ToString() + " ms waited");
    }

    private static void Throttled(CheckRun run)
    {
        ProvisioningRig rig = ProvisioningRig.Registering();
        rig.Answer(429, 5, "{\"errorCode\":429001,\"message\":\"slow down\"}");
        long wait = rig.Session.NextDeadline - rig.Now;
        run.IsTrue(wait >= 5000 && wait <= 6250, "5 s asked, " + wait.ToString() + " ms waited");
        rig.RunToDeadline();
        run.AreEqual("register {\"registrationId\":\"reg-001\"};", rig.Drain(), "asked again");
        rig.Answer(503, 0, "");
        rig.RunToDeadline();
        run.AreEqual("register {\"registrationId\":\"reg-001\"};", rig.Drain(), "and after a server error");
    }

    private static void Refused(CheckRun run)
    {
        CheckEnd(run, 401, "{\"errorCode\":401002,\"message\":\"no\"}", HubErrorCode.Unauthorized);
        CheckEnd(run, 404, "{\"errorCode\":404001,\"message\":\"no\"}", HubErrorCode.NotFound);
        CheckEnd(run, 400, "not JSON", HubErrorCode.BadRequest);
        CheckEnd(run, 202, "not JSON", HubErrorCode.ProtocolError);
        CheckEnd(run, 202, "{\"status\":\"assigning\"}", HubErrorCode.ProtocolError);
    }

    private static void Terminal(CheckRun run)
    {
        CheckEnd(run, 200, "{\"operationId\":\"4.op\",\"status\":\"failed\",\"registrationState\":{\"status\":\"failed\",\"errorCode\":400209,\"errorMessage\":\"x\"}}", HubErrorCode.RegistrationRejected);
        CheckEnd(run, 200, "{\"operationId\":\"4.op\",\"status\":\"disabled\",\"registrationState\":{\"status\":\"disabled\"}}", HubErrorCode.RegistrationRejected);
    }

    private static void CheckEnd(CheckRun run, int status, string body, HubErrorCode expected)
    {
        ProvisioningRig rig = ProvisioningRig.Registering();
        rig.Answer(status, 0, body);
        string told = rig.Drain();
        string result = "close;result " + ((int)expected).ToString();
        run.IsTrue(told.Length > result.Length && told.Substring(0, result.Length) == result, status.ToString() + " " + body + " gave " + told);
        run.AreEqual((int)ProvisioningState.Completed, (int)rig.Session.State, "state after " + body);
    }

    private static void Lost(CheckRun run)
    {
        ProvisioningRig rig = ProvisioningRig.Registering();
        rig.Answer(202, 0, Assigning);
        rig.Session.HandleTransportClosed("cut", rig.Now);
        run.AreEqual("", rig.Drain(), "back-off first");
        rig.RunToDeadline();
        run.AreEqual("open;", rig.Drain(), "connects again");
        rig.Session.HandleTransportOpened(rig.Now);
        run.AreEqual("poll 4.op;", rig.Drain(), "the operation goes on at the service");
    }

    private static void Deadline(CheckRun run)
    {
        ProvisioningRig rig = new ProvisioningRig();
        rig.Session.Register(rig.Now);
        string told = "";
        for (int i = 0; i < 200 && rig.Session.State != ProvisioningState.Completed; i++)
        {
            told = rig.Drain();
            rig.RunToDeadline();
        }

        told = rig.Drain();
        run.IsTrue(told.Contains("result " + ((int)HubErrorCode.Timeout).ToString()), told);
        run.AreEqual(301000, rig.Now, "after five minutes");
    }

    private static void OtherAnswer(CheckRun run)
    {
        ProvisioningRig rig = ProvisioningRig.Registering();
        byte[] body = Utf8Text.GetBytes(Assigned);
        run.IsTrue(!rig.Session.HandleAnswer("other", 200, 0, body, 0, body.Length, rig.Now), "another id");
        run.AreEqual((int)ProvisioningState.Registering, (int)rig.Session.State, "state");
        rig.Session.Cancel(rig.Now);
        run.IsTrue(rig.Drain().Contains("result " + ((int)HubErrorCode.Cancelled).ToString()), "cancelled");
        run.IsTrue(!rig.Answer(200, 0, Assigned), "an answer after the end");
    }

    private static void Mqtt(CheckRun run)
    {
        ProvisioningRig rig = new ProvisioningRig();
        FixedBufferSource buffers = new FixedBufferSource(512, 3);
        MqttConnectionOptions options = new MqttConnectionOptions(buffers);
        options.OutputBufferBytes = 256;
        options.MaxInboundPacketBytes = 512;
        MqttConnection connection = new MqttConnection(options);
        MqttProvisioningMapping mapping = new MqttProvisioningMapping(rig.Options, rig.Session, connection);
        rig.Session.Register(rig.Now);
        rig.Drain();
        mapping.HandleTransportReady("token", rig.Now);
        string connect = Take(connection, buffers);
        run.IsTrue(connect.Contains("0ne00000A0A/registrations/reg-001/api-version=2019-03-31"), "user name");
        Feed(mapping, Hex.Parse("20020000"), rig.Now);
        run.IsTrue(Take(connection, buffers).Contains("$dps/registrations/res/#"), "subscribed");
        Feed(mapping, Hex.Parse("9003800001"), rig.Now);
        ProvisioningWish wish = new ProvisioningWish();
        run.IsTrue(rig.Session.TryTakeWish(wish) && wish.Kind == ProvisioningWishKind.SendRegister, "register is wanted");
        run.IsTrue(mapping.TryCarry(wish, rig.Now), "and carried");
        run.IsTrue(Take(connection, buffers).Contains("$dps/registrations/PUT/iotdps-register/?$rid=" + wish.RequestId), "topic");
        ScriptedHub service = new ScriptedHub();
        service.Publish("$dps/registrations/res/200/?$rid=" + wish.RequestId, Assigned, 1);
        Feed(mapping, service.TakeAnswers(), rig.Now);
        run.IsTrue(rig.Drain().Contains("result 0 assigned h.net dev-1"), "assigned");
    }

    private static string Take(MqttConnection connection, FixedBufferSource buffers)
    {
        byte[]? buffer = connection.TakeOutput(out int count);
        if (buffer == null)
        {
            return "";
        }

        // The fields are text; bytes in front of them that are not would end or garble a string.
        for (int i = 0; i < count; i++)
        {
            buffer[i] = buffer[i] < 0x20 || buffer[i] > 0x7e ? (byte)'.' : buffer[i];
        }

        string text = Utf8Text.GetString(buffer, 0, count);
        buffers.Return(buffer);
        return text;
    }

    private static void Feed(MqttProvisioningMapping mapping, byte[] bytes, long now)
    {
        mapping.HandleReceived(bytes, 0, bytes.Length, now);
    }

    private static void Https(CheckRun run)
    {
        ProvisioningRig rig = new ProvisioningRig();
        HttpsProvisioningMapping mapping = new HttpsProvisioningMapping(rig.Options, rig.Session);
        HttpsProvisioningRequest request = new HttpsProvisioningRequest();
        ProvisioningWish wish = new ProvisioningWish();
        rig.Session.Register(rig.Now);
        rig.Drain();
        rig.Session.HandleTransportOpened(rig.Now);
        rig.Session.TryTakeWish(wish);
        mapping.Build(wish, "token", request);
        run.AreEqual("PUT /0ne00000A0A/registrations/reg-001/register?api-version=2019-03-31", request.Method + " " + request.PathAndQuery, "register");
        run.AreEqual("token", request.Authorization, "authorization");
        byte[] body = Utf8Text.GetBytes(Assigning);
        run.IsTrue(mapping.HandleResponse(request.RequestId, 202, " 3 ", body, 0, body.Length, rig.Now), "the answer is taken");
        long wait = rig.Session.NextDeadline - rig.Now;
        run.IsTrue(wait >= 3000 && wait <= 3750, "3 s asked, " + wait.ToString() + " ms waited");
        rig.RunToDeadline();
        rig.Session.TryTakeWish(wish);
        mapping.Build(wish, "token", request);
        run.AreEqual("GET /0ne00000A0A/registrations/reg-001/operations/4.op?api-version=2019-03-31", request.Method + " " + request.PathAndQuery, "poll");
    }

    private static void Topics(CheckRun run)
    {
        CheckTopic(run, "$dps/registrations/res/202/?$rid=1&retry-after=3", "202 1 3");
        CheckTopic(run, "$dps/registrations/res/200/?$rid=a%20b", "200 a b 0");
        CheckTopic(run, "$dps/registrations/res/429/?Retry-After=9&$rid=x", "429 x 9");
        CheckTopic(run, "$dps/registrations/res/202/", "none");
        CheckTopic(run, "$dps/registrations/res/x/?$rid=1", "none");
        CheckTopic(run, "$dps/registrations/res/202/?rid=1", "none");
        CheckTopic(run, "$iothub/twin/res/200/?$rid=1", "none");
    }

    private static void CheckTopic(CheckRun run, string topic, string expected)
    {
        byte[] bytes = Utf8Text.GetBytes(topic);
        string found = DpsTopics.TryParseAnswer(bytes, 0, bytes.Length, out int status, out string requestId, out int retryAfter)
            ? status.ToString() + " " + requestId + " " + retryAfter.ToString()
            : "none";
        run.AreEqual(expected, found, topic);
    }
}
