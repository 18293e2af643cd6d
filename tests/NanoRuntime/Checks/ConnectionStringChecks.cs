namespace DeviceClient.NanoRuntime;

/// <summary>Connection strings and the hub's rules for ids.</summary>
public static class ConnectionStringChecks
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static void Run(CheckRun run)
    {
        run.Begin("connection strings");
        run.Run("a device with its key", Device);
        run.Run("a module behind a gateway", Module);
        run.Run("a certificate", Certificate);
        run.Run("a ready token", Token);
        run.Run("strings that are refused, each naming its part", Refused);
        run.Run("texts without secrets", Secrets);
        run.Run("ids", Ids);
        run.End();
    }

    private static HubConnectionString Parse(CheckRun run, string text)
    {
        run.IsTrue(HubConnectionString.TryParse(text, out HubConnectionString? result, out string? error), error ?? "refused without a reason");
        return result!;
    }

    private static void Device(CheckRun run)
    {
        HubConnectionString parts = Parse(run, "SharedAccessKey=" + Key + ";deviceid=MyDevice01;HOSTNAME=contoso.azure-devices.net;");
        run.AreEqual("contoso.azure-devices.net", parts.HostName, "host");
        run.AreEqual("MyDevice01", parts.DeviceId, "device id");
        run.AreEqual(Key, parts.SharedAccessKey, "key");
        run.AreEqual(null, parts.ModuleId, "module id");
        run.AreEqual(0, parts.Port, "port");
        run.IsTrue(!parts.UsesX509, "no certificate");
    }

    private static void Module(CheckRun run)
    {
        HubConnectionString parts = Parse(run, "HostName=h.net:8884;DeviceId=d;ModuleId=m;GatewayHostName=edge:18883;SharedAccessKey=" + Key);
        run.AreEqual("h.net", parts.HostName, "host");
        run.AreEqual(8884, parts.Port, "port");
        run.AreEqual("m", parts.ModuleId, "module id");
        run.AreEqual("edge", parts.GatewayHostName, "gateway");
        run.AreEqual(18883, parts.GatewayPort, "gateway's port");
    }

    private static void Certificate(CheckRun run)
    {
        HubConnectionString parts = Parse(run, "HostName=h.net;DeviceId=d;x509=true");
        run.IsTrue(parts.UsesX509, "uses a certificate");
        run.AreEqual(null, parts.SharedAccessKey, "key");
    }

    private static void Token(CheckRun run)
    {
        const string Text = "SharedAccessSignature sr=h.net%2Fdevices%2Fd&sig=YWJj&se=1893456000";
        run.AreEqual(Text, Parse(run, "HostName=h.net;DeviceId=d;SharedAccessSignature=" + Text).SharedAccessSignature, "token");
    }

    private static void Refused(CheckRun run)
    {
        CheckRefused(run, "", "connection string");
        CheckRefused(run, "DeviceId=d;SharedAccessKey=" + Key, "HostName");
        CheckRefused(run, "HostName=h.net;SharedAccessKey=" + Key, "DeviceId");
        CheckRefused(run, "HostName=h.net;DeviceId=d", "credential");
        CheckRefused(run, "HostName=h.net;DeviceId=d;x509=true;SharedAccessKey=" + Key, "credential");
        CheckRefused(run, "HostName=h.net;DeviceId=d;SharedAccessKey=x", "SharedAccessKey");
        CheckRefused(run, "HostName=h.net;DeviceId=a b;SharedAccessKey=" + Key, "DeviceId");
        CheckRefused(run, "HostName=h_n/et;DeviceId=d;SharedAccessKey=" + Key, "HostName");
        CheckRefused(run, "HostName=h.net:0;DeviceId=d;SharedAccessKey=" + Key, "HostName");
        CheckRefused(run, "HostName=h.net;HostName=h.net;DeviceId=d;SharedAccessKey=" + Key, "HostName");
        CheckRefused(run, "HostName=h.net;DeviceId=d;Color=red;SharedAccessKey=" + Key, "Color");
        CheckRefused(run, "HostName=h.net;DeviceId=d;x509=false", "x509");
    }

    private static void CheckRefused(CheckRun run, string text, string part)
    {
        run.IsTrue(!HubConnectionString.TryParse(text, out HubConnectionString? _, out string? error), "accepted '" + text + "'");
        run.IsTrue(error != null && error.Contains(part), "'" + (error ?? "null") + "' does not name " + part);
        run.IsTrue(error == null || !error.Contains(Key), "a secret in: " + error);
    }

    private static void Secrets(CheckRun run)
    {
        string text = Parse(run, "HostName=h.net;DeviceId=d;SharedAccessKey=" + Key).ToString();
        run.IsTrue(text.Contains("h.net") && !text.Contains(Key), text);
    }

    private static void Ids(CheckRun run)
    {
        run.IsTrue(DeviceIdRules.IsValidDeviceId("d-1.a_b*?!(),:=@$'%#+;", out string? error), error ?? "");
        run.IsTrue(DeviceIdRules.IsValidDeviceId(new string('x', 128), out error), error ?? "");
        run.IsTrue(!DeviceIdRules.IsValidDeviceId(new string('x', 129), out error), "129 characters accepted");
        run.IsTrue(!DeviceIdRules.IsValidDeviceId("", out error), "empty id accepted");
        run.IsTrue(!DeviceIdRules.IsValidDeviceId("a/b", out error), "a slash accepted");
        run.IsTrue(!DeviceIdRules.IsValidDeviceId("\u00e9", out error), "a letter outside ASCII accepted");
        run.IsTrue(DeviceIdRules.IsValidRegistrationId("reg-001.a:b_c", out error), error ?? "");
        run.IsTrue(!DeviceIdRules.IsValidRegistrationId("reg-001.", out error), "a dot at the end accepted");
        run.IsTrue(DeviceIdRules.IsValidHostName("my-hub.azure-devices.net", out error), error ?? "");
        run.IsTrue(!DeviceIdRules.IsValidHostName("my..net", out error), "an empty label accepted");
    }
}
