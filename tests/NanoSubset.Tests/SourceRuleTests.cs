using System.Xml.Linq;

namespace DeviceClient.NanoSubset;

/// <summary>What neither the compiler nor the IL can tell: the file lists, and the text of the files.</summary>
[TestClass]
public sealed class SourceRuleTests
{
    private const string ListPrefix = "$(MSBuildThisFileDirectory)";
    private const int MaxLines = 400;

    /// <summary>The lists of shared files, each with the folder whose sources it must name in full.</summary>
    private static readonly (string List, string Folder)[] s_lists =
    [
        ("src/DeviceClient.Core/Core.projitems", "src/DeviceClient.Core"),
        ("src/Provisioning/Provisioning.projitems", "src/Provisioning/Core"),
        ("tests/NanoRuntime/NanoRuntime.projitems", "tests/NanoRuntime/Checks"),
    ];

    public static IEnumerable<(string List, string Folder)> Lists => s_lists;

    public static IEnumerable<(string Rule, string Text)> BadTexts =>
    [
        ("condition", "#if HAS_SPAN\nclass C { }\n#endif\n"),
        ("condition", "class C { }\n  #  region x\n"),
        ("ASCII", "// caf\u00e9\n"),
        ("line end", "class C { }\r\n"),
        ("final newline", "class C { }"),
        ("lines", string.Concat(Enumerable.Repeat("//\n", MaxLines + 1))),
    ];

    [TestMethod]
    [DynamicData(nameof(Lists))]
    public void List_AgainstTheDisk_IsTheSame(string list, string folder)
    {
        string[] listed = ReadList(list);
        string[] onDisk = FilesOnDisk(folder, Path.GetDirectoryName(Repository.PathOf(list))!);
        Assert.IsNotEmpty(onDisk, $"{folder} holds no sources.");
        Assert.IsEmpty(onDisk.Except(listed, StringComparer.Ordinal).ToArray(), $"On disk and not in {list} (exact case counts):");
        Assert.IsEmpty(listed.Except(onDisk, StringComparer.Ordinal).ToArray(), $"In {list} and not on disk (exact case counts):");
        Assert.HasCount(listed.Length, listed.Distinct(StringComparer.Ordinal).ToArray(), $"{list} names a file twice.");
    }

    [TestMethod]
    [DynamicData(nameof(Lists))]
    public void Sources_EachFile_ObeysTheTextRules(string list, string folder)
    {
        string directory = Path.GetDirectoryName(Repository.PathOf(list))!;
        string[] broken = [.. FilesOnDisk(folder, directory)
            .SelectMany(file => BrokenTextRules(File.ReadAllText(Path.Combine(directory, file))).Select(rule => file + ": " + rule))];
        Assert.IsEmpty(broken, string.Join('\n', broken));
    }

    [TestMethod]
    [DynamicData(nameof(BadTexts))]
    public void TextRules_BadText_IsReported(string rule, string text) =>
        Assert.Contains(found => found.StartsWith(rule, StringComparison.Ordinal), BrokenTextRules(text).ToArray());

    [TestMethod]
    public void TextRules_GoodText_IsNotReported() =>
        Assert.IsEmpty(BrokenTextRules("// why\n#nullable enable\n#pragma warning disable CS0649\nclass C { }\n").ToArray());

    private static string[] ReadList(string list)
    {
        string[] entries = [.. XDocument.Load(Repository.PathOf(list)).Descendants("Compile").Select(e => e.Attribute("Include")?.Value ?? "")];
        foreach (string entry in entries)
        {
            Assert.StartsWith(ListPrefix, entry, $"{list}: every path starts with {ListPrefix}, else an importing project looks in its own folder.");
            Assert.DoesNotContain("\\", entry, $"{list}: forward slashes only.");
        }

        return [.. entries.Select(e => e[ListPrefix.Length..])];
    }

    private static string[] FilesOnDisk(string folder, string relativeTo) =>
        [.. Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(relativeTo, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))];

    private static IEnumerable<string> BrokenTextRules(string text)
    {
        string[] lines = text.Split('\n');
        if (lines.Length - 1 > MaxLines)
        {
            yield return $"lines: {lines.Length - 1}, at most {MaxLines}; split the file";
        }

        if (text.Contains('\r', StringComparison.Ordinal))
        {
            yield return "line end: CR found, LF only";
        }

        if (!text.EndsWith('\n'))
        {
            yield return "final newline: missing";
        }

        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimStart();
            if (line.StartsWith('#') && line[1..].TrimStart() is not (['n', 'u', 'l', 'l', 'a', 'b', 'l', 'e', ..] or ['p', 'r', 'a', 'g', 'm', 'a', ..]))
            {
                yield return $"condition: line {i + 1} has \"{line}\"; differences are files, never branches";
            }

            if (line.Any(c => c > 126))
            {
                yield return $"ASCII: line {i + 1} holds another character";
            }
        }
    }
}
