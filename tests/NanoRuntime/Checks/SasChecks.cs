using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>Shared access signatures and keys derived from a group's key.</summary>
/// <remarks>Vectors V1 to V8 of docs/protocol.md, "SAS tokens"; V8 is the public one of azure-docs,
/// articles/iot-dps/concepts-symmetric-key-attestation.md.</remarks>
public static class SasChecks
{
    private const long Expiry = 1893456000;
    private const string Key1 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Key2 = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQz87NzMvKycjHxsXEw8LBwA==";

    public static void Run(CheckRun run)
    {
        run.Begin("SAS");
        run.Run("tokens of the vectors", Tokens);
        run.Run("verification over the text as it came", RawText);
        run.Run("verification by segments", Segments);
        run.Run("verification by time", Time);
        run.Run("tokens that are refused", BadTokens);
        run.Run("renewal at 85 percent of the life", Renewal);
        run.Run("derived keys", Derived);
        run.Run("keys that are refused", BadKeys);
        run.End();
    }

    private static SymmetricKeySigner Signer(CheckRun run, string key)
    {
        run.IsTrue(SymmetricKeySigner.TryCreate(key, out SymmetricKeySigner? signer, out string? _), "key refused");
        return signer!;
    }

    private static void Tokens(CheckRun run)
    {
        CheckToken(run, "contoso.azure-devices.net/devices/MyDevice01", null, Key1,
            "SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2FMyDevice01&sig=dpCx63CkFH4MIH%2BL%2Bfb5N6i6du%2B8r74HUI3%2B7Gfg1Wc%3D&se=1893456000");
        CheckToken(run, "contoso.azure-devices.net/devices/MyDevice01/modules/modA", null, Key1,
            "SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2FMyDevice01%2Fmodules%2FmodA&sig=D6jH4WmkP4T1m4da23%2FSLxq7dIt1PL4QZyG2maLH8ik%3D&se=1893456000");
        CheckToken(run, "contoso.azure-devices.net", "iothubowner", Key2,
            "SharedAccessSignature sr=contoso.azure-devices.net&sig=i2TbCLcxDGmuc4%2F2EgtSl2TYTHuTrVEninG57OwHZQQ%3D&se=1893456000&skn=iothubowner");
        CheckToken(run, "0ne00000A0A/registrations/reg-001", "registration", Key1,
            "SharedAccessSignature sr=0ne00000A0A%2Fregistrations%2Freg-001&sig=jNqyLA812E251%2FMh0ZM6Pm5Pmf0GQfwr7MeSWMQ1qo8%3D&se=1893456000&skn=registration");
        CheckToken(run, "contoso.azure-devices.net/devices/d-1.a_b*?!(),:=@$'", null, Key1,
            "SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2Fd-1.a_b%2A%3F%21%28%29%2C%3A%3D%40%24%27&sig=WsHMunfA0f8lxfKIfYVzJSnjGXjTSX6%2FfODvwGZTAP4%3D&se=1893456000");
    }

    private static void CheckToken(CheckRun run, string resource, string? keyName, string key, string expected)
    {
        run.AreEqual(expected, SasToken.Create(resource, keyName, Expiry, Signer(run, key)), resource);
    }

    private static void RawText(CheckRun run)
    {
        const string Device = "contoso.azure-devices.net/devices/MyDevice01";
        CheckVerify(run, SasVerification.Valid, Device, "sr=contoso.azure-devices.net%2fdevices%2fMyDevice01&sig=GIpPVFuf6gn90xaH15omDsBsPdJht2lz4s%2bsQT%2bb7rI%3d&se=1893456000");
        CheckVerify(run, SasVerification.Valid, Device, "se=1893456000&sig=dpCx63CkFH4MIH+L+fb5N6i6du+8r74HUI3+7Gfg1Wc=&sr=contoso.azure-devices.net%2Fdevices%2FMyDevice01");
        CheckVerify(run, SasVerification.SignatureMismatch, Device, "sr=contoso.azure-devices.net%2fdevices%2fMyDevice01&sig=dpCx63CkFH4MIH%2BL%2Bfb5N6i6du%2B8r74HUI3%2B7Gfg1Wc%3D&se=1893456000");
        CheckVerify(run, SasVerification.SignatureMismatch, Device, "sr=contoso.azure-devices.net%2Fdevices%2FMyDevice01&sig=dpCx63CkFH4MIH%2BL%2Bfb5N6i6du%2B8r74HUI3%2B7Gfg1Wc%3D&se=1893456001");
        CheckVerify(run, SasVerification.Valid, "contoso.azure-devices.net/devices/d-1.a_b*?!(),:=@$'",
            "sr=contoso.azure-devices.net%2Fdevices%2Fd-1.a_b*%3F!()%2C%3A%3D%40%24%27&sig=bZ8kuYFAmoMnEqAyKbb5XEM46Vftk%2Bg%2FT7QTphWdmyU%3D&se=1893456000");
    }

