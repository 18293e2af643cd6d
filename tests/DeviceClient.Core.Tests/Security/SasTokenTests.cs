using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class SasTokenTests
{
    private const string K1 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string K2 = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQz87NzMvKycjHxsXEw8LBwA==";
    private const string V6Key = "SM9NJad5hbcockgAQ0sZjnY23zLJjuabclaREcz3+oU=";
    private const long Expiry = 1893456000;

    // V1, V2, V3, V3b, V4, V5, V6b, V7: what our encoder makes of a resource.
    [TestMethod]
    [DataRow("contoso.azure-devices.net/devices/MyDevice01", null, K1, "dpCx63CkFH4MIH+L+fb5N6i6du+8r74HUI3+7Gfg1Wc=")]
    [DataRow("contoso.azure-devices.net/devices/MyDevice01/modules/modA", null, K1, "D6jH4WmkP4T1m4da23/SLxq7dIt1PL4QZyG2maLH8ik=")]
    [DataRow("contoso.azure-devices.net", "iothubowner", K2, "i2TbCLcxDGmuc4/2EgtSl2TYTHuTrVEninG57OwHZQQ=")]
    [DataRow("contoso.azure-devices.net/devices/MyDevice01", "device", K2, "UfXQRM+hU4RQ83wMsbpzVY+6vNAyUZXzmyD+M/M+adM=")]
    [DataRow("0ne00000A0A/registrations/reg-001", "registration", K1, "jNqyLA812E251/Mh0ZM6Pm5Pmf0GQfwr7MeSWMQ1qo8=")]
    [DataRow("contoso.azure-devices.net/devices/d-1.a_b*?!(),:=@$'", null, K1, "WsHMunfA0f8lxfKIfYVzJSnjGXjTSX6/fODvwGZTAP4=")]
    [DataRow("0ne00000A0A/registrations/reg-001", "registration", V6Key, "ppycOsg5K0cjHCkiVbPwHOEkmkOD9d1w5GVHJ0vJYek=")]
    [DataRow("contoso.azure-devices.net/devices/edge%40one/modules/%24edgeHub", null, K1, "qZcH+MJDdkCxxHmnysRiHgVf8wjOn/9S/wjbSJWLAfk=")]
    public void Create_VectorsV1ToV7_SignAsWorkedOut(string resource, string? keyName, string key, string signature)
    {
        string token = SasToken.Create(resource, keyName, Expiry, Signer(key));
        SasTokenParts parts = Parse(token);
        Assert.AreEqual(signature, Convert.ToBase64String(parts.Signature));
        Assert.AreEqual(resource, parts.Resource);
        Assert.AreEqual(keyName, parts.KeyName);
        Assert.AreEqual(Expiry, parts.ExpiryUnixSeconds);
        Assert.AreEqual(SasVerification.Valid, SasToken.Verify(parts, Signer(key), resource, Expiry, 0));
    }

    // V1b and V5b: forms that other platforms send.
    [TestMethod]
    [DataRow("contoso.azure-devices.net%2fdevices%2fMyDevice01", "contoso.azure-devices.net/devices/MyDevice01", "GIpPVFuf6gn90xaH15omDsBsPdJht2lz4s+sQT+b7rI=")]
    [DataRow("contoso.azure-devices.net%2Fdevices%2Fd-1.a_b*%3F!()%2C%3A%3D%40%24%27", "contoso.azure-devices.net/devices/d-1.a_b*?!(),:=@$'", "bZ8kuYFAmoMnEqAyKbb5XEM46Vftk+g/T7QTphWdmyU=")]
    public void Verify_VectorsV1bV5b_SignedTextAsItCame(string rawResource, string endpoint, string signature)
    {
        string token = $"SharedAccessSignature sr={rawResource}&sig={Uri.EscapeDataString(signature)}&se={Expiry}";
        Assert.AreEqual(SasVerification.Valid, SasToken.Verify(Parse(token), Signer(K1), endpoint, Expiry - 1, 0));
    }

    [TestMethod]
    public void Create_FullTokensV1V4_AreTheWorkedOutTexts()
    {
        Assert.AreEqual(
            "SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2FMyDevice01&sig=dpCx63CkFH4MIH%2BL%2Bfb5N6i6du%2B8r74HUI3%2B7Gfg1Wc%3D&se=1893456000",
            SasToken.Create("contoso.azure-devices.net/devices/MyDevice01", null, Expiry, Signer(K1)));
        Assert.AreEqual(
            "SharedAccessSignature sr=0ne00000A0A%2Fregistrations%2Freg-001&sig=jNqyLA812E251%2FMh0ZM6Pm5Pmf0GQfwr7MeSWMQ1qo8%3D&se=1893456000&skn=registration",
            SasToken.Create("0ne00000A0A/registrations/reg-001", "registration", Expiry, Signer(K1)));
    }

    [TestMethod]
    [DataRow(K2, "reg-001", V6Key)]
    [DataRow(K2, "REG-001", V6Key)]
    [DataRow("8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==", "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6", "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=")]
    public void GroupKey_VectorsV6V8_DeriveInLowerCase(string groupKey, string registrationId, string expected)
    {
        Assert.IsTrue(GroupKey.TryDeriveDeviceKey(groupKey, registrationId, out string? key, out string? error), error);
        Assert.AreEqual(expected, key);
    }

    [TestMethod]
    public void GroupKey_BadArguments_AreNamed()
    {
        Assert.IsFalse(GroupKey.TryDeriveDeviceKey(K2, "reg.", out string? key, out string? error));
        Assert.IsNull(key);
        Assert.Contains("registration id", error!);
        Assert.IsFalse(GroupKey.TryDeriveDeviceKey("secret!", "reg", out _, out error));
        Assert.DoesNotContain("secret", error!);
    }

    [TestMethod]
    public void TryCreate_KeyWithSpaceAround_IsTrimmed()
    {
        Assert.IsTrue(SymmetricKeySigner.TryCreate(" " + K1 + "\n", out SymmetricKeySigner? signer, out _));
        CollectionAssert.AreEqual(Signer(K1).Sign([1], 0, 1), signer!.Sign([1], 0, 1));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(" ")]
    [DataRow("abc")]
    [DataRow("ab?=")]
    public void TryCreate_BadKey_ErrorWithoutKey(string? key)
    {
        Assert.IsFalse(SymmetricKeySigner.TryCreate(key!, out SymmetricKeySigner? signer, out string? error));
        Assert.IsNull(signer);
        Assert.IsNotNull(error);
        Assert.DoesNotContain("ab?", error);
    }

    [TestMethod]
    public void Signer_EmptyOrNullKey_Throws()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new SymmetricKeySigner([]));
        Assert.ThrowsExactly<ArgumentNullException>(() => new SymmetricKeySigner(null!));
    }

    [TestMethod]
    public void Signer_KeyArrayChangedLater_SignsWithTheCopy()
    {
        byte[] key = [1, 2, 3];
        var signer = new SymmetricKeySigner(key);
        byte[] before = signer.Sign([9], 0, 1);
        key[0] = 7;
        CollectionAssert.AreEqual(before, signer.Sign([9], 0, 1));
    }

    [TestMethod]
    public void Create_BadArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => SasToken.Create(null!, null, 1, Signer(K1)));
        Assert.ThrowsExactly<ArgumentNullException>(() => SasToken.Create("a", null, 1, null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SasToken.Create("a", null, -1, Signer(K1)));
    }

    [TestMethod]
    public void TryParse_FieldsInAnyOrderAndUnknownOnes_AreRead()
    {
        SasTokenParts parts = Parse("SharedAccessSignature se=5&x=1&skn=a%20b&sig=AAA=&sr=h%2fx");
        Assert.AreEqual("h%2fx", parts.RawResource);
        Assert.AreEqual("h/x", parts.Resource);
        Assert.AreEqual("5", parts.RawExpiry);
        Assert.AreEqual("a b", parts.KeyName);
        Assert.AreEqual("sr=h/x se=5 skn=a b", parts.ToString());
        Assert.AreEqual("sr=h/x se=5", Parse("SharedAccessSignature se=5&sig=AAA=&sr=h/x").ToString());
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("SharedAccessSignature ")]
    [DataRow("sharedaccesssignature sr=a&sig=AAAA&se=1")]
    [DataRow("SharedAccessSignature sr=a&sig=AAAA")]
    [DataRow("SharedAccessSignature sr=a&se=1")]
    [DataRow("SharedAccessSignature sig=AAAA&se=1")]
    [DataRow("SharedAccessSignature sr=&sig=AAAA&se=1")]
    [DataRow("SharedAccessSignature sr=a&sig=&se=1")]
    [DataRow("SharedAccessSignature sr=a&sig=AAAA&se=")]
    [DataRow("SharedAccessSignature sr=a&sig=AAA&se=1")]
    [DataRow("SharedAccessSignature sr=a&sig=AAAA&se=x")]
    [DataRow("SharedAccessSignature sr=a&sig=AAAA&se=-1")]
    [DataRow("SharedAccessSignature sr=a&sig=AAAA&se=9223372036854775808")]
    [DataRow("SharedAccessSignature sr=%&sig=AAAA&se=1")]
    [DataRow("SharedAccessSignature sr=a&sig=%zz&se=1")]
    [DataRow("SharedAccessSignature sr=a&sig=AAAA&se=1&skn=%ff")]
    [DataRow("SharedAccessSignature sr=a&sr=a&sig=AAAA&se=1")]
    [DataRow("SharedAccessSignature sr=a&sig=AAAA&se=1&")]
    public void TryParse_BadToken_IsRefused(string? token)
    {
        Assert.IsFalse(SasToken.TryParse(token, out SasTokenParts? parts));
        Assert.IsNull(parts);
    }

    [TestMethod]
    [DataRow("a/b", "a/b", true)]
    [DataRow("a/b", "a/b/c", true)]
    [DataRow("a/b", "a/bc", false)]
    [DataRow("a/b/c", "a/b", false)]
    [DataRow("host", "HOST/devices/d", true)]
    [DataRow("HOST/devices/d", "host/devices/d", true)]
    [DataRow("host/devices/mydevice", "host/devices/MyDevice", true)]
    [DataRow("host/devices/MyDevice", "host/devices/mydevice", false)]
    [DataRow("host/devices/", "host/devices/x", false)]
    public void Verify_PrefixRule_GoesBySegment(string resource, string endpoint, bool covered)
    {
        SasTokenParts parts = Parse(SasToken.Create(resource, null, Expiry, Signer(K1)));
        Assert.AreEqual(covered ? SasVerification.Valid : SasVerification.ResourceMismatch, SasToken.Verify(parts, Signer(K1), endpoint, 0, 0));
    }

    [TestMethod]
    public void Verify_WrongKeyOrExpiry_IsTold()
    {
        SasTokenParts parts = Parse(SasToken.Create("h", null, Expiry, Signer(K1)));
        Assert.AreEqual(SasVerification.SignatureMismatch, SasToken.Verify(parts, Signer(K2), "h", 0, 0));
        Assert.AreEqual(SasVerification.Valid, SasToken.Verify(parts, Signer(K1), "h", Expiry + 300, SasToken.DefaultSkewSeconds));
        Assert.AreEqual(SasVerification.Expired, SasToken.Verify(parts, Signer(K1), "h", Expiry + 301, SasToken.DefaultSkewSeconds));
        string later = SasToken.Create("h", null, Expiry, Signer(K1)).Replace("se=1893456000", "se=1893456001", StringComparison.Ordinal);
        Assert.AreEqual(SasVerification.SignatureMismatch, SasToken.Verify(Parse(later), Signer(K1), "h", 0, 0));
    }

    [TestMethod]
    public void Verify_NullArgument_Throws()
    {
        SasTokenParts parts = Parse(SasToken.Create("h", null, Expiry, Signer(K1)));
        Assert.ThrowsExactly<ArgumentNullException>(() => SasToken.Verify(null!, Signer(K1), "h", 0, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => SasToken.Verify(parts, null!, "h", 0, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => SasToken.Verify(parts, Signer(K1), null!, 0, 0));
    }

    [TestMethod]
    [DataRow(1000L, 4600L, 0, 4060L)]
    [DataRow(1000L, 4600L, 50, 4240L)]
    [DataRow(1000L, 4600L, -50, 3880L)]
    [DataRow(1000L, 4600L, 1000, 4420L)]
    [DataRow(1000L, 4600L, -1000, 3700L)]
    [DataRow(1000L, 1000L, 0, 1000L)]
    [DataRow(1000L, 900L, 0, 1000L)]
    [DataRow(0L, long.MaxValue, 0, long.MaxValue / 1000 * 850)]
    public void RenewalTime_ShareOfLife_IsKept(long issued, long expiry, int jitter, long expected)
    {
        Assert.AreEqual(expected, SasToken.RenewalTime(issued, expiry, jitter));
    }

    [TestMethod]
    public void TryParse_MutatedTokens_NeverThrowAndNeverVerifyAnotherResource()
    {
        const int seed = 20261123;
        var random = new Random(seed);
        string good = SasToken.Create("contoso.azure-devices.net/devices/d", "p", Expiry, Signer(K1));
        for (int round = 0; round < 20000; round++)
        {
            char[] text = good.ToCharArray();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                text[random.Next(text.Length)] = (char)random.Next(1, 0x180);
            }

            string mutant = new(text, 0, random.Next(4) == 0 ? random.Next(text.Length + 1) : text.Length);
            if (SasToken.TryParse(mutant, out SasTokenParts? parts)
                && SasToken.Verify(parts!, Signer(K1), "contoso.azure-devices.net/devices/d", 0, 0) == SasVerification.Valid)
            {
                Assert.AreEqual("contoso.azure-devices.net/devices/d", parts!.Resource, $"seed {seed}, round {round}: {mutant}");
                Assert.AreEqual(Expiry, parts.ExpiryUnixSeconds, $"seed {seed}, round {round}: {mutant}");
            }
        }
    }

    private static SymmetricKeySigner Signer(string key)
    {
        Assert.IsTrue(SymmetricKeySigner.TryCreate(key, out SymmetricKeySigner? signer, out string? error), error);
        return signer!;
    }

    private static SasTokenParts Parse(string token)
    {
        Assert.IsTrue(SasToken.TryParse(token, out SasTokenParts? parts), token);
        return parts!;
    }
}
