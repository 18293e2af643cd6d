namespace DeviceClient.NanoSubset;

/// <summary>Where things are: the repository's root and the assemblies of the subset build.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string SubsetFolder { get; } = Path.Combine(AppContext.BaseDirectory, "subset");

    /// <summary>Reference assemblies by file, each with the name of the nano-api listing that proves it.</summary>
    public static IReadOnlyList<(string File, string Listing)> References { get; } =
    [
        (Path.Combine(SubsetFolder, "mscorlib.dll"), "mscorlib.txt"),
        (Path.Combine(SubsetFolder, "nanoFramework.System.Text.dll"), "nanoFramework.System.Text.txt"),
    ];

    public static string PathOf(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DeviceSdk.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No DeviceSdk.sln in {AppContext.BaseDirectory} or above it; run the tests from a clone of the repository.");
    }
}
