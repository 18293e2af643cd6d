using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

/// <summary>What users suffered with other clients, one test or more for each row.</summary>
[TestClass]
public sealed class PainTests
{
    [TestMethod]
    public void P48_Register_AfterAnyFailure_WorksAgainOnTheSameObject()
    {
        var bench = new Bench();
        Action[] failures =
        [
            () => { while (bench.Session.State != ProvisioningState.Completed) { bench.Jump(); } },
            () => bench.Answer(401),
            () => bench.Answer(200, "{\"status\":\"disabled\"}"),
            () => bench.Answer(200, "nonsense"),
            () => bench.Session.HandleTransportRefused(HubErrorCode.Unauthorized, "no", 0, bench.Now),
            () => bench.Session.Cancel(bench.Now),
        ];
        foreach (Action fail in failures)
        {
            bench.StartRegistering();
            fail();
            Assert.IsFalse(bench.TakeResult().IsAssigned);
            bench.Expect(bench.Take() == ProvisioningWishKind.CloseTransport ? [] : [ProvisioningWishKind.None]);

            bench.StartRegistering();
            bench.Answer(200, Bench.Assigned);
            Assert.IsTrue(bench.TakeResult().IsAssigned);
            bench.Expect(ProvisioningWishKind.CloseTransport);
        }
    }

    [TestMethod]
    public void P48_Register_AfterSuccess_StartsFromTheRegisterRequest()
    {
        var bench = new Bench();
        for (int i = 0; i < 3; i++)
        {
            bench.StartRegistering();
            bench.Answer(202, Bench.Assigning);
            bench.Jump();
            bench.Expect(ProvisioningWishKind.SendPoll);
            bench.Answer(200, Bench.Assigned);
            Assert.IsTrue(bench.TakeResult().IsAssigned);
            bench.Expect(ProvisioningWishKind.CloseTransport);
        }
    }

    [TestMethod]
    [DataRow(429)]
    [DataRow(408)]
    [DataRow(500)]
    [DataRow(503)]
    [DataRow(599)]
    public void P49_Throttled_OnRegisterAndPoll_HonoursRetryAfter(int status)
    {
        var bench = new Bench();
        bench.StartRegistering();
        bench.Answer(status, "", 20);
        Assert.AreEqual(ProvisioningState.WaitingToRegister, bench.Session.State);
        AssertWaits(bench, 20000, 25000);
        bench.Expect(ProvisioningWishKind.SendRegister);
        bench.Answer(202, Bench.Assigning);
        bench.Jump();
        bench.Expect(ProvisioningWishKind.SendPoll);
        bench.Answer(status, "", 15);
        Assert.AreEqual(ProvisioningState.WaitingToPoll, bench.Session.State);
        AssertWaits(bench, 15000, 18750);
        bench.Expect(ProvisioningWishKind.SendPoll);
        bench.Answer(200, Bench.Assigned);
        Assert.IsTrue(bench.TakeResult().IsAssigned);
    }

    [TestMethod]
    public void P49_ThrottledWithoutRetryAfter_BacksOffWithGrowingJitteredDelays()
    {
        var bench = new Bench(o => o.TimeoutMilliseconds = 10000000);
        bench.StartRegistering();
        foreach (bool polling in new[] { false, true })
        {
            for (int attempt = 1; attempt <= 9; attempt++)
            {
                bench.Answer(attempt % 2 == 0 ? 429 : 503);
                long step = Math.Min(60000, 1000L << (attempt - 1));
                AssertWaits(bench, step * 3 / 4, step * 5 / 4);
                bench.Expect(polling ? ProvisioningWishKind.SendPoll : ProvisioningWishKind.SendRegister);
            }

            // A good answer starts the row of delays anew.
            bench.Answer(202, Bench.Assigning);
            bench.Jump();
            bench.Expect(ProvisioningWishKind.SendPoll);
        }
    }

    [TestMethod]
    public void P49_RequestIds_AreUniqueForEachRequest()
    {
        var ids = new HashSet<string>();
        for (uint seed = 1; seed <= 3; seed++)
        {
            var bench = new Bench(seed: seed);
            for (int round = 0; round < 3; round++)
            {
                bench.StartRegistering();
                Assert.IsTrue(ids.Add(bench.Wish.RequestId));
                bench.Answer(429, "", 1);
                bench.Jump();
                bench.Expect(ProvisioningWishKind.SendRegister);
                Assert.IsTrue(ids.Add(bench.Wish.RequestId));
                bench.Answer(202, Bench.Assigning);
                bench.Jump();
                bench.Expect(ProvisioningWishKind.SendPoll);
                Assert.IsTrue(ids.Add(bench.Wish.RequestId));
                bench.Answer(404);
                bench.TakeResult();
                bench.Expect(ProvisioningWishKind.CloseTransport);
            }
        }

        Assert.HasCount(27, ids);
    }

