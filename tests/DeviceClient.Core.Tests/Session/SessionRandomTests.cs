using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionRandomTests
{
    [TestMethod]
    [DataRow(1u)]
    [DataRow(2u)]
    [DataRow(3u)]
    [DataRow(4u)]
    public void P04_P08_AnySequenceOfFacts_KeepsStateEventsAndAccountsTrue(uint seed)
    {
        XorShiftRandom random = new(seed);
        SessionRig rig = new(o =>
        {
            o.Outbox = new OutboxOptions { CapacityBytes = 2_000, MaxMessages = 40, Overflow = seed % 2 == 0 ? OutboxOverflow.DropOldest : OutboxOverflow.Reject };
            o.MaxInFlight = 5;
        }, seed)
        {
            TokenLifeSeconds = 300,
        };
        long accepted = 0;
        HashSet<int> operations = [];
        for (int step = 0; step < 20_000; step++)
        {
            rig.AutoAcknowledge = random.Next(3) != 0;
            rig.AutoConnect = random.Next(4) != 0;
            rig.DesiredVersion = random.Next(5) == 0 ? null : 1 + random.Next(6);
            Step(rig, random, operations, ref accepted);
            rig.Pump();
            string at = $"seed {seed} step {step}";
            Assert.AreEqual(accepted, rig.Session.Outbox.Accepted, at);
            Assert.IsLessThanOrEqualTo(5, rig.Session.Outbox.InFlight, at);
            Assert.AreEqual(rig.States.Count == 0 ? SessionState.Closed : rig.States[^1], rig.Session.State, at);
            Assert.IsTrue(rig.Session.State is not SessionState.BackingOff || rig.Session.NextAttempt < long.MaxValue, at);
        }

        for (int i = 1; i < rig.States.Count; i++)
        {
            Assert.AreNotEqual(rig.States[i - 1], rig.States[i], $"seed {seed}: state told twice at {i}");
        }

        rig.Session.Close(HubErrorCode.Closed, rig.Now);
        rig.Pump();
        CollectionAssert.AreEqual(Enumerable.Range(0, (int)accepted).Select(i => (long)i).ToList(), rig.Settled.Select(s => s.Token).Order().ToList(), $"seed {seed}: each message settles once");
        foreach (int operation in operations)
        {
            Assert.IsNotNull(rig.Result(operation), $"seed {seed}: operation {operation} never ended");
        }

        Outbox outbox = rig.Session.Outbox;
        Assert.AreEqual(accepted, outbox.Delivered + outbox.Expired + outbox.Dropped + outbox.Cancelled, $"seed {seed}");
        Assert.AreEqual(0, outbox.Count);
        Assert.AreEqual(0, outbox.Bytes);
    }

    private static void Step(SessionRig rig, XorShiftRandom random, HashSet<int> operations, ref long accepted)
    {
        HubSession session = rig.Session;
        long now = rig.Now;
        switch (random.Next(20))
        {
            case 0: rig.Advance(random.Next(200_000)); break;
            case 1: rig.Advance(random.Next(2_000)); break;
            case 2: operations.Add(session.Open(now, now + random.Next(100_000))); break;
            case 3: if (random.Next(10) == 0) { session.Close(HubErrorCode.Closed, now); } break;
            case 4: session.HandleTransportClosed((HubErrorCode)(2 + random.Next(20)), "random", now); break;
            case 5: session.HandleTransportRefused((HubErrorCode)(2 + random.Next(20)), "random", random.Next(3) * 30, now); break;
            case 6: session.HandleTransportOpened(now); break;
            case 7: session.HandleCredential("t", SessionRig.StartUnixSeconds + (now / 1000) + 300, now); break;
            case 8: session.HandleCredentialFailed(HubErrorCode.Timeout, "random", now); break;
            case 9: session.HandleClock((SessionRig.StartUnixSeconds * 1000) + now, random.Next(5) != 0, now); break;
            case 10: session.SetFeature((HubFeature)random.Next(32), random.Next(2) == 0, now); break;
            case 11: session.HandleSubscribed((HubFeature)(1 << random.Next(5)), random.Next(4) != 0, now); break;
            case 12: operations.Add(session.GetTwin(now, now + random.Next(100_000))); break;
            case 13: operations.Add(rig.Report("{\"k" + random.Next(5) + "\":" + random.Next(100) + "}", random.Next(100_000))); break;
            case 14:
                if (rig.Reported.Count > 0)
                {
                    rig.AnswerTwin(rig.Reported[^1].RequestId, random.Next(2) == 0 ? 204 : 400 + random.Next(120), 3);
                }

                break;
            case 15:
                if (rig.TwinGets.Count > 0)
                {
                    rig.AnswerTwin(rig.TwinGets[^1], random.Next(2) == 0 ? 200 : 400 + random.Next(120), body: SessionRig.TwinBody(random.Next(8)));
                }

                break;
            case 16: rig.PushDesired(random.Next(10), "{}"); break;
            case 17: session.HandleTelemetryAccepted(accepted - 1 - random.Next(12), now); break;
            case 18: session.CancelTelemetry(accepted - 1 - random.Next(12), now); break;
            default:
                for (int i = random.Next(6); i >= 0; i--)
                {
                    if (rig.Send(new string('x', random.Next(200)), out _, random.Next(3) == 0 ? 1 + random.Next(60_000) : long.MaxValue) == HubErrorCode.None)
                    {
                        accepted++;
                    }
                }

                break;
        }
    }
}
