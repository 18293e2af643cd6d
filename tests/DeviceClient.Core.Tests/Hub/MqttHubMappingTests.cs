using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Hub;

[TestClass]
public sealed class MqttHubMappingTests
{
    private static HubPair Open(HubFeature features = HubFeature.None, Action<HubSessionOptions>? session = null, Action<MqttHubMappingOptions>? mapping = null, int outputBytes = 4096, string? moduleId = null)
    {
        HubPair pair = new(5, session, mapping, outputBytes, moduleId);
        pair.Session.SetFeature(features, true, pair.Now);
        pair.Session.Open(pair.Now, pair.Now + 60_000);
        pair.Pump();
        Assert.AreEqual(SessionState.Online, pair.Session.State);
        return pair;
    }

    [TestMethod]
    public void Connect_SaysWhatTheHubNeeds()
    {
        HubPair pair = Open();
        Assert.AreEqual("dev|hub.example/dev/?api-version=2021-04-12|clean=0", pair.Hub.Connects.Single());
        Assert.AreEqual("SharedAccessSignature test", pair.Hub.Password);
    }

    [TestMethod]
    public void Connect_WithWill_CarriesTelemetryTopicAndProperties()
    {
        TelemetryMessage will = new(Encoding.UTF8.GetBytes("gone")) { ContentType = "text/plain" };
        HubPair pair = Open(mapping: o => o.Will = will);
        Assert.AreEqual("will devices/dev/messages/events/%24.ct=text%2Fplain = gone", pair.Hub.Connects[0]);
    }

    [TestMethod]
    public void Connect_WithCertificate_SendsNoPassword()
    {
        HubPair pair = new(5, o => o.Credential = CredentialKind.Certificate);
        pair.Session.Open(pair.Now, pair.Now + 60_000);
        Assert.AreEqual(SessionState.Connecting, pair.Session.State);
        HubWish wish = new();
        pair.Session.TryTakeWish(wish);
        pair.Session.HandleCredential(null, 0, pair.Now);
        pair.Pump();
        Assert.IsNull(pair.Hub.Password);
        Assert.AreEqual(SessionState.Online, pair.Session.State);
    }

    [TestMethod]
    [DataRow(1, HubErrorCode.NotSupported, SessionState.Stopped)]
    [DataRow(2, HubErrorCode.Unauthorized, SessionState.Stopped)]
    [DataRow(3, HubErrorCode.ServiceUnavailable, SessionState.BackingOff)]
    [DataRow(4, HubErrorCode.Unauthorized, SessionState.Stopped)]
    [DataRow(5, HubErrorCode.Unauthorized, SessionState.Stopped)]
    public void P14_EachConnackCode_HasItsReason(int code, HubErrorCode error, SessionState state)
    {
        HubPair pair = new();
        pair.Hub.ConnectReturnCode = code;
        pair.Session.Open(pair.Now, pair.Now + 60_000);
        pair.Pump();
        Assert.AreEqual(state, pair.Session.State);
        Assert.AreEqual(error, pair.Session.Reason);
        Assert.IsFalse(pair.IsUp);
        StringAssert.Contains(pair.Session.Detail, "CONNACK " + code);
    }

    [TestMethod]
    public void Telemetry_Topic_IsGolden()
    {
        HubPair pair = Open(session: o => o.MessageIdPrefix = null);
        TelemetryMessage message = new(Encoding.UTF8.GetBytes("{}")) { ContentType = "application/json", ContentEncoding = "utf-8", ComponentName = "thermostat1" };
        message.Properties.Set("a b", "c/d");
        pair.Session.SendTelemetry(message, long.MaxValue, pair.Now, out _);
        pair.Pump();
        string topic = pair.Hub.Telemetry.Single().Topic;
        Assert.StartsWith("devices/dev/messages/events/", topic);
        CollectionAssert.AreEquivalent(
            new[] { "%24.ct=application%2Fjson", "%24.ce=utf-8", "%24.sub=thermostat1", "a%20b=c%2Fd" }, topic["devices/dev/messages/events/".Length..].Split('&'));
    }

