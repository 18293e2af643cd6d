using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

[TestClass]
public sealed class ProvisioningSessionTests
{
    [TestMethod]
    public void Register_AssigningThenAssigned_EndsWithTheHub()
    {
        var bench = new Bench();
        bench.StartRegistering();
        Assert.AreEqual("{\"registrationId\":\"reg-001\"}", Encoding.UTF8.GetString(bench.Wish.Body, 0, bench.Wish.BodyCount));
        bench.Answer(202, Bench.Assigning, 3);
        long waited = bench.Jump();
        Assert.IsGreaterThanOrEqualTo(3000, waited);
        Assert.IsLessThanOrEqualTo(3750, waited);
        bench.Expect(ProvisioningWishKind.SendPoll);
        Assert.AreEqual("4.op", bench.Wish.OperationId);
        Assert.AreEqual(0, bench.Wish.BodyCount);
        bench.Answer(200, Bench.Assigned);
        ProvisioningResult result = bench.TakeResult();
        bench.Expect(ProvisioningWishKind.CloseTransport);
        Assert.IsTrue(result.IsAssigned);
        Assert.AreEqual("hub.example dev-1 assigned initialAssignment 200", $"{result.AssignedHub} {result.DeviceId} {result.Status} {result.Substatus} {result.ServiceStatus}");
        Assert.IsNull(result.Message);
        Assert.IsNull(result.Payload);
    }

