using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class HubConnectionStringTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [TestMethod]
    public void TryParse_DeviceWithKey_IsTakenApart()
    {
        HubConnectionString c = Parse($"HostName=contoso.azure-devices.net;DeviceId=MyDevice01;SharedAccessKey={Key}");
        Assert.AreEqual("contoso.azure-devices.net", c.HostName);
        Assert.AreEqual(0, c.Port);
        Assert.AreEqual("MyDevice01", c.DeviceId);
        Assert.IsNull(c.ModuleId);
        Assert.IsNull(c.GatewayHostName);
        Assert.AreEqual(0, c.GatewayPort);
        Assert.AreEqual(Key, c.SharedAccessKey);
        Assert.IsNull(c.SharedAccessKeyName);
        Assert.IsNull(c.SharedAccessSignature);
        Assert.IsFalse(c.UsesX509);
        Assert.AreEqual("HostName=contoso.azure-devices.net;DeviceId=MyDevice01;SharedAccessKey=(hidden)", c.ToString());
    }

    [TestMethod]
    public void TryParse_AllPartsInAnotherOrderAndCase_AreTakenApart()
    {
        HubConnectionString c = Parse($" sharedaccesskey={Key} ;MODULEID=m;SharedAccessKeyName=device; GatewayHostName=edge:8884;DeviceId=a=b;hostname=localhost:18883;");
        Assert.AreEqual("localhost", c.HostName);
        Assert.AreEqual(18883, c.Port);
        Assert.AreEqual("edge", c.GatewayHostName);
        Assert.AreEqual(8884, c.GatewayPort);
        Assert.AreEqual("a=b", c.DeviceId);
        Assert.AreEqual("m", c.ModuleId);
        Assert.AreEqual("device", c.SharedAccessKeyName);
        Assert.AreEqual("HostName=localhost:18883;DeviceId=a=b;ModuleId=m;GatewayHostName=edge:8884;SharedAccessKeyName=device;SharedAccessKey=(hidden)", c.ToString());
    }

    [TestMethod]
    [DataRow("HostName=h;DeviceId=d;x509=true")]
    [DataRow("HostName=h;DeviceId=d;X509Cert=TRUE")]
    public void TryParse_X509_BothSpellingsAreKnown(string text)
    {
        HubConnectionString c = Parse(text);
        Assert.IsTrue(c.UsesX509);
        Assert.AreEqual("HostName=h;DeviceId=d;x509=true", c.ToString());
    }

    [TestMethod]
    public void TryParse_Token_IsKept()
    {
        SymmetricKeySigner.TryCreate(Key, out SymmetricKeySigner? signer, out _);
        string token = SasToken.Create("h/devices/d", null, 1893456000, signer!);
        HubConnectionString c = Parse("HostName=h;DeviceId=d;SharedAccessSignature=" + token);
        Assert.AreEqual(token, c.SharedAccessSignature);
        Assert.AreEqual("HostName=h;DeviceId=d;SharedAccessSignature=(hidden)", c.ToString());
    }

    [TestMethod]
    [DataRow(null, "connection string is empty")]
    [DataRow(" ", "connection string is empty")]
    [DataRow("DeviceId=d;SharedAccessKey=AAAA", "HostName is missing")]
    [DataRow("HostName=;DeviceId=d;SharedAccessKey=AAAA", "HostName in the connection string is empty")]
    [DataRow("HostName=a b;DeviceId=d;SharedAccessKey=AAAA", "HostName in the connection string: ")]
    [DataRow("HostName=https://h;DeviceId=d;SharedAccessKey=AAAA", "HostName in the connection string has the bad port")]
    [DataRow("HostName=h:0;DeviceId=d;SharedAccessKey=AAAA", "'0'; a port is 1 to 65535")]
    [DataRow("HostName=h:65536;DeviceId=d;SharedAccessKey=AAAA", "'65536'")]
    [DataRow("HostName=h:;DeviceId=d;SharedAccessKey=AAAA", "bad port")]
    [DataRow("HostName=h..x;DeviceId=d;SharedAccessKey=AAAA", "empty label")]
    [DataRow("HostName=.h;DeviceId=d;SharedAccessKey=AAAA", "empty label")]
    [DataRow("HostName=h.;DeviceId=d;SharedAccessKey=AAAA", "empty label")]
    [DataRow("HostName=h;DeviceId=d;GatewayHostName=g/;SharedAccessKey=AAAA", "GatewayHostName in the connection string: ")]
    [DataRow("HostName=h;DeviceId=d;GatewayHostName=g:x;SharedAccessKey=AAAA", "GatewayHostName in the connection string has the bad port")]
    [DataRow("HostName=h;SharedAccessKeyName=iothubowner;SharedAccessKey=AAAA", "DeviceId is missing")]
    [DataRow("HostName=h;DeviceId=a/b;SharedAccessKey=AAAA", "DeviceId in the connection string: The device id has '/' at index 1")]
    [DataRow("HostName=h;DeviceId=a\u00e9;SharedAccessKey=AAAA", "character number 233 at index 1")]
    [DataRow("HostName=h;DeviceId=d;ModuleId=a/b;SharedAccessKey=AAAA", "ModuleId in the connection string: The module id")]
    [DataRow("HostName=h;DeviceId=d", "no credential")]
    [DataRow("HostName=h;DeviceId=d;SharedAccessKey=AAAA;x509=true", "2 credentials")]
    [DataRow("HostName=h;DeviceId=d;x509=false", "x509 in the connection string is 'false'")]
    [DataRow("HostName=h;DeviceId=d;SharedAccessKey=s3cret", "SharedAccessKey in the connection string: The key of 6 characters is not Base64")]
    [DataRow("HostName=h;DeviceId=d;SharedAccessSignature=s3cret", "SharedAccessSignature in the connection string is not a token")]
    [DataRow("HostName=h;DeviceId=d;SharedAccessKeyName=p;x509=true", "SharedAccessKeyName in the connection string needs SharedAccessKey")]
    [DataRow("HostName=h;HostName=h;DeviceId=d;x509=true", "HostName twice")]
    [DataRow("HostName=h;DeviceId=d;x509=true;Gateway=g", "unknown part 'Gateway'")]
    [DataRow("HostName=h;DeviceId=d;s3cret", "a part of 6 characters")]
    [DataRow("HostName=h;DeviceId=d;=s3cret", "a part of 7 characters")]
    public void TryParse_BadString_MessageNamesThePartAndNoSecret(string? text, string expected)
    {
        Assert.IsFalse(HubConnectionString.TryParse(text, out HubConnectionString? result, out string? error));
        Assert.IsNull(result);
        Assert.Contains(expected, error!);
        Assert.DoesNotContain("s3cret", error!);
        Assert.DoesNotContain("AAAA", error!);
    }

    [TestMethod]
    public void TryParse_MutatedStrings_NeverThrow()
    {
        const int seed = 77;
        var random = new Random(seed);
        string good = $"HostName=localhost:8883;DeviceId=d;ModuleId=m;GatewayHostName=g:1;SharedAccessKey={Key}";
        for (int round = 0; round < 20000; round++)
        {
            char[] text = good.ToCharArray();
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                text[random.Next(text.Length)] = random.Next(2) == 0 ? "=;: "[random.Next(4)] : (char)random.Next(0x100);
            }

            string mutant = new(text, 0, random.Next(3) == 0 ? random.Next(text.Length + 1) : text.Length);
            bool parsed = HubConnectionString.TryParse(mutant, out HubConnectionString? result, out string? error);
            Assert.AreEqual(parsed, result != null, $"seed {seed}, round {round}: {mutant}");
            Assert.AreEqual(parsed, error == null, $"seed {seed}, round {round}: {mutant}");
        }
    }

    private static HubConnectionString Parse(string text)
    {
        Assert.IsTrue(HubConnectionString.TryParse(text, out HubConnectionString? result, out string? error), error);
        Assert.IsNull(error);
        return result!;
    }

    [TestMethod]
    [DataRow("HostName=h;DeviceId=d;MDEyMzQ1Njc4OWFiY2RlZg==")]
    [DataRow("HostName=h;DeviceId=d;SharedAccessKeyMDEyMzQ1Njc4OWFiY2RlZg==")]
    [DataRow("HostName=h;DeviceId=d;SharedAccessKey MDEy=Mzc4OWFiY2RlZg==")]
    [DataRow("HostName=h;DeviceId=d;MDEyMzQ1Njc4OWFiY2RlZg")]
    public void TryParse_KeyInTheWrongPlace_IsNotShown(string text)
    {
        Assert.IsFalse(HubConnectionString.TryParse(text, out _, out string? error));
        Assert.DoesNotContain("MDEy", error!);
        Assert.Contains("characters", error!);
    }
}
