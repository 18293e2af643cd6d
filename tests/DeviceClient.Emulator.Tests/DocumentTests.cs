using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DeviceClient.Emulator.Tests;

/// <summary>What the documents show is what the emulator takes.</summary>
[TestClass]
public sealed partial class DocumentTests : IDisposable
{
    private readonly RestRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [TestMethod]
    [DataRow("docs/emulator.md")]
    [DataRow("src/DeviceClient.Emulator.Tool/README.md")]
    public void JsonSamples_AreTaken(string document)
    {
        string[] samples = [.. JsonFence().Matches(File.ReadAllText(Find(document))).Select(match => match.Groups[1].Value)];
        Assert.AreNotEqual(0, samples.Length);
        foreach (string sample in samples)
        {
            JsonObject json = JsonNode.Parse(sample)!.AsObject();
            if (json.ContainsKey("point"))
            {
                _rig.Hub.Faults.Add(FaultJson.Read(json));
            }
            else
            {
                SeedLoader.Apply(HubSeed.Parse(sample), _rig.Hub, _rig.Provisioning);
            }
        }
    }

    [TestMethod]
    public void FaultTable_NamesEveryPointAndAction()
    {
        string text = File.ReadAllText(Find("docs/emulator.md"));
        foreach (string name in Enum.GetNames<HubFaultPoint>().Concat(Enum.GetNames<HubFaultAction>()))
        {
            StringAssert.Contains(text, $"`{char.ToLowerInvariant(name[0])}{name[1..]}`");
        }
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonFence();

    private static string Find(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, path);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new AssertFailedException($"{path} is not above {AppContext.BaseDirectory}.");
    }
}