    [TestMethod]
    public void Register_AllResultMembers_AreRead()
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(200, "{\"operationId\":\"o\",\"status\":\"assigned\",\"registrationState\":{\"assignedHub\":\"h\",\"deviceId\":\"d\",\"symmetricKey\":{\"enrollmentGroupId\":\"g\"},\"connectionProfile\":\"classic\",\"payload\":{\"a\":[1, \"\\u00e9\"]},\"errorCode\":null,\"x\":{}}}");
        ProvisioningResult result = bench.TakeResult();
        Assert.IsTrue(result.IsAssigned, result.Message);
        Assert.AreEqual("g", result.EnrollmentGroupId);
        Assert.AreEqual("classic", result.ConnectionProfile);
        Assert.AreEqual("{\"a\":[1, \"\\u00e9\"]}", Encoding.UTF8.GetString(result.Payload!));
        Assert.AreEqual(0, result.ServiceErrorCode);
    }

    [TestMethod]
    public void Register_NullPayloadInResult_IsNone()
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(200, "{\"status\":\"assigned\",\"registrationState\":{\"assignedHub\":\"h\",\"deviceId\":\"d\",\"payload\":null}}");
        Assert.IsNull(bench.TakeResult().Payload);
    }

    [TestMethod]
    public void Register_CustomPayload_GoesIntoTheBody()
    {
        var bench = new Bench();
        byte[] payload = Encoding.UTF8.GetBytes("##{\"modelId\":\"dtmi:x;1\"}#");
        bench.Session.Register(payload, 2, payload.Length - 3, bench.Now);
        payload.AsSpan().Clear();
        bench.Expect(ProvisioningWishKind.OpenTransport);
        bench.Session.HandleTransportOpened(bench.Now);
        bench.Expect(ProvisioningWishKind.SendRegister);
        Assert.AreEqual("{\"registrationId\":\"reg-001\",\"payload\":{\"modelId\":\"dtmi:x;1\"}}", Encoding.UTF8.GetString(bench.Wish.Body, 0, bench.Wish.BodyCount));
    }

    [TestMethod]
    public void Register_BadArguments_ThrowAndLeaveTheSessionUsable()
    {
        var bench = new Bench();
        Assert.ThrowsExactly<ArgumentException>(() => bench.Session.Register([(byte)'{'], 0, 1, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bench.Session.Register([1], 0, 2, 0));
        byte[] large = Encoding.UTF8.GetBytes("\"" + new string('x', ProvisioningOptions.MaxBodyBytes) + "\"");
        Assert.ThrowsExactly<ArgumentException>(() => bench.Session.Register(large, 0, large.Length, 0));
        Assert.AreEqual(ProvisioningState.Idle, bench.Session.State);
        bench.StartRegistering();
        Assert.ThrowsExactly<InvalidOperationException>(() => bench.Session.Register(bench.Now));
        Assert.ThrowsExactly<ArgumentNullException>(() => bench.Session.TryTakeWish(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => bench.Session.HandleAnswer("x", 200, 0, null!, 0, 0, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bench.Session.HandleAnswer("x", 200, 0, [], 0, 1, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => new ProvisioningSession(null!, new XorShiftRandom(1)));
        Assert.ThrowsExactly<ArgumentNullException>(() => new ProvisioningSession(bench.Options, null!));
    }

    [TestMethod]
    public void Poll_WithoutRetryAfter_ComesAfterTwoSecondsWithJitter()
    {
        var waits = new HashSet<long>();
        for (uint seed = 1; seed < 30; seed++)
        {
            var bench = new Bench(seed: seed);
            bench.StartRegistering();
            bench.Answer(202, Bench.Assigning);
            long waited = bench.Jump();
            Assert.IsGreaterThanOrEqualTo(2000, waited);
            Assert.IsLessThanOrEqualTo(2500, waited);
            waits.Add(waited);
        }

        Assert.IsGreaterThan(5, waits.Count);
    }

    [TestMethod]
    public void Poll_UnknownStatusWord_MeansStillAtWork()
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(200, "{\"operationId\":\"4.op\",\"status\":\"pondering\"}");
        Assert.AreEqual(ProvisioningState.WaitingToPoll, bench.Session.State);
        bench.Jump();
        bench.Expect(ProvisioningWishKind.SendPoll);
        bench.Answer(202, "{\"status\":\"unassigned\"}");
        bench.Jump();
        bench.Expect(ProvisioningWishKind.SendPoll);
        Assert.AreEqual("4.op", bench.Wish.OperationId);
    }

    [TestMethod]
    [DataRow("mqttV5")]
    [DataRow("somethingNew")]
    public void Result_OtherConnectionProfile_IsNotSupportedAndKept(string profile)
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(200, "{\"status\":\"assigned\",\"registrationState\":{\"assignedHub\":\"h\",\"deviceId\":\"d\",\"connectionProfile\":\"" + profile + "\"}}");
        ProvisioningResult result = bench.TakeResult();
        Assert.AreEqual(HubErrorCode.NotSupported, result.ErrorCode);
        Assert.AreEqual(profile, result.ConnectionProfile);
        Assert.AreEqual("h", result.AssignedHub);
        Assert.Contains(profile, result.Message!);
    }

    [TestMethod]
    [DataRow(200, "", "no JSON object")]
    [DataRow(200, "[]", "no JSON object")]
    [DataRow(202, "{\"status\":", "no JSON object")]
    [DataRow(202, "{}", "without a status")]
    [DataRow(202, "{\"status\":7}", "without a status")]
    [DataRow(202, "{\"status\":\"assigning\"}", "without an operation id")]
    [DataRow(200, "{\"status\":\"assigned\"}", "without a hub")]
    [DataRow(200, "{\"status\":\"assigned\",\"registrationState\":{\"assignedHub\":\"h\"}}", "without a hub")]
    [DataRow(200, "{\"status\":\"assigned\",\"registrationState\":7}", "without a hub")]
    [DataRow(302, "", "answered 302.")]
    [DataRow(100, "", "answered 100.")]
    public void Answer_AgainstTheProtocol_EndsWithProtocolError(int status, string body, string message)
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(status, body);
        ProvisioningResult result = bench.TakeResult();
        Assert.AreEqual(HubErrorCode.ProtocolError, result.ErrorCode);
        Assert.Contains(message, result.Message!);
        Assert.AreEqual(status, result.ServiceStatus);
    }

    [TestMethod]
    [DataRow(400, HubErrorCode.BadRequest)]
    [DataRow(401, HubErrorCode.Unauthorized)]
    [DataRow(403, HubErrorCode.Unauthorized)]
    [DataRow(404, HubErrorCode.NotFound)]
    [DataRow(405, HubErrorCode.BadRequest)]
    [DataRow(409, HubErrorCode.Conflict)]
    [DataRow(412, HubErrorCode.Conflict)]
    [DataRow(413, HubErrorCode.MessageTooLarge)]
    [DataRow(415, HubErrorCode.BadRequest)]
    public void Answer_Refusal_EndsAtOnceWithTheServicesWords(int status, HubErrorCode expected)
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(status, "{\"errorCode\":401002,\"trackingId\":\"t-1\",\"message\":\"Invalid certificate.\"}");
        ProvisioningResult result = bench.TakeResult();
        Assert.AreEqual(expected, result.ErrorCode);
        Assert.AreEqual(401002, result.ServiceErrorCode);
        Assert.AreEqual("t-1", result.TrackingId);
        Assert.Contains($"answered {status} (401002): Invalid certificate.", result.Message!);
        Assert.IsFalse(result.IsAssigned);
    }

    [TestMethod]
    [DataRow("disabled", "{\"operationId\":\"o\",\"status\":\"disabled\"}", "disabled")]
    [DataRow("failed", "{\"operationId\":\"o\",\"status\":\"failed\",\"registrationState\":{\"errorCode\":400209,\"errorMessage\":\"Custom allocation failed\"}}", "(400209). It says: Custom allocation failed")]
    [DataRow("failed", "{\"operationId\":\"o\",\"status\":\"failed\"}", "could not assign")]
    public void P51_TerminalStatus_OnRegisterAndPoll_EndsAtOnce(string status, string body, string message)
    {
        foreach (bool polling in new[] { false, true })
        {
            var bench = new Bench();
            bench.StartRegistering();
            if (polling)
            {
                bench.Answer(202, Bench.Assigning);
                bench.Jump();
                bench.Expect(ProvisioningWishKind.SendPoll);
            }

            bench.Answer(200, body);
            ProvisioningResult result = bench.TakeResult();
            Assert.AreEqual(HubErrorCode.RegistrationRejected, result.ErrorCode);
            Assert.AreEqual(status, result.Status);
            Assert.Contains(message, result.Message!);
            bench.Expect(ProvisioningWishKind.CloseTransport);
        }
    }

    [TestMethod]
    public void Answer_ToAnEarlierRequestOrTwice_IsIgnored()
    {
        var bench = new Bench();
        bench.StartRegistering();
        string first = bench.Wish.RequestId;
        bench.Answer(202, Bench.Assigning);
        Assert.IsFalse(bench.Session.HandleAnswer(first, 200, 0, [], 0, 0, bench.Now));
        bench.Jump();
        bench.Expect(ProvisioningWishKind.SendPoll);
        Assert.IsFalse(bench.Session.HandleAnswer(first, 404, 0, [], 0, 0, bench.Now));
        Assert.IsFalse(bench.Session.HandleAnswer("other", 404, 0, [], 0, 0, bench.Now));
        Assert.AreEqual(ProvisioningState.Polling, bench.Session.State);
    }

    [TestMethod]
    public void Lost_WhilePolling_GoesOnPollingTheSameOperation()
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(202, Bench.Assigning);
        bench.Jump();
        bench.Expect(ProvisioningWishKind.SendPoll);
        bench.Session.HandleTransportClosed(null, bench.Now);
        Assert.AreEqual(ProvisioningState.BackingOff, bench.Session.State);
        bench.Expect();
        bench.Jump();
        bench.Expect(ProvisioningWishKind.OpenTransport);
        bench.Session.HandleTransportOpened(bench.Now);
        bench.Expect(ProvisioningWishKind.SendPoll);
        Assert.AreEqual("4.op", bench.Wish.OperationId);
        bench.Answer(200, Bench.Assigned);
        Assert.IsTrue(bench.TakeResult().IsAssigned);
    }

    [TestMethod]
    public void Lost_WithoutAnAnswerInTime_ClosesAndTriesAgain()
    {
        var bench = new Bench();
        bench.StartRegistering();
        Assert.AreEqual(30000, bench.Jump());
        bench.Expect(ProvisioningWishKind.CloseTransport);
        bench.Jump();
        bench.Expect(ProvisioningWishKind.OpenTransport);
        Assert.AreEqual(30000, bench.Jump());
        bench.Expect(ProvisioningWishKind.CloseTransport);
        bench.Jump();
        bench.Expect(ProvisioningWishKind.OpenTransport);
        bench.Session.HandleTransportOpened(bench.Now);
        bench.Expect(ProvisioningWishKind.SendRegister);
    }

    [TestMethod]
    public void Lost_WhileWaiting_BacksOff()
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(429, "", 100);
        bench.Session.HandleTransportClosed("gone", bench.Now);
        Assert.AreEqual(ProvisioningState.BackingOff, bench.Session.State);
        bench.Session.HandleTransportClosed("again", bench.Now);
        bench.Session.HandleTransportOpened(bench.Now);
        Assert.AreEqual(ProvisioningState.BackingOff, bench.Session.State);
    }

    [TestMethod]
    [DataRow(HubErrorCode.Unauthorized, true)]
    [DataRow(HubErrorCode.NotSupported, true)]
    [DataRow(HubErrorCode.ServiceUnavailable, false)]
    [DataRow(HubErrorCode.Throttled, false)]
    public void Refused_Connection_EndsUnlessTransient(HubErrorCode error, bool ends)
    {
        var bench = new Bench();
        bench.Session.Register(bench.Now);
        bench.Expect(ProvisioningWishKind.OpenTransport);
        bench.Session.HandleTransportRefused(error, "refused", 7, bench.Now);
        bench.Expect(ProvisioningWishKind.CloseTransport);
        if (ends)
        {
            Assert.AreEqual(error, bench.TakeResult().ErrorCode);
        }
        else
        {
            Assert.IsGreaterThanOrEqualTo(7000, bench.Jump());
            bench.Expect(ProvisioningWishKind.OpenTransport);
        }
    }

    [TestMethod]
    public void Cancel_AnyTime_EndsOnceOrDoesNothing()
    {
        var bench = new Bench();
        bench.Session.Cancel(bench.Now);
        Assert.IsFalse(bench.Session.TryTakeResult(out _));
        bench.StartRegistering();
        bench.Answer(429, "{\"trackingId\":\"t\"}", 60);
        bench.Session.Cancel(bench.Now);
        ProvisioningResult result = bench.TakeResult();
        Assert.AreEqual(HubErrorCode.Cancelled, result.ErrorCode);
        Assert.AreEqual("t", result.TrackingId);
        bench.Expect(ProvisioningWishKind.CloseTransport);
        bench.Session.Cancel(bench.Now);
        Assert.IsFalse(bench.Session.TryTakeResult(out _));
    }
}