    [TestMethod]
    public void Telemetry_LargerThanTheOutputBuffer_ArrivesWhole()
    {
        HubPair pair = Open(outputBytes: 512);
        string big = new('b', 200_000);
        pair.Send("before");
        pair.Send(big);
        pair.Send("after");
        CollectionAssert.AreEqual(new[] { "before", big, "after" }, pair.Hub.Telemetry.Select(t => t.Payload).ToList());
        Assert.HasCount(3, pair.Settled);
    }

    [TestMethod]
    public void Telemetry_QosZero_SettlesWhenItIsSent()
    {
        HubPair pair = Open(mapping: o => o.TelemetryQos = 0, outputBytes: 512);
        pair.Send("small");
        pair.Send(new string('x', 5_000));
        Assert.HasCount(2, pair.Hub.Telemetry);
        CollectionAssert.AreEqual(new[] { (0L, HubErrorCode.None), (1L, HubErrorCode.None) }, pair.Settled);
        Assert.AreEqual(0, pair.Session.Outbox.InFlight);
    }

    [TestMethod]
    public void P79_Resend_HasDuplicateFlagAndTheSamePacketId()
    {
        HubPair pair = Open();
        pair.Hub.Acknowledge = false;
        pair.Send("one");
        pair.Send("two");
        pair.Hub.Acknowledge = true;
        pair.Cut();
        pair.Advance(60_000);
        var all = pair.Hub.Telemetry;
        CollectionAssert.AreEqual(new[] { "one", "two", "one", "two" }, all.Select(t => t.Payload).ToList());
        CollectionAssert.AreEqual(new[] { false, false, true, true }, all.Select(t => t.Duplicate).ToList());
        Assert.AreEqual(all[0].PacketId, all[2].PacketId);
        Assert.AreEqual(all[1].PacketId, all[3].PacketId);
        Assert.AreEqual(all[0].Topic, all[2].Topic, "the message id must not change");
    }

    [TestMethod]
    public void CancelledInFlight_FreesItsPacketIdOnTheNextConnection()
    {
        HubPair pair = Open(session: o => o.MaxInFlight = 2);
        pair.Hub.Acknowledge = false;
        long first = pair.Send("one");
        pair.Send("two");
        pair.Session.CancelTelemetry(first, pair.Now);
        pair.Hub.Acknowledge = true;
        pair.Cut();
        pair.Advance(60_000);
        for (int i = 0; i < 10; i++)
        {
            pair.Send("more" + i);
        }

        Assert.HasCount(12, pair.Settled);
        Assert.HasCount(13, pair.Hub.Telemetry);
        Assert.AreEqual(0, pair.Connection.InFlight);
    }

    [TestMethod]
    public void P70_Method_IsAnsweredUnderItsRequestId()
    {
        HubPair pair = Open(HubFeature.DirectMethods);
        pair.Hub.InvokeMethod("reboot", "ff-10", "{\"delay\":1}");
        pair.Pump();
        Assert.AreEqual(("$iothub/methods/res/200/?$rid=ff-10", "{\"delay\":1}"), pair.Hub.MethodAnswers.Single());
    }

    [TestMethod]
    [DataRow(400)]
    [DataRow(60_000)]
    public void Method_AnswerArrayUsedAgainOnceCarried_ArrivesAsItWas(int bytes)
    {
        HubPair pair = Open(HubFeature.DirectMethods, outputBytes: 512);
        pair.AutoHandle = false;
        pair.Hub.InvokeMethod("dump", "1", "{}");
        pair.Pump();
        byte[] answer = new byte[bytes];
        Array.Fill(answer, (byte)'a');
        Assert.IsTrue(pair.Session.RespondToMethod(pair.Told.Single(t => t.Kind == HubNotificationKind.MethodRequested).Token, 200, answer, 0, bytes));
        var wish = new HubWish();
        Assert.IsTrue(pair.Session.TryTakeWish(wish));
        Assert.IsTrue(pair.Mapping.TryCarry(wish, pair.Now));

        // From here on the array is its owner's again, however many pieces are still to be written.
        Array.Fill(answer, (byte)'b');
        pair.Pump();
        Assert.AreEqual(("$iothub/methods/res/200/?$rid=1", new string('a', bytes)), pair.Hub.MethodAnswers.Single());
    }

