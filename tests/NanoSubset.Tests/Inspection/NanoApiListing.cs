namespace DeviceClient.NanoSubset.Inspection;

/// <summary>The public listings of nanoFramework's libraries, where they lie beside the repository.</summary>
internal sealed class NanoApiListing
{
    private readonly HashSet<string> _lines;
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    private NanoApiListing(IEnumerable<string> lines)
    {
        _lines = new HashSet<string>(lines, StringComparer.Ordinal);
        foreach (string line in _lines.Where(l => l.StartsWith("T:", StringComparison.Ordinal)))
        {
            _types[line[..line.IndexOf(" -> ", StringComparison.Ordinal)]] = line;
        }
    }

    /// <summary>The folder "shared/nano-api" beside the repository or beside one of its parent folders; null if absent.</summary>
    public static string? FindFolder()
    {
        for (DirectoryInfo? folder = new DirectoryInfo(Repository.Root).Parent; folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "nano-api");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    public static NanoApiListing Read(string file) => new(File.ReadLines(file));

    public static NanoApiListing Parse(params string[] lines) => new(lines);

    /// <summary>Why the declaration is not proven by the listing; null when it is.</summary>
    public string? Refute(string declaration)
    {
        if (!declaration.StartsWith("T:", StringComparison.Ordinal))
        {
            return _lines.Contains(declaration) ? null : "not listed: " + declaration;
        }

        int arrow = declaration.IndexOf(" -> ", StringComparison.Ordinal);
        if (!_types.TryGetValue(declaration[..arrow], out string? listed))
        {
            return "not listed: " + declaration;
        }

        // A declaration may leave interfaces out, but may not add a base or change the kind.
        (string kind, string[] bases) = Split(declaration);
        (string listedKind, string[] listedBases) = Split(listed);
        return kind == listedKind && bases.All(listedBases.Contains) ? null : $"declared as {declaration}, listed as {listed}";
    }

    private static (string Kind, string[] Bases) Split(string line)
    {
        string rest = line[(line.IndexOf(" -> ", StringComparison.Ordinal) + 4)..];
        int colon = rest.IndexOf(" : ", StringComparison.Ordinal);
        return colon < 0 ? (rest, []) : (rest[..colon], rest[(colon + 3)..].Split(", "));
    }
}
