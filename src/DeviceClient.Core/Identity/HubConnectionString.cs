using System;
using DeviceClient.Protocol;

namespace DeviceClient;

/// <summary>The connection string of a device or module, taken apart and checked.</summary>
/// <remarks><para><c>Key=Value</c> pairs joined by <c>;</c>, each split at its first <c>=</c>; keys without regard to case, in any order;
/// a trailing <c>;</c> is harmless. Exactly one credential: <c>SharedAccessKey</c>, <c>SharedAccessSignature</c> or <c>x509=true</c>.
/// A device id with a <c>;</c> in it cannot be written in this grammar.</para>
/// <para>Our extension for benches: <c>HostName</c> and <c>GatewayHostName</c> may end in <c>:port</c>. The port is dialled and goes
/// nowhere else: not into the user name, not into the token's audience.</para>
/// <para>Source: IotHubConnectionStringBuilder.cs in azure-iot-sdk-csharp. Immutable.</para></remarks>
public sealed class HubConnectionString
{
    // A key of 16 bytes has 22 characters in Base64 without padding.
    private const int LongestShownName = 20;

    // What the names of all secrets begin with.
    private const string SecretPrefix = "sharedaccess";

    private const int HostKey = 0;
    private const int DeviceKey = 1;
    private const int ModuleKey = 2;
    private const int GatewayKey = 3;
    private const int SecretKey = 4;
    private const int SignatureKey = 5;
    private const int PolicyKey = 6;
    private const int X509Key = 7;

    private static readonly string[] s_keys =
    {
        "HostName", "DeviceId", "ModuleId", "GatewayHostName", "SharedAccessKey", "SharedAccessSignature", "SharedAccessKeyName", "x509",
    };

    private HubConnectionString(string?[] values, string hostName, int port, string? gatewayHostName, int gatewayPort)
    {
        HostName = hostName;
        Port = port;
        GatewayHostName = gatewayHostName;
        GatewayPort = gatewayPort;
        DeviceId = values[DeviceKey]!;
        ModuleId = values[ModuleKey];
        SharedAccessKey = values[SecretKey];
        SharedAccessSignature = values[SignatureKey];
        SharedAccessKeyName = values[PolicyKey];
        UsesX509 = values[X509Key] != null;
    }

    /// <summary>The hub's host name, without a port. It is the audience of tokens also behind a gateway.</summary>
    public string HostName { get; }

    /// <summary>Port to dial at the hub, 1 to 65535; 0 for the default of the transport.</summary>
    public int Port { get; }

    /// <summary>The device id.</summary>
    public string DeviceId { get; }

    /// <summary>The module id; null for a device.</summary>
    public string? ModuleId { get; }

    /// <summary>Host to dial instead of the hub, without a port; null when there is no gateway.</summary>
    public string? GatewayHostName { get; }

    /// <summary>Port to dial at the gateway, 1 to 65535; 0 for the default of the transport.</summary>
    public int GatewayPort { get; }

    /// <summary>The key in Base64; null when another credential is used. A secret.</summary>
    public string? SharedAccessKey { get; }

    /// <summary>Name of the hub policy whose key is given; null for the device's own key.</summary>
    public string? SharedAccessKeyName { get; }

    /// <summary>A ready token; null when another credential is used. A secret.</summary>
    public string? SharedAccessSignature { get; }

    /// <summary>True when the identity is proved by a client certificate.</summary>
    public bool UsesX509 { get; }

    /// <summary>Takes a connection string apart. Never throws on bad input.</summary>
    /// <param name="text">The text.</param>
    /// <param name="result">The parts, or null.</param>
    /// <param name="error">What is wrong, naming the part and never a secret; or null.</param>
    /// <returns>True when the string is good.</returns>
    public static bool TryParse(string? text, out HubConnectionString? result, out string? error)
    {
        result = null;
        if (text == null || text.Trim().Length == 0)
        {
            error = "The connection string is empty; copy it from the device's page, it starts with 'HostName='.";
            return false;
        }

        string?[] values = new string?[s_keys.Length];
        string[] pairs = text.Split(';');
        for (int i = 0; i < pairs.Length; i++)
        {
            if (!TryStore(pairs[i].Trim(), values, out error))
            {
                return false;
            }
        }

        string? gateway = null;
        int gatewayPort = 0;
        if (!TrySplitHost(values[HostKey], s_keys[HostKey], out string host, out int port, out error)
            || (values[GatewayKey] != null && !TrySplitHost(values[GatewayKey], s_keys[GatewayKey], out gateway, out gatewayPort, out error))
            || !CheckIds(values, out error)
            || !CheckCredential(values, out error))
        {
            return false;
        }

        result = new HubConnectionString(values, host, port, gateway, gatewayPort);
        return true;
    }

    /// <summary>The parts without secrets, for logs.</summary>
    /// <returns>A text in the form of a connection string, with the credential's kind in place of its value.</returns>
    public override string ToString()
    {
        string text = "HostName=" + WithPort(HostName, Port) + ";DeviceId=" + DeviceId;
        if (ModuleId != null)
        {
            text += ";ModuleId=" + ModuleId;
        }

        if (GatewayHostName != null)
        {
            text += ";GatewayHostName=" + WithPort(GatewayHostName, GatewayPort);
        }

        if (SharedAccessKeyName != null)
        {
            text += ";SharedAccessKeyName=" + SharedAccessKeyName;
        }

        return text + (UsesX509 ? ";x509=true" : SharedAccessKey != null ? ";SharedAccessKey=(hidden)" : ";SharedAccessSignature=(hidden)");
    }

