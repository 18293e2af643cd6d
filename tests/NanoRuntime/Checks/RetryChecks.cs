using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>Delays before a retry, and the generator that spreads them.</summary>
public static class RetryChecks
{
    public static void Run(CheckRun run)
    {
        run.Begin("retry");
        run.Run("delays grow to the cap", Growth);
        run.Run("jitter stays at the cap", Jitter);
        run.Run("the service's retry-after comes first", RetryAfter);
        run.Run("settings out of range", Ranges);
        run.Run("the generator repeats for a seed", Generator);
        run.End();
    }

    private static void Growth(CheckRun run)
    {
        RetryPolicy policy = new RetryPolicy();
        int[] middle = { 1000, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
        XorShiftRandom random = new XorShiftRandom(1);
        for (int attempt = 0; attempt < middle.Length; attempt++)
        {
            int delay = policy.GetDelay(attempt, 0, random);
            run.IsTrue(delay >= middle[attempt] * 3 / 4 && delay <= middle[attempt] * 5 / 4, "attempt " + attempt.ToString() + ": " + delay.ToString());
        }

        int late = policy.GetDelay(int.MaxValue, 0, random);
        run.IsTrue(late >= 45000 && late <= 75000, "after very many attempts: " + late.ToString());
    }

    private static void Jitter(CheckRun run)
    {
        RetryPolicy policy = new RetryPolicy();
        XorShiftRandom random = new XorShiftRandom(2);
        int least = int.MaxValue;
        int most = 0;
        for (int i = 0; i < 200; i++)
        {
            int delay = policy.GetDelay(30, 0, random);
            least = delay < least ? delay : least;
            most = delay > most ? delay : most;
        }

        run.IsTrue(least < 50000 && most > 70000, "spread from " + least.ToString() + " to " + most.ToString());
    }

    private static void RetryAfter(CheckRun run)
    {
        RetryPolicy policy = new RetryPolicy();
        XorShiftRandom random = new XorShiftRandom(3);
        for (int i = 0; i < 50; i++)
        {
            int delay = policy.GetDelay(1, 120, random);
            run.IsTrue(delay >= 120000 && delay <= 150000, "120 s asked, " + delay.ToString() + " ms given");
        }

        int capped = policy.GetDelay(1, int.MaxValue, random);
        run.IsTrue(capped >= 86400000 && capped <= 108000000, "a header gone wrong: " + capped.ToString());
    }

    private static void Ranges(CheckRun run)
    {
        run.Throws(r => new RetryPolicy().MinimumDelayMilliseconds = 0, "minimum of 0");
        run.Throws(r => new RetryPolicy().MaximumDelayMilliseconds = 86400001, "maximum above a day");
        run.Throws(r => new RetryPolicy().HealthyMilliseconds = -1, "healthy time below 0");
        run.Throws(r => new RetryPolicy().GetDelay(1, 0, null!), "no generator");
        RetryPolicy swapped = new RetryPolicy();
        swapped.MinimumDelayMilliseconds = 5000;
        swapped.MaximumDelayMilliseconds = 1000;
        int delay = swapped.GetDelay(1, 0, new XorShiftRandom(4));
        run.IsTrue(delay >= 750 && delay <= 1250, "minimum above maximum: " + delay.ToString());
    }

    private static void Generator(CheckRun run)
    {
        XorShiftRandom a = new XorShiftRandom(42);
        XorShiftRandom b = new XorShiftRandom(42);
        for (int i = 0; i < 100; i++)
        {
            int value = a.Next(10);
            run.AreEqual(value, b.Next(10), "same seed");
            run.IsTrue(value >= 0 && value < 10, "out of range");
        }

        run.AreEqual(0, new XorShiftRandom(0).Next(1), "seed 0");
        run.Throws(r => new XorShiftRandom(1).Next(0), "bound of 0");
    }
}
