using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

/// <summary>The diagram in docs/protocol.md is drawn from the table; the snippet in the package's README is compiled here.</summary>
[TestClass]
public sealed class DocumentTests
{
    private const string Begin = "<!-- registration-states:begin -->\n";
    private const string End = "<!-- registration-states:end -->\n";

    /// <summary>With UPDATE_DOCS=1 in the environment the section is written instead of compared.</summary>
    [TestMethod]
    public void ProtocolDocument_RegistrationDiagram_MatchesTheTable()
    {
        string file = Path.Combine(RepositoryRoot(), "docs", "protocol.md");
        string text = File.ReadAllText(file).ReplaceLineEndings("\n");
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.IsTrue(begin >= Begin.Length && end >= begin, "docs/protocol.md has lost the marks of its registration diagram.");

        StringBuilder diagram = new("```mermaid\nstateDiagram-v2\n    [*] --> Idle\n");
        for (int i = 0; i < ProvisioningTransitions.Count; i++)
        {
            ProvisioningTransitions.GetRow(i, out ProvisioningState from, out ProvisioningInput input, out ProvisioningState to);
            diagram.Append("    ").Append(from).Append(" --> ").Append(to).Append(": ").Append(input).Append('\n');
        }

        diagram.Append("```\n");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, text[..begin] + diagram + text[end..]);
            return;
        }

        Assert.AreEqual(diagram.ToString(), text[begin..end], "Run this test with UPDATE_DOCS=1 to draw the diagram again.");
    }

    [TestMethod]
    public void Readme_Snippet_IsTheCompiledOne()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot(), "src", "Provisioning", "README.md")).ReplaceLineEndings("\n");
        string source = File.ReadAllText(Path.Combine(RepositoryRoot(), "tests", "Provisioning.Tests", "ReadmeSnippet.cs")).ReplaceLineEndings("\n");
        string snippet = source.Split("// snippet:begin\n")[1].Split("        // snippet:end")[0];
        string expected = string.Join('\n', snippet.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));
        Assert.Contains("```csharp\n" + expected + "```\n", readme);
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "DeviceSdk.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No DeviceSdk.sln above {AppContext.BaseDirectory}.");
    }
}