    [TestMethod]
    public void Message_IsAcknowledgedWhenTheHandlerIsDone()
    {
        HubPair pair = Open(HubFeature.CloudToDevice);
        pair.AutoHandle = false;
        pair.Hub.SendToDevice("hello");
        pair.Pump();
        var told = pair.Told.Single(t => t.Kind == HubNotificationKind.MessageReceived);
        Assert.AreEqual("hello", told.Body);
        Assert.IsTrue(told.Properties!.TryGet(SystemProperties.To, out string? to));
        Assert.AreEqual("/devices/dev", to);
        Assert.HasCount(1, pair.Hub.Unacknowledged);
        Assert.IsTrue(pair.Session.SettleMessage(told.Token, MessageDisposition.Complete));
        pair.Pump();
        Assert.IsEmpty(pair.Hub.Unacknowledged);
    }

    [TestMethod]
    public void Message_Abandoned_IsNotAcknowledged()
    {
        HubPair pair = Open(HubFeature.CloudToDevice);
        pair.AutoHandle = false;
        pair.Hub.SendToDevice("hello");
        pair.Pump();
        pair.Session.SettleMessage(pair.Told.Single(t => t.Kind == HubNotificationKind.MessageReceived).Token, MessageDisposition.Abandon);
        pair.Pump();
        Assert.HasCount(1, pair.Hub.Unacknowledged);
    }

    [TestMethod]
    public void P113_FiftyMessagesQueuedOffline_AllArriveAfterReconnect()
    {
        HubPair pair = Open(HubFeature.CloudToDevice);
        pair.Reachable = false;
        pair.Cut();
        for (int i = 0; i < 50; i++)
        {
            pair.Hub.SendToDevice("m" + i);
        }

        pair.Reachable = true;
        pair.Advance(200_000);
        CollectionAssert.AreEqual(Enumerable.Range(0, 50).Select(i => "m" + i).ToList(), pair.Told.Where(t => t.Kind == HubNotificationKind.MessageReceived).Select(t => t.Body).ToList());
        Assert.IsEmpty(pair.Hub.Unacknowledged);
    }

    [TestMethod]
    public void Module_InputArrivesAndCloudToDeviceIsRefused()
    {
        HubPair pair = Open(HubFeature.ModuleInputs | HubFeature.CloudToDevice, moduleId: "mod");
        Assert.IsTrue(pair.Told.Any(t => t.Kind == HubNotificationKind.FeatureRefused));
        pair.Hub.Publish("devices/dev/modules/mod/inputs/in1/a=b", "x", 1);
        pair.Pump();
        var told = pair.Told.Single(t => t.Kind == HubNotificationKind.InputMessageReceived);
        Assert.AreEqual("in1", told.Name);
        Assert.IsEmpty(pair.Hub.Unacknowledged);
    }

    [TestMethod]
    public void SubscriptionRefused_IsTold()
    {
        HubPair pair = new();
        pair.Hub.SubscribeResult = 0x80;
        pair.Session.SetFeature(HubFeature.DirectMethods, true, pair.Now);
        pair.Session.Open(pair.Now, pair.Now + 60_000);
        pair.Pump();
        Assert.AreEqual(SessionState.Online, pair.Session.State);
        Assert.IsTrue(pair.Told.Any(t => t.Kind == HubNotificationKind.FeatureRefused));
    }

    [TestMethod]
    public void UnknownTopic_IsCountedAndHarmless()
    {
        HubPair pair = Open();
        pair.Hub.Publish("some/other/topic", "x", 0);
        pair.Pump();
        Assert.AreEqual(1, pair.Mapping.UnknownTopics);
        Assert.AreEqual(SessionState.Online, pair.Session.State);
    }

    [TestMethod]
    public void BrokenPeer_EndsTheConnectionWithANamedReason()
    {
        HubPair pair = Open();
        pair.Hub.Send(0xF0, 1, 2, 3);
        pair.Pump();
        Assert.AreEqual(SessionState.BackingOff, pair.Session.State);
        Assert.AreEqual(HubErrorCode.ProtocolError, pair.Session.Reason);
    }

