using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

/// <summary>The snippet in the package's README is this one: compiled and run.</summary>
[TestClass]
public sealed class ReadmeSnippetTests
{
    [TestMethod]
    public void Readme_Snippet_MakesATokenAndAPropertyBag()
    {
        (string token, string bag) = Run("HostName=h.example;DeviceId=d;SharedAccessKey=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 1893456000);
        Assert.StartsWith("SharedAccessSignature sr=h.example%2Fdevices%2Fd&sig=", token);
        Assert.AreEqual("%24.ct=application%2Fjson&%24.ce=utf-8&alert=true", bag);
    }

    [TestMethod]
    public void Readme_Snippet_IsTheCompiledOne()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot(), "src", "DeviceClient.Core", "README.md")).ReplaceLineEndings("\n");
        string source = File.ReadAllText(Path.Combine(RepositoryRoot(), "tests", "DeviceClient.Core.Tests", "ReadmeSnippetTests.cs")).ReplaceLineEndings("\n");
        string snippet = source.Split("// snippet:" + "begin\n")[1].Split("        // snippet:" + "end")[0];
        string expected = string.Join('\n', snippet.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));
        Assert.Contains("```csharp\n" + expected + "```\n", readme);
    }

    private static (string Token, string Bag) Run(string connectionString, long unixSeconds)
    {
        // snippet:begin
        if (!HubConnectionString.TryParse(connectionString, out HubConnectionString? identity, out string? error)
            || !SymmetricKeySigner.TryCreate(identity!.SharedAccessKey!, out SymmetricKeySigner? signer, out error))
        {
            throw new ArgumentException(error);
        }

        string token = SasToken.Create(identity.HostName + "/devices/" + identity.DeviceId, null, unixSeconds + 3600, signer!);

        var body = new ByteWriter(64, 4096);
        var json = new JsonWriter(body);
        json.WriteStartObject();
        json.WriteName("temperature");
        json.WriteDouble(21.5);
        json.WriteEndObject();

        var message = new TelemetryMessage(body.Buffer, 0, body.Count) { ContentType = "application/json", ContentEncoding = "utf-8" };
        message.Properties.Add("alert", "true");
        byte[] bag = new byte[TelemetryEncoder.GetBagLength(message)];
        TelemetryEncoder.WriteBag(message, bag, 0);
        // snippet:end
        return (token, Encoding.ASCII.GetString(bag));
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
