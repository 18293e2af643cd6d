using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class RetryPolicyTests
{
    [TestMethod]
    public void P13_GetDelay_AnyAttempt_StaysInsideTheSpreadOfTheCap()
    {
        var policy = new RetryPolicy();
        var random = new XorShiftRandom(42);
        for (int attempt = -3; attempt < 200; attempt++)
        {
            long step = Math.Min(60000L, 1000L << Math.Clamp(attempt - 1, 0, 20));
            int delay = policy.GetDelay(attempt, 0, random);
            Assert.IsGreaterThanOrEqualTo(step * 3 / 4, delay, $"attempt {attempt}");
            Assert.IsLessThanOrEqualTo(step * 5 / 4, delay, $"attempt {attempt}");
        }

        Assert.IsLessThanOrEqualTo(75000, policy.GetDelay(int.MaxValue, 0, random));
    }

    [TestMethod]
    public void GetDelay_AtTheCap_StillSpreads()
    {
        var policy = new RetryPolicy();
        var random = new XorShiftRandom(7);
        int[] delays = Enumerable.Range(0, 200).Select(_ => policy.GetDelay(20, 0, random)).ToArray();
        Assert.IsLessThan(50000, delays.Min());
        Assert.IsGreaterThan(70000, delays.Max());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(30)]
    [DataRow(3600)]
    [DataRow(int.MaxValue)]
    public void GetDelay_RetryAfter_IsNeverShortened(int retryAfterSeconds)
    {
        var policy = new RetryPolicy { MaximumDelayMilliseconds = 10 };
        var random = new XorShiftRandom(9);
        int asked = Math.Min(retryAfterSeconds, RetryPolicy.MaximumRetryAfterSeconds) * 1000;
        for (int i = 0; i < 100; i++)
        {
            int delay = policy.GetDelay(i, retryAfterSeconds, random);
            Assert.IsGreaterThanOrEqualTo(asked, delay);
            Assert.IsLessThanOrEqualTo(asked / 4 * 5, delay);
        }
    }

    [TestMethod]
    public void GetDelay_MinimumAboveMaximum_ActsAsMaximum()
    {
        var policy = new RetryPolicy { MinimumDelayMilliseconds = 500, MaximumDelayMilliseconds = 1 };
        Assert.AreEqual(1, policy.GetDelay(1, 0, new XorShiftRandom(1)));
    }

    [TestMethod]
    public void Policy_Bounds_AreChecked()
    {
        var policy = new RetryPolicy();
        Assert.AreEqual(1000, policy.MinimumDelayMilliseconds);
        Assert.AreEqual(60000, policy.MaximumDelayMilliseconds);
        Assert.AreEqual(60000, policy.HealthyMilliseconds);
        policy.HealthyMilliseconds = 0;
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => policy.HealthyMilliseconds = -1);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => policy.MinimumDelayMilliseconds = 0);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => policy.MaximumDelayMilliseconds = 86400001);
        Assert.ThrowsExactly<ArgumentNullException>(() => policy.GetDelay(1, 0, null!));
    }

    [TestMethod]
    public void XorShift_SameSeed_SameSpreadNumbers()
    {
        var a = new XorShiftRandom(5);
        var b = new XorShiftRandom(5);
        int[] counts = new int[10];
        for (int i = 0; i < 10000; i++)
        {
            int value = a.Next(10);
            Assert.AreEqual(value, b.Next(10));
            counts[value]++;
        }

        Assert.IsGreaterThan(800, counts.Min());
        Assert.AreEqual(0, new XorShiftRandom(0).Next(1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => a.Next(0));
    }
}
