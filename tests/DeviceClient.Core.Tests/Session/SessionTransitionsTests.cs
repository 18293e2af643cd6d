using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

[TestClass]
public sealed class SessionTransitionsTests
{
    // The documented moves, written a second time by hand: a change of the table must be made twice.
    private static readonly Dictionary<(SessionState, SessionInput), SessionState> s_documented = new()
    {
        [(SessionState.Closed, SessionInput.Open)] = SessionState.Connecting,
        [(SessionState.Closed, SessionInput.TimeMissing)] = SessionState.WaitingForTime,
        [(SessionState.WaitingForTime, SessionInput.TimeTrusted)] = SessionState.Connecting,
        [(SessionState.WaitingForTime, SessionInput.Close)] = SessionState.Closed,
        [(SessionState.Connecting, SessionInput.TransportOpened)] = SessionState.Subscribing,
        [(SessionState.Connecting, SessionInput.Refused)] = SessionState.Stopped,
        [(SessionState.Connecting, SessionInput.Lost)] = SessionState.BackingOff,
        [(SessionState.Connecting, SessionInput.Close)] = SessionState.Closed,
        [(SessionState.Subscribing, SessionInput.SubscribedNeedsTwin)] = SessionState.Synchronizing,
        [(SessionState.Subscribing, SessionInput.SubscribedAll)] = SessionState.Online,
        [(SessionState.Subscribing, SessionInput.Lost)] = SessionState.BackingOff,
        [(SessionState.Subscribing, SessionInput.Close)] = SessionState.Closed,
        [(SessionState.Synchronizing, SessionInput.Synchronized)] = SessionState.Online,
        [(SessionState.Synchronizing, SessionInput.Lost)] = SessionState.BackingOff,
        [(SessionState.Synchronizing, SessionInput.Close)] = SessionState.Closed,
        [(SessionState.Online, SessionInput.RenewalDue)] = SessionState.Renewing,
        [(SessionState.Online, SessionInput.Lost)] = SessionState.BackingOff,
        [(SessionState.Online, SessionInput.Close)] = SessionState.Closed,
        [(SessionState.Renewing, SessionInput.TransportOpened)] = SessionState.Subscribing,
        [(SessionState.Renewing, SessionInput.Lost)] = SessionState.BackingOff,
        [(SessionState.Renewing, SessionInput.Close)] = SessionState.Closed,
        [(SessionState.BackingOff, SessionInput.BackOffElapsed)] = SessionState.Connecting,
        [(SessionState.BackingOff, SessionInput.TimeMissing)] = SessionState.WaitingForTime,
        [(SessionState.BackingOff, SessionInput.Close)] = SessionState.Closed,
        [(SessionState.Stopped, SessionInput.Open)] = SessionState.Connecting,
        [(SessionState.Stopped, SessionInput.TimeMissing)] = SessionState.WaitingForTime,
        [(SessionState.Stopped, SessionInput.Close)] = SessionState.Closed,
    };

    [TestMethod]
    public void TryMove_EveryStateAndEveryInput_MovesExactlyAsDocumented()
    {
        foreach (SessionState state in Enum.GetValues<SessionState>())
        {
            foreach (SessionInput input in Enum.GetValues<SessionInput>())
            {
                bool documented = s_documented.TryGetValue((state, input), out SessionState expected);
                bool moved = SessionTransitions.TryMove(state, input, out SessionState to);
                Assert.AreEqual(documented, moved, $"{state} + {input}");
                Assert.AreEqual(documented ? expected : state, to, $"{state} + {input}");
            }
        }
    }

    [TestMethod]
    public void GetRow_AllRows_AreTheDocumentedMovesOnce()
    {
        HashSet<(SessionState, SessionInput)> seen = [];
        for (int i = 0; i < SessionTransitions.Count; i++)
        {
            SessionTransitions.GetRow(i, out SessionState from, out SessionInput input, out SessionState to);
            Assert.IsTrue(seen.Add((from, input)), $"row {i} repeats {from} + {input}");
            Assert.AreEqual(s_documented[(from, input)], to);
        }

        Assert.HasCount(s_documented.Count, seen);
    }

    [TestMethod]
    public void EveryStateButClosed_CanBeClosed()
    {
        foreach (SessionState state in Enum.GetValues<SessionState>().Where(s => s != SessionState.Closed))
        {
            Assert.IsTrue(SessionTransitions.TryMove(state, SessionInput.Close, out SessionState to));
            Assert.AreEqual(SessionState.Closed, to);
        }
    }
}
