using System;

namespace DeviceClient.NanoRuntime;

/// <summary>Runs all checks on .NET. A board has a file like this one and takes the rest as it is.</summary>
public static class Program
{
    /// <summary>Last line printed: <c>N passed, N failed</c>.</summary>
    /// <returns>0 when nothing failed, otherwise 1. A board ignores it and reads the last line.</returns>
    public static int Main()
    {
        return AllChecks.Run(new ConsoleOutput()) ? 0 : 1;
    }

    private sealed class ConsoleOutput : CheckOutput
    {
        public override void WriteLine(string line)
        {
            Console.WriteLine(line);
        }
    }
}
