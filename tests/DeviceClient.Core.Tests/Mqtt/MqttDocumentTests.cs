using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>The diagram of the connection in docs/protocol.md is drawn from the table of transitions.</summary>
[TestClass]
public sealed class MqttDocumentTests
{
    private const string Begin = "<!-- mqtt-states:begin -->\n";
    private const string End = "<!-- mqtt-states:end -->\n";

    /// <summary>With UPDATE_DOCS=1 in the environment the section is written instead of compared.</summary>
    [TestMethod]
    public void ProtocolDocument_ConnectionDiagram_MatchesTheTable()
    {
        string file = Path.Combine(RepositoryRoot(), "docs", "protocol.md");
        string text = File.ReadAllText(file).ReplaceLineEndings("\n");
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.IsTrue(begin >= Begin.Length && end >= begin, "docs/protocol.md has lost the marks of its connection diagram.");

        string drawn = Draw();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, text[..begin] + drawn + text[end..]);
            return;
        }

        Assert.AreEqual(drawn, text[begin..end], "Run this test with UPDATE_DOCS=1 to draw the diagram again.");
    }

    private static string Draw()
    {
        StringBuilder diagram = new("```mermaid\nstateDiagram-v2\n    [*] --> Closed\n");
        for (int row = 0; row < MqttTransitions.Count; row++)
        {
            MqttTransitions.GetRow(row, out MqttConnectionState from, out MqttInput input, out MqttConnectionState to);
            if (from != to)
            {
                diagram.Append("    ").Append(from).Append(" --> ").Append(to).Append(": ").Append(input).Append('\n');
            }
        }

        return diagram.Append("```\n").ToString();
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
