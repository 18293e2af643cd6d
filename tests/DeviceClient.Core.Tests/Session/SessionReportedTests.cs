using System.Text.Json.Nodes;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionReportedTests
{
    private static SessionRig Online() => new SessionRig().OpenOnline(HubFeature.TwinResponses);

    [TestMethod]
    public void Report_Accepted_CompletesWithTheVersion()
    {
        SessionRig rig = Online();
        int operation = rig.Report("{\"x\":1}");
        rig.AnswerTwin(rig.Reported.Single().RequestId, 204, 7);
        Assert.AreEqual(HubErrorCode.None, rig.Result(operation));
        Assert.AreEqual(7, rig.Of(HubNotificationKind.OperationCompleted).Last().Version);
    }

    [TestMethod]
    public void P59_FiveHundredRapidUpdates_OneInFlightMergedAndTheLastWriteWins()
    {
        SessionRig rig = Online();
        List<int> operations = [];
        JsonObject state = [];
        int answered = 0;
        for (int i = 0; i < 500; i++)
        {
            operations.Add(rig.Report($"{{\"n\":{i},\"k{i % 7}\":{i}}}"));
            Assert.IsLessThanOrEqualTo(1, rig.Reported.Count - answered, "more than one patch in flight");
            if (i % 13 == 0)
            {
                Apply(rig, state, ref answered);
            }
        }

        while (answered < rig.Reported.Count)
        {
            Apply(rig, state, ref answered);
        }

        Assert.IsLessThan(500, rig.Reported.Count);
        Assert.AreEqual(499, (int)state["n"]!);
        for (int k = 0; k < 7; k++)
        {
            Assert.AreEqual(Enumerable.Range(0, 500).Last(i => i % 7 == k), (int)state["k" + k]!);
        }

        Assert.IsTrue(operations.All(o => rig.Result(o) == HubErrorCode.None));

        static void Apply(SessionRig rig, JsonObject state, ref int answered)
        {
            var (requestId, body) = rig.Reported[answered];
            answered++;
            foreach (var pair in JsonNode.Parse(body)!.AsObject())
            {
                state[pair.Key] = pair.Value!.DeepClone();
            }

            rig.AnswerTwin(requestId, 204, answered);
        }
    }

    [TestMethod]
    public void Merge_KeepsNulls_SoThatARemovalStillRemoves()
    {
        SessionRig rig = Online();
        rig.Report("{\"a\":1}");
        rig.Report("{\"b\":{\"c\":1,\"d\":2}}");
        rig.Report("{\"b\":{\"c\":null}}");
        rig.AnswerTwin(rig.Reported[0].RequestId, 204, 1);
        Assert.IsTrue(JsonNode.DeepEquals(JsonNode.Parse("{\"b\":{\"c\":null,\"d\":2}}"), JsonNode.Parse(rig.Reported[1].Body)), rig.Reported[1].Body);
    }

    [TestMethod]
    public void P63_Throttled_WaitsAndSendsTheMergedPatch()
    {
        SessionRig rig = Online();
        int first = rig.Report("{\"a\":1,\"b\":1}");
        int second = rig.Report("{\"b\":2}");
        rig.AnswerTwin(rig.Reported[0].RequestId, 429, retryAfter: 10);
        rig.Advance(9_000);
        Assert.HasCount(1, rig.Reported);
        rig.Advance(6_000);
        Assert.HasCount(2, rig.Reported);
        Assert.IsTrue(JsonNode.DeepEquals(JsonNode.Parse("{\"a\":1,\"b\":2}"), JsonNode.Parse(rig.Reported[1].Body)), rig.Reported[1].Body);
        Assert.IsNull(rig.Result(first));
        rig.AnswerTwin(rig.Reported[1].RequestId, 204, 3);
        Assert.AreEqual(HubErrorCode.None, rig.Result(first));
        Assert.AreEqual(HubErrorCode.None, rig.Result(second));
    }

    [TestMethod]
    [DataRow(409)]
    [DataRow(412)]
    [DataRow(500)]
    [DataRow(503)]
    public void P60_TransientRefusal_IsRetried(int status)
    {
        SessionRig rig = Online();
        int operation = rig.Report("{\"a\":1}");
        rig.AnswerTwin(rig.Reported[0].RequestId, status);
        rig.Advance(5_000);
        rig.AnswerTwin(rig.Reported[1].RequestId, 204, 2);
        Assert.AreEqual(HubErrorCode.None, rig.Result(operation));
    }

    [TestMethod]
    public void Refused_FailsItsOperationsAndTheNextWorks()
    {
        SessionRig rig = Online();
        int bad = rig.Report("{\"a\":1}");
        rig.AnswerTwin(rig.Reported[0].RequestId, 400);
        Assert.AreEqual(HubErrorCode.BadRequest, rig.Result(bad));
        int good = rig.Report("{\"b\":1}");
        Assert.AreEqual("{\"b\":1}", rig.Reported[1].Body);
        rig.AnswerTwin(rig.Reported[1].RequestId, 204, 2);
        Assert.AreEqual(HubErrorCode.None, rig.Result(good));
    }

    [TestMethod]
    public void P62_OfflineFailure_LeavesNoResidue()
    {
        SessionRig rig = Online();
        rig.AutoConnect = false;
        rig.Lose();
        int failed = rig.Report("{\"stale\":1}", 5_000);
        rig.Advance(5_000);
        Assert.AreEqual(HubErrorCode.Timeout, rig.Result(failed));
        rig.AutoConnect = true;
        rig.Advance(120_000);
        Assert.IsEmpty(rig.Reported);
        int next = rig.Report("{\"fresh\":1}");
        Assert.AreEqual("{\"fresh\":1}", rig.Reported.Single().Body);
        rig.AnswerTwin(rig.Reported[0].RequestId, 204, 2);
        Assert.AreEqual(HubErrorCode.None, rig.Result(next));
    }

    [TestMethod]
    public void LostConnection_SendsThePatchAgainMergedWithWhatWaited()
    {
        SessionRig rig = Online();
        int first = rig.Report("{\"a\":1,\"b\":1}", 600_000);
        int second = rig.Report("{\"b\":2}", 600_000);
        rig.Lose();
        rig.Advance(rig.Session.NextAttempt - rig.Now);
        Assert.HasCount(2, rig.Reported);
        Assert.IsTrue(JsonNode.DeepEquals(JsonNode.Parse("{\"a\":1,\"b\":2}"), JsonNode.Parse(rig.Reported[1].Body)));
        rig.AnswerTwin(rig.Reported[1].RequestId, 204, 5);
        Assert.AreEqual(HubErrorCode.None, rig.Result(first));
        Assert.AreEqual(HubErrorCode.None, rig.Result(second));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[1]")]
    [DataRow("5")]
    [DataRow("{\"a\":}")]
    [DataRow("{\"a\":1} x")]
    public void Report_NoJsonObject_IsRefusedAtOnceAndTheNextWorks(string patch)
    {
        SessionRig rig = Online();
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(patch);
        Assert.AreEqual(HubErrorCode.BadRequest, rig.Session.ReportProperties(bytes, 0, bytes.Length, rig.Now, rig.Now + 1000, out int operation));
        Assert.AreEqual(0, operation);
        rig.Report("{\"ok\":1}");
        Assert.AreEqual("{\"ok\":1}", rig.Reported.Single().Body);
    }

    [TestMethod]
    public void Report_TooLarge_IsRefusedAtOnce()
    {
        SessionRig rig = new SessionRig(o => o.MaxPatchBytes = 50).OpenOnline(HubFeature.TwinResponses);
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', 60) + "\"}");
        Assert.AreEqual(HubErrorCode.MessageTooLarge, rig.Session.ReportProperties(bytes, 0, bytes.Length, rig.Now, rig.Now + 1000, out _));
        rig.Report("{\"a\":1}");
        rig.Report("{\"b\":\"" + new string('x', 30) + "\"}");
        rig.Report("{\"c\":\"" + new string('y', 30) + "\"}");
        rig.AnswerTwin(rig.Reported[0].RequestId, 204, 2);
        rig.AnswerTwin(rig.Reported[1].RequestId, 204, 3);
        rig.AnswerTwin(rig.Reported[2].RequestId, 204, 4);
        Assert.StartsWith("{\"b\":\"xx", rig.Reported[1].Body, "patches that are too large together go one after the other");
        Assert.StartsWith("{\"c\":\"yy", rig.Reported[2].Body);
    }

    [TestMethod]
    public void Report_PatchesThatCannotBeOne_GoOneAfterTheOther()
    {
        SessionRig rig = Online();
        int[] operations = [rig.Report("{\"z\":0}"), rig.Report("{\"a\":5}"), rig.Report("{\"a\":{\"b\":1}}"), rig.Report("{\"c\":2}")];
        for (int i = 0; i < 3; i++)
        {
            Assert.HasCount(i + 1, rig.Reported);
            rig.AnswerTwin(rig.Reported[i].RequestId, 204, 2 + i);
        }

        CollectionAssert.AreEqual(new[] { "{\"z\":0}", "{\"a\":5}", "{\"a\":{\"b\":1},\"c\":2}" }, rig.Reported.Select(r => r.Body).ToList());
        Assert.IsTrue(operations.All(o => rig.Result(o) == HubErrorCode.None));
    }

    [TestMethod]
    public void Report_TooManyPatchesThatCannotBeOne_IsRefusedAndTheRestIsSent()
    {
        SessionRig rig = Online();
        rig.AutoConnect = false;
        rig.Lose();
        List<int> operations = [];
        for (int i = 0; i < 16; i++)
        {
            operations.Add(rig.Report(i % 2 == 0 ? "{\"a\":5}" : "{\"a\":{\"b\":1}}", 600_000));
        }

        byte[] more = System.Text.Encoding.UTF8.GetBytes("{\"a\":{\"b\":1}}");
        HubErrorCode last = HubErrorCode.None;
        for (int i = 0; i < 20 && last == HubErrorCode.None; i++)
        {
            byte[] patch = i % 2 == 0 ? System.Text.Encoding.UTF8.GetBytes("{\"a\":5}") : more;
            last = rig.Session.ReportProperties(patch, 0, patch.Length, rig.Now, rig.Now + 600_000, out _);
        }

        Assert.AreEqual(HubErrorCode.OutboxFull, last);
        rig.AutoConnect = true;
        rig.Advance(100_000);
        for (int i = 0; i < rig.Reported.Count; i++)
        {
            rig.AnswerTwin(rig.Reported[i].RequestId, 204, i + 1);
        }

        Assert.IsTrue(operations.All(o => rig.Result(o) == HubErrorCode.None));
    }
}
