using DeviceClient.NanoSubset.Inspection;

namespace DeviceClient.NanoSubset;

/// <summary>The reference assemblies claim what a board has; the public listings say whether that is true.</summary>
[TestClass]
public sealed class ReferenceProofTests
{
    // .NET reads these by the current culture, a board does not: one source would behave in two ways.
    private static readonly string[] s_cultureSensitive =
    [
        "M:System.String.Compare(", "M:System.String.CompareTo(", "M:System.String.StartsWith(System.String",
        "M:System.String.EndsWith(System.String", "M:System.String.IndexOf(System.String", "M:System.String.LastIndexOf(System.String",
        "M:System.String.ToLower", "M:System.String.ToUpper", "M:System.Char.ToLower", "M:System.Char.ToUpper",
        "M:System.Double.ToString", "M:System.Double.Parse", "M:System.Double.TryParse",
        "M:System.Single.ToString", "M:System.Single.Parse", "M:System.Single.TryParse", "T:System.Globalization.",
    ];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void Reference_EachDeclaration_IsListedForNanoFramework()
    {
        string? folder = NanoApiListing.FindFolder();
        int checkedCount = 0;
        foreach ((string file, string listing) in Repository.References)
        {
            IReadOnlyList<string> lines = DeclarationLines.Of(file);
            Assert.IsNotEmpty(lines, $"{file} declares nothing.");
            if (folder is null)
            {
                TestContext.WriteLine($"{Path.GetFileName(file)}: {lines.Count} declarations not checked here, no shared/nano-api folder beside the repository.");
                continue;
            }

            NanoApiListing listed = NanoApiListing.Read(Path.Combine(folder, listing));
            string[] refuted = [.. lines.Select(listed.Refute).OfType<string>()];
            Assert.IsEmpty(refuted, $"{listing} does not show:\n{string.Join('\n', refuted)}");
            checkedCount += lines.Count;
        }

        TestContext.WriteLine($"{checkedCount} declarations proven by the listings.");
    }

    [TestMethod]
    public void Reference_CultureSensitiveMembers_AreNotDeclared()
    {
        string[] found = [.. Repository.References.SelectMany(r => DeclarationLines.Of(r.File))
            .Where(line => s_cultureSensitive.Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal)))];
        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Reference_EachSourceFile_NamesItsListing()
    {
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests/NanoSubset/Reference"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            string first = File.ReadLines(file).First();
            string folder = Path.GetFileName(Path.GetDirectoryName(file)!);
            Assert.StartsWith($"// Shown by nano-api/{folder}.txt", first, $"{file} does not say where its declarations come from.");
        }
    }

    [TestMethod]
    [DataRow("M:System.String.Trim -> System.String", DisplayName = "same")]
    [DataRow("T:System.String -> sealed class : System.Collections.IEnumerable", DisplayName = "fewer interfaces")]
    public void Listing_TrueDeclaration_IsProven(string declaration) => Assert.IsNull(SmallListing().Refute(declaration));

    [TestMethod]
    [DataRow("M:System.String.Trim(System.Char) -> System.String", DisplayName = "other parameters")]
    [DataRow("M:System.String.Trim -> System.Object", DisplayName = "other result")]
    [DataRow("M:System.String.Trim -> System.String static", DisplayName = "static")]
    [DataRow("M:System.String.Trim -> System.String protected", DisplayName = "other visibility")]
    [DataRow("M:System.String.Replace(System.String,System.String) -> System.String", DisplayName = "absent member")]
    [DataRow("T:System.Guid -> struct", DisplayName = "absent type")]
    [DataRow("T:System.String -> class : System.IComparable", DisplayName = "other kind")]
    [DataRow("T:System.String -> sealed class : System.ICloneable", DisplayName = "added interface")]
    public void Listing_FalseDeclaration_IsRefuted(string declaration) => Assert.IsNotNull(SmallListing().Refute(declaration));

    private static NanoApiListing SmallListing() => NanoApiListing.Parse(
        "# a heading",
        "M:System.String.Trim -> System.String",
        "T:System.String -> sealed class : System.Collections.IEnumerable, System.IComparable");
}