    [TestMethod]
    [DataRow("never opens")]
    [DataRow("never answers")]
    [DataRow("always assigning")]
    [DataRow("always throttled")]
    [DataRow("always lost")]
    [DataRow("always refused for now")]
    [DataRow("retry-after beyond the deadline")]
    public void P50_Register_WhateverTheServiceDoes_EndsOnceAtTheDeadline(string service)
    {
        var bench = new Bench(o => o.TimeoutMilliseconds = 120000);
        long start = bench.Now;
        bench.Session.Register(bench.Now);
        int results = 0;
        for (int step = 0; step < 10000 && bench.Session.State != ProvisioningState.Completed; step++)
        {
            switch (bench.Take())
            {
                case ProvisioningWishKind.OpenTransport when service == "never opens":
                    break;
                case ProvisioningWishKind.OpenTransport when service == "always lost":
                    bench.Session.HandleTransportClosed("lost", bench.Now);
                    break;
                case ProvisioningWishKind.OpenTransport when service == "always refused for now":
                    bench.Session.HandleTransportRefused(HubErrorCode.ServiceUnavailable, "later", 0, bench.Now);
                    break;
                case ProvisioningWishKind.OpenTransport:
                    bench.Session.HandleTransportOpened(bench.Now);
                    break;
                case ProvisioningWishKind.SendRegister when service == "always assigning":
                case ProvisioningWishKind.SendPoll when service == "always assigning":
                    bench.Answer(202, Bench.Assigning);
                    break;
                case ProvisioningWishKind.SendRegister when service != "never answers":
                    bench.Answer(429, "{\"message\":\"slow down\"}", service[0] == 'r' ? 100000 : 0);
                    break;
                case ProvisioningWishKind.None:
                    bench.Jump();
                    break;
                default:
                    break;
            }

            results += bench.Session.State == ProvisioningState.Completed ? 1 : 0;
        }

        Assert.AreEqual(1, results);
        Assert.AreEqual(120000, bench.Now - start);
        ProvisioningResult result = bench.TakeResult();
        Assert.AreEqual(HubErrorCode.Timeout, result.ErrorCode);
        Assert.Contains("120000", result.Message!);
        Assert.Contains("Last: ", result.Message!);
    }

    [TestMethod]
    public void P50_RandomService_EveryRegistrationEndsInExactlyOneResult()
    {
        const int seed = 5050;
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            var bench = new Bench(o => o.TimeoutMilliseconds = 60000, (uint)round + 1);
            int registrations = 0;
            int results = 0;
            for (int step = 0; step < 200; step++)
            {
                bench.Now += random.Next(3000);
                if (random.Next(10) == 0 && (bench.Session.State is ProvisioningState.Idle or ProvisioningState.Completed))
                {
                    registrations++;
                    bench.Session.Register(bench.Now);
                }

                DoAnything(bench, random);
                results += bench.Session.TryTakeResult(out _) ? 1 : 0;
                bool active = bench.Session.State is not (ProvisioningState.Idle or ProvisioningState.Completed);
                Assert.AreEqual(registrations, results + (active ? 1 : 0), $"seed {seed}, round {round}, step {step}");
                Assert.AreEqual(active, bench.Session.NextDeadline != long.MaxValue, $"seed {seed}, round {round}, step {step}");
            }
        }
    }

    [TestMethod]
    public void P52_Delays_ComeFromTheOneRetryEngine()
    {
        var bench = new Bench(o =>
        {
            o.Retry.MinimumDelayMilliseconds = 10;
            o.Retry.MaximumDelayMilliseconds = 20;
            o.TimeoutMilliseconds = 100000;
        });
        bench.StartRegistering();
        for (int i = 0; i < 50; i++)
        {
            bench.Answer(500);
            Assert.IsLessThanOrEqualTo(25, bench.Jump());
            bench.Expect(ProvisioningWishKind.SendRegister);
        }
    }

    private static void DoAnything(Bench bench, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                bench.Session.HandleTransportOpened(bench.Now);
                break;
            case 1:
                bench.Session.HandleTransportClosed(null, bench.Now);
                break;
            case 2:
                bench.Session.HandleTimeout(bench.Now);
                break;
            case 3:
                bench.Session.HandleTransportRefused(random.Next(2) == 0 ? HubErrorCode.Throttled : HubErrorCode.Unauthorized, "x", random.Next(3), bench.Now);
                break;
            case 4 when random.Next(5) == 0:
                bench.Session.Cancel(bench.Now);
                break;
            default:
                ProvisioningWishKind kind = bench.Take();
                if (kind is ProvisioningWishKind.SendPoll or ProvisioningWishKind.SendRegister)
                {
                    (int status, string body) = random.Next(5) switch
                    {
                        0 => (429, ""),
                        1 => (200, Bench.Assigned),
                        2 => (404, "{}"),
                        _ => (202, Bench.Assigning),
                    };
                    bench.Answer(status, body, random.Next(4));
                }

                break;
        }
    }

    private static void AssertWaits(Bench bench, long least, long most)
    {
        long waited = bench.Jump();
        Assert.IsGreaterThanOrEqualTo(least, waited);
        Assert.IsLessThanOrEqualTo(most, waited);
    }
}
