using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

[TestClass]
public sealed class TransitionTests
{
    // One line a state, one column an input: Register Opened Resumed Lost Assigning Throttled DelayElapsed Ended; a dot is no move.
    private static readonly string[][] s_expected =
    [
        ["Connecting", ".", ".", ".", ".", ".", ".", "."],
        [".", "Registering", "Polling", "BackingOff", ".", ".", ".", "Completed"],
        [".", ".", ".", "BackingOff", "WaitingToPoll", "WaitingToRegister", ".", "Completed"],
        [".", ".", ".", "BackingOff", ".", ".", "Registering", "Completed"],
        [".", ".", ".", "BackingOff", ".", ".", "Polling", "Completed"],
        [".", ".", ".", "BackingOff", "WaitingToPoll", "WaitingToPoll", ".", "Completed"],
        [".", ".", ".", ".", ".", ".", "Connecting", "Completed"],
        ["Connecting", ".", ".", ".", ".", ".", ".", "."],
    ];

    [TestMethod]
    public void Table_EveryStateTimesEveryInput_IsAsDocumented()
    {
        int moves = 0;
        foreach (ProvisioningState state in Enum.GetValues<ProvisioningState>())
        {
            foreach (ProvisioningInput input in Enum.GetValues<ProvisioningInput>())
            {
                bool move = ProvisioningTransitions.TryMove(state, input, out ProvisioningState to);
                Assert.AreEqual(s_expected[(int)state][(int)input], move ? to.ToString() : ".", $"{state} x {input}");
                Assert.IsTrue(move || to == state);
                moves += move ? 1 : 0;
            }
        }

        Assert.AreEqual(moves, ProvisioningTransitions.Count);
    }

    [TestMethod]
    public void Table_Rows_CanBeRead()
    {
        for (int i = 0; i < ProvisioningTransitions.Count; i++)
        {
            ProvisioningTransitions.GetRow(i, out ProvisioningState from, out ProvisioningInput input, out ProvisioningState to);
            Assert.IsTrue(ProvisioningTransitions.TryMove(from, input, out ProvisioningState same));
            Assert.AreEqual(to, same);
        }
    }

    [TestMethod]
    public void Session_FactsInEveryState_NeverLeaveTheTable()
    {
        foreach (ProvisioningState state in Enum.GetValues<ProvisioningState>())
        {
            Action<Bench>[] facts =
            [
                b => b.Session.HandleTransportOpened(b.Now),
                b => b.Session.HandleTransportClosed("x", b.Now),
                b => b.Session.HandleTransportRefused(HubErrorCode.Unauthorized, "x", 0, b.Now),
                b => b.Session.HandleTransportRefused(HubErrorCode.Throttled, "x", 0, b.Now),
                b => b.Session.HandleTimeout(b.Now),
                b => b.Session.HandleTimeout(b.Now + 100000),
                b => b.Session.HandleAnswer(b.Wish.RequestId, 202, 0, System.Text.Encoding.UTF8.GetBytes(Bench.Assigning), 0, Bench.Assigning.Length, b.Now),
                b => b.Session.Cancel(b.Now),
            ];
            foreach (Action<Bench> fact in facts)
            {
                Bench bench = InState(state);
                fact(bench);
                ProvisioningState to = bench.Session.State;
                Assert.IsTrue(to == state || s_expected[(int)state].Contains(to.ToString()), $"{state} to {to}");
            }
        }
    }

    private static Bench InState(ProvisioningState state)
    {
        var bench = new Bench();
        if (state == ProvisioningState.Idle)
        {
            return bench;
        }

        bench.Session.Register(bench.Now);
        bench.Take();
        if (state is not (ProvisioningState.Connecting or ProvisioningState.BackingOff))
        {
            bench.Session.HandleTransportOpened(bench.Now);
            bench.Take();
        }

        switch (state)
        {
            case ProvisioningState.WaitingToRegister:
                bench.Answer(429);
                break;
            case ProvisioningState.WaitingToPoll:
                bench.Answer(202, Bench.Assigning);
                break;
            case ProvisioningState.Polling:
                bench.Answer(202, Bench.Assigning);
                bench.Jump();
                bench.Take();
                break;
            case ProvisioningState.BackingOff:
                bench.Session.HandleTransportClosed(null, bench.Now);
                break;
            case ProvisioningState.Completed:
                bench.Session.Cancel(bench.Now);
                break;
            default:
                break;
        }

        Assert.AreEqual(state, bench.Session.State);
        return bench;
    }
}
