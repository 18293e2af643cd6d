namespace DeviceClient.NanoRuntime;

/// <summary>Every group of checks, in order from the bytes upwards.</summary>
public static class AllChecks
{
    /// <summary>Runs everything; the last line written is <c>N passed, N failed</c>.</summary>
    /// <returns>True when nothing failed.</returns>
    public static bool Run(CheckOutput output)
    {
        CheckRun run = new CheckRun(output);
        TextChecks.Run(run);
        BagChecks.Run(run);
        HashChecks.Run(run);
        SasChecks.Run(run);
        ConnectionStringChecks.Run(run);
        RetryChecks.Run(run);
        JsonChecks.Run(run);
        MqttChecks.Run(run);
        SessionChecks.Run(run);
        ProvisioningChecks.Run(run);
        output.WriteLine(run.Passed.ToString() + " passed, " + run.Failed.ToString() + " failed");
        return run.Failed == 0;
    }
}