    private static string WithPort(string host, int port)
    {
        return port == 0 ? host : host + ":" + port.ToString();
    }

    private static bool TryStore(string pair, string?[] values, out string? error)
    {
        error = null;
        if (pair.Length == 0)
        {
            return true;
        }

        int equals = pair.IndexOf('=');
        if (equals <= 0)
        {
            // The piece is not shown: it may be the rest of a key that was cut by a stray semicolon.
            error = "The connection string has a part of " + pair.Length.ToString() + " characters without 'Key='; parts look like 'HostName=...', joined by ';'.";
            return false;
        }

        string name = pair.Substring(0, equals).Trim();
        int index = FindKey(name);
        if (index < 0)
        {
            // A key whose 'SharedAccessKey=' is missing or misspelt ends up here, its padding taken for the sign: only what is too short for one is shown.
            bool isMisspelt = name.Length > SecretPrefix.Length && DeviceIdRules.ToLowerAscii(name.Substring(0, SecretPrefix.Length)) == SecretPrefix;
            bool isShown = name.Length <= LongestShownName && !isMisspelt;
            error = "The connection string has the unknown part " + (isShown ? "'" + name + "'" : "of " + name.Length.ToString() + " characters (not shown, it may be a secret)")
                + "; known are HostName, DeviceId, ModuleId, GatewayHostName, SharedAccessKey, SharedAccessKeyName, SharedAccessSignature and x509.";
            return false;
        }

        if (values[index] != null)
        {
            error = "The connection string has " + s_keys[index] + " twice.";
            return false;
        }

        string value = pair.Substring(equals + 1).Trim();
        if (value.Length == 0)
        {
            error = s_keys[index] + " in the connection string is empty.";
            return false;
        }

        values[index] = value;
        return true;
    }

    private static int FindKey(string name)
    {
        string lower = DeviceIdRules.ToLowerAscii(name);
        for (int i = 0; i < s_keys.Length; i++)
        {
            if (lower == DeviceIdRules.ToLowerAscii(s_keys[i]))
            {
                return i;
            }
        }

        // The C# SDK's second spelling.
        return lower == "x509cert" ? X509Key : -1;
    }

    private static bool TrySplitHost(string? value, string key, out string host, out int port, out string? error)
    {
        host = value ?? "";
        port = 0;
        if (value == null)
        {
            error = key + " is missing in the connection string.";
            return false;
        }

        int colon = value.IndexOf(':');
        if (colon >= 0)
        {
            byte[] digits = Utf8Text.GetBytes(value.Substring(colon + 1));
            if (!Utf8Text.TryParseInt64(digits, 0, digits.Length, out long number) || number < 1 || number > 65535)
            {
                error = key + " in the connection string has the bad port '" + value.Substring(colon + 1) + "'; a port is 1 to 65535.";
                return false;
            }

            host = value.Substring(0, colon);
            port = (int)number;
        }

        return DeviceIdRules.IsValidHostName(host, out error) || Blame(key, ref error);
    }

    private static bool CheckIds(string?[] values, out string? error)
    {
        if (values[DeviceKey] == null)
        {
            error = "DeviceId is missing in the connection string; this looks like a service's string, a device's one is needed.";
            return false;
        }

        if (!DeviceIdRules.IsValidDeviceId(values[DeviceKey], out error))
        {
            return Blame(s_keys[DeviceKey], ref error);
        }

        return values[ModuleKey] == null || DeviceIdRules.IsValidModuleId(values[ModuleKey], out error) || Blame(s_keys[ModuleKey], ref error);
    }

    private static bool CheckCredential(string?[] values, out string? error)
    {
        error = null;
        int kinds = (values[SecretKey] == null ? 0 : 1) + (values[SignatureKey] == null ? 0 : 1) + (values[X509Key] == null ? 0 : 1);
        if (kinds != 1)
        {
            error = (kinds == 0 ? "The connection string has no credential" : "The connection string has " + kinds.ToString() + " credentials")
                + "; give exactly one of SharedAccessKey, SharedAccessSignature and x509=true.";
            return false;
        }

        if (values[X509Key] != null && DeviceIdRules.ToLowerAscii(values[X509Key]!) != "true")
        {
            error = "x509 in the connection string is '" + values[X509Key] + "'; the only value is 'true'.";
            return false;
        }

        if (values[SecretKey] != null && !SymmetricKeySigner.TryCreate(values[SecretKey]!, out SymmetricKeySigner? _, out error))
        {
            return Blame(s_keys[SecretKey], ref error);
        }

        if (values[SignatureKey] != null && !SasToken.TryParse(values[SignatureKey], out SasTokenParts? _))
        {
            error = "SharedAccessSignature in the connection string is not a token; it looks like 'SharedAccessSignature sr=...&sig=...&se=...'.";
            return false;
        }

        if (values[PolicyKey] != null && values[SecretKey] == null)
        {
            error = "SharedAccessKeyName in the connection string needs SharedAccessKey beside it.";
            return false;
        }

        return true;
    }

    private static bool Blame(string key, ref string? error)
    {
        error = key + " in the connection string: " + error;
        return false;
    }
}
