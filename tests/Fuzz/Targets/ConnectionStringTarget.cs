using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>Connection strings. Promises: no exception, what is accepted obeys the rules of its parts, and no text shows a secret.</summary>
internal static class ConnectionStringTarget
{
    private static readonly string[] s_secrets = ["SharedAccessKey=", "SharedAccessSignature="];

    public static void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        bool accepted = HubConnectionString.TryParse(text, out HubConnectionString? result, out string? error);
        BrokenPromiseException.Unless(accepted == (result != null) && accepted == (error == null), "Answer, result and error disagree.");
        string shown = accepted ? result!.ToString() : error!;
        BrokenPromiseException.Unless(shown.Length > 0, "There is no text.");
        foreach (string secret in GetSecrets(text))
        {
            BrokenPromiseException.Unless(!shown.Contains(secret, StringComparison.Ordinal), "A text shows a secret: " + shown);
        }

        if (result != null)
        {
            BrokenPromiseException.Unless(DeviceIdRules.IsValidHostName(result.HostName, out _), "The host name breaks its rules.");
            BrokenPromiseException.Unless(DeviceIdRules.IsValidDeviceId(result.DeviceId, out _), "The device id breaks its rules.");
            BrokenPromiseException.Unless(result.ModuleId == null || DeviceIdRules.IsValidModuleId(result.ModuleId, out _), "The module id breaks its rules.");
            BrokenPromiseException.Unless(result.Port is >= 0 and <= 65535 && result.GatewayPort is >= 0 and <= 65535, "A port is none.");
        }
    }

    // Short values may appear in a text by accident.
    private static IEnumerable<string> GetSecrets(string text)
    {
        return text.Split(';')
            .SelectMany(part => s_secrets.Where(name => part.StartsWith(name, StringComparison.Ordinal)).Select(name => part[name.Length..]))
            .Where(value => value.Length >= 12);
    }
}