    [TestMethod]
    public void IdleConnection_PingsOncePerInterval()
    {
        HubPair pair = Open();
        pair.Advance(2_400_000);
        Assert.IsLessThanOrEqualTo(11, pair.Hub.Pings);
        Assert.IsGreaterThanOrEqualTo(9, pair.Hub.Pings);
    }

    [TestMethod]
    public void Close_SaysGoodbye()
    {
        HubPair pair = Open();
        pair.Session.Close(HubErrorCode.Closed, pair.Now);
        pair.Pump();
        Assert.IsTrue(pair.Hub.Goodbye);
        Assert.IsFalse(pair.IsUp);
    }

    [TestMethod]
    [DataRow(21u)]
    [DataRow(22u)]
    [DataRow(23u)]
    public void P06_P08_ThousandRandomCuts_LoseNothing(uint seed)
    {
        XorShiftRandom random = new(seed);
        HubPair pair = new(seed, o => { o.MaxInFlight = 8; o.ShortLivedMilliseconds = 0; }, outputBytes: 300);
        pair.Session.SetFeature(HubFeature.DirectMethods | HubFeature.DesiredProperties | HubFeature.CloudToDevice, true, pair.Now);
        pair.Session.Open(pair.Now, pair.Now + 60_000);
        pair.Pump();
        int sent = 0;
        int toDevice = 0;
        int reported = 0;
        for (int round = 0; round < 1000; round++)
        {
            pair.Hub.Acknowledge = random.Next(3) != 0;
            for (int i = random.Next(5); i > 0; i--)
            {
                pair.Send((sent++).ToString() + new string('.', random.Next(600)));
            }

            if (random.Next(4) == 0)
            {
                pair.Hub.SendToDevice("c" + toDevice++);
            }

            if (random.Next(4) == 0)
            {
                pair.Hub.ChangeDesired("k", round);
            }

            if (random.Next(4) == 0)
            {
                byte[] patch = Encoding.UTF8.GetBytes($"{{\"r\":{reported = round}}}");
                Assert.AreEqual(HubErrorCode.None, pair.Session.ReportProperties(patch, 0, patch.Length, pair.Now, long.MaxValue, out _));
            }

            pair.Reachable = random.Next(3) != 0;
            pair.Cut();
            pair.Advance(random.Next(90_000));
        }

        pair.Hub.Acknowledge = true;
        pair.Reachable = true;
        pair.Cut();
        pair.Advance(600_000);

        string at = "seed " + seed;
        Assert.AreEqual(SessionState.Online, pair.Session.State, at);
        List<int> firsts = pair.Hub.Telemetry.Select(t => int.Parse(t.Payload.TrimEnd('.'))).Distinct().ToList();
        CollectionAssert.AreEqual(Enumerable.Range(0, sent).ToList(), firsts, at + $": lost or out of order: {firsts.Count} of {sent}, settled {pair.Settled.Count}, waiting {pair.Session.Outbox.Count}, in flight {pair.Connection.InFlight}");
        Assert.IsTrue(pair.Settled.Count == sent && pair.Settled.All(s => s.Error == HubErrorCode.None), at);
        HashSet<string> seen = [];
        foreach (var t in pair.Hub.Telemetry)
        {
            Assert.IsTrue(seen.Add(t.Payload) || t.Duplicate, at + ": a second copy without the duplicate flag: " + t.Payload);
        }

        CollectionAssert.AreEquivalent(Enumerable.Range(0, toDevice).Select(i => "c" + i).ToList(),
            pair.Told.Where(t => t.Kind == HubNotificationKind.MessageReceived).Select(t => t.Body).Distinct().ToList(), at);
        Assert.AreEqual(reported, (int)pair.Hub.Reported["r"]!, at);
        var desired = pair.Told.Where(t => t.Kind == HubNotificationKind.DesiredPropertiesChanged).Select(t => t.Version).ToList();
        Assert.AreEqual(pair.Hub.DesiredVersion, desired[^1], at);
        CollectionAssert.AreEqual(desired.Distinct().Order().ToList(), desired, at + ": a version was told twice or backwards");
        pair.Hub.InvokeMethod("m", "r", string.Empty);
        pair.Pump();
        Assert.HasCount(1, pair.Hub.MethodAnswers);
    }
}
