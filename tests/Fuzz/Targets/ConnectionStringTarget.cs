using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>Connection strings. Promises: no exception, what is accepted obeys the rules of its parts, and no text shows a secret.</summary>
internal static class ConnectionStringTarget
{
    // Stands in front of a token and in our own messages alike.
    private const string TokenWord = "SharedAccessSignature";

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

    // Short values may appear in a text by accident, and those that stand in another part too are no secrets.
    private static IEnumerable<string> GetSecrets(string text)
    {
        string[] parts = text.Split(';');
        return parts
            .SelectMany(part => s_secrets.Where(name => part.StartsWith(name, StringComparison.Ordinal)).Select(name => part[name.Length..]))
            .Where(value => value.Length - TokenWord.AsSpan().CommonPrefixLength(value) >= 12)
            .Where(value => !parts.Any(part => !s_secrets.Any(name => part == name + value) && part.Contains(value, StringComparison.Ordinal)));
    }
}
