namespace DeviceClient.Fuzz;

/// <summary>Runs every kept input once, so that what was found stays found.</summary>
internal static class CorpusReplay
{
    public static int Run(string folder)
    {
        int passed = 0;
        int failed = 0;
        foreach ((string name, Action<byte[]> target) in FuzzTargets.All)
        {
            int files = 0;
            foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, name)).Order(StringComparer.Ordinal))
            {
                files++;
                if (Holds(target, file))
                {
                    passed++;
                }
                else
                {
                    failed++;
                }
            }

            Console.WriteLine($"{name}: {files} inputs");
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static bool Holds(Action<byte[]> target, string file)
    {
        try
        {
            target(File.ReadAllBytes(file));
            return true;
        }
#pragma warning disable CA1031 // Reason: any exception is what is being looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Console.WriteLine($"failed {file}: {e}");
            return false;
        }
    }
}