    private static void Segments(CheckRun run)
    {
        string token = SasToken.Create("h/a/b", null, Expiry, Signer(run, Key1)).Substring("SharedAccessSignature ".Length);
        CheckVerify(run, SasVerification.Valid, "h/a/b", token);
        CheckVerify(run, SasVerification.Valid, "h/a/b/c", token);
        CheckVerify(run, SasVerification.ResourceMismatch, "h/a/bc", token);
        CheckVerify(run, SasVerification.ResourceMismatch, "h/a", token);
        CheckVerify(run, SasVerification.ResourceMismatch, "other/a/b", token);
    }

    private static void CheckVerify(CheckRun run, SasVerification expected, string endpoint, string fields)
    {
        run.IsTrue(SasToken.TryParse("SharedAccessSignature " + fields, out SasTokenParts? parts), "not parsed: " + fields);
        SasVerification found = SasToken.Verify(parts!, Signer(run, Key1), endpoint, Expiry - 60, SasToken.DefaultSkewSeconds);
        run.AreEqual((int)expected, (int)found, endpoint + " with " + fields);
    }

    private static void Time(CheckRun run)
    {
        SymmetricKeySigner signer = Signer(run, Key1);
        run.IsTrue(SasToken.TryParse(SasToken.Create("h/d", null, Expiry, signer), out SasTokenParts? parts), "parsed");
        run.AreEqual((int)SasVerification.Valid, (int)SasToken.Verify(parts!, signer, "h/d", Expiry + 300, 300), "at the edge of the skew");
        run.AreEqual((int)SasVerification.Expired, (int)SasToken.Verify(parts!, signer, "h/d", Expiry + 301, 300), "past the skew");
    }

    private static void BadTokens(CheckRun run)
    {
        string[] bad =
        {
            "", "SharedAccessSignature", "SharedAccessSignature ", "Bearer sr=a&sig=YQ==&se=1", "SharedAccessSignature sr=a&sig=YQ==",
            "SharedAccessSignature sr=a&se=1", "SharedAccessSignature sig=YQ==&se=1", "SharedAccessSignature sr=a&sr=a&sig=YQ==&se=1",
            "SharedAccessSignature sr=a&sig=YQ=&se=1", "SharedAccessSignature sr=a&sig=YQ==&se=-1", "SharedAccessSignature sr=a&sig=YQ==&se=x",
            "SharedAccessSignature sr=%&sig=YQ==&se=1", "SharedAccessSignature sr=a&sig=YQ==&se=1&", "SharedAccessSignature sr=a&sig=YQ==&se=9223372036854775808",
        };
        for (int i = 0; i < bad.Length; i++)
        {
            run.IsTrue(!SasToken.TryParse(bad[i], out SasTokenParts? _), "accepted '" + bad[i] + "'");
        }
    }

    private static void Renewal(CheckRun run)
    {
        run.AreEqual(1850, SasToken.RenewalTime(1000, 2000, 0), "no jitter");
        run.AreEqual(1750, SasToken.RenewalTime(1000, 2000, -100), "earliest");
        run.AreEqual(1950, SasToken.RenewalTime(1000, 2000, 5000), "latest, jitter out of range");
        run.AreEqual(1000, SasToken.RenewalTime(1000, 1000, 0), "no life");
        run.IsTrue(SasToken.RenewalTime(0, long.MaxValue, 100) > 0, "overflow");
    }

    private static void Derived(CheckRun run)
    {
        CheckDerived(run, Key2, "reg-001", "SM9NJad5hbcockgAQ0sZjnY23zLJjuabclaREcz3+oU=");
        CheckDerived(run, "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
            "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6", "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=");
    }

    private static void CheckDerived(CheckRun run, string groupKey, string registrationId, string expected)
    {
        run.IsTrue(GroupKey.TryDeriveDeviceKey(groupKey, registrationId, out string? key, out string? error), error ?? "no error text");
        run.AreEqual(expected, key, registrationId);
    }

    private static void BadKeys(CheckRun run)
    {
        run.IsTrue(!SymmetricKeySigner.TryCreate("not base64", out SymmetricKeySigner? _, out string? error), "bad Base64 accepted");
        run.IsTrue(!string.IsNullOrEmpty(error), "no error text");
        run.IsTrue(!SymmetricKeySigner.TryCreate("", out SymmetricKeySigner? _, out error), "empty key accepted");
        run.IsTrue(!GroupKey.TryDeriveDeviceKey("not base64", "reg-001", out string? _, out error), "bad group key accepted");
    }
}
