using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

/// <summary>A session with a virtual clock; the test plays the service.</summary>
internal sealed class Bench
{
    internal const string Assigning = "{\"operationId\":\"4.op\",\"status\":\"assigning\"}";
    internal const string Assigned = "{\"operationId\":\"4.op\",\"status\":\"assigned\",\"registrationState\":{\"registrationId\":\"reg-001\",\"assignedHub\":\"hub.example\",\"deviceId\":\"dev-1\",\"status\":\"assigned\",\"substatus\":\"initialAssignment\"}}";

    internal Bench(Action<ProvisioningOptions>? configure = null, uint seed = 1)
    {
        Options = new ProvisioningOptions("0ne00000A0A", "reg-001");
        configure?.Invoke(Options);
        Session = new ProvisioningSession(Options, new XorShiftRandom(seed));
    }

    internal ProvisioningOptions Options { get; }

    internal ProvisioningSession Session { get; }

    internal ProvisioningWish Wish { get; } = new();

    internal long Now { get; set; } = 1_000_000;

    /// <summary>All results ever taken.</summary>
    internal List<ProvisioningResult> Results { get; } = [];

    internal ProvisioningWishKind Take()
    {
        bool taken = Session.TryTakeWish(Wish);
        Assert.AreEqual(taken, Wish.Kind != ProvisioningWishKind.None);
        return Wish.Kind;
    }

    internal void Expect(params ProvisioningWishKind[] kinds)
    {
        foreach (ProvisioningWishKind kind in kinds)
        {
            Assert.AreEqual(kind, Take());
        }

        if (kinds.Length == 0 || kinds[^1] is ProvisioningWishKind.CloseTransport or ProvisioningWishKind.OpenTransport)
        {
            Assert.AreEqual(ProvisioningWishKind.None, Take());
        }
    }

    /// <summary>Starts, opens and takes the register request.</summary>
    internal void StartRegistering()
    {
        Session.Register(Now);
        Expect(ProvisioningWishKind.OpenTransport);
        Session.HandleTransportOpened(Now);
        Expect(ProvisioningWishKind.SendRegister);
    }

    internal void Answer(int status, string body = "", int retryAfter = 0)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("#" + body + "#");
        Assert.IsTrue(Session.HandleAnswer(Wish.RequestId, status, retryAfter, bytes, 1, bytes.Length - 2, Now));
    }

    /// <summary>Jumps to the next deadline.</summary>
    /// <returns>Milliseconds that passed.</returns>
    internal long Jump()
    {
        long from = Now;
        Assert.IsLessThan(long.MaxValue, Session.NextDeadline);
        Now = Math.Max(Now, Session.NextDeadline);
        Session.HandleTimeout(Now);
        return Now - from;
    }

    internal ProvisioningResult TakeResult()
    {
        Assert.IsTrue(Session.TryTakeResult(out ProvisioningResult? result));
        Assert.IsFalse(Session.TryTakeResult(out _));
        Assert.AreEqual(long.MaxValue, Session.NextDeadline);
        Assert.AreEqual(ProvisioningState.Completed, Session.State);
        Results.Add(result!);
        return result!;
    }
}
