using System;

namespace DeviceClient;

/// <summary>The service's rules for names of things.</summary>
/// <remarks>The checks answer false with a message that shows the offending character and the rule. Free of state.</remarks>
public static class DeviceIdRules
{
    /// <summary>Longest device, module or registration id, in characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>Longest host name, in characters. Source: RFC 1035 section 2.3.4.</summary>
    public const int MaxHostNameLength = 253;

    private const string DeviceIdMarks = "-:.+%_#*?!(),=@;$'";

    /// <summary>Checks a device id: 1 to 128 of <c>A-Z a-z 0-9 - : . + % _ # * ? ! ( ) , = @ ; $ '</c>.</summary>
    /// <param name="id">The id; null is refused.</param>
    /// <param name="error">What is wrong, or null.</param>
    /// <returns>True when the hub accepts such an id.</returns>
    /// <remarks>Source: IotHubConnectionStringBuilder.cs in azure-iot-sdk-csharp.</remarks>
    public static bool IsValidDeviceId(string? id, out string? error)
    {
        return Check(id, "device id", MaxIdLength, DeviceIdMarks, out error);
    }

    /// <summary>Checks a module id; the rule is the one of device ids.</summary>
    /// <param name="id">The id; null is refused.</param>
    /// <param name="error">What is wrong, or null.</param>
    /// <returns>True when the hub accepts such an id.</returns>
    public static bool IsValidModuleId(string? id, out string? error)
    {
        return Check(id, "module id", MaxIdLength, DeviceIdMarks, out error);
    }

    /// <summary>Checks a DPS registration id: 1 to 128 of <c>A-Z a-z 0-9 - . _ :</c>, the last alphanumeric or a hyphen.</summary>
    /// <param name="id">The id; null is refused.</param>
    /// <param name="error">What is wrong, or null.</param>
    /// <returns>True when DPS accepts such an id.</returns>
    /// <remarks>Source: azure-docs, articles/iot-dps/concepts-service.md.</remarks>
    public static bool IsValidRegistrationId(string? id, out string? error)
    {
        if (!Check(id, "registration id", MaxIdLength, "-._:", out error))
        {
            return false;
        }

        char last = id![id.Length - 1];
        if (!IsLetterOrDigit(last) && last != '-')
        {
            error = "The registration id '" + id + "' ends in '" + last.ToString() + "'; its last character must be a letter, a digit or a hyphen.";
            return false;
        }

        return true;
    }

    /// <summary>Checks a host name: 1 to 253 of <c>A-Z a-z 0-9 - . _</c> without empty labels. An IPv4 address passes.</summary>
    /// <param name="hostName">The name without a port; null is refused.</param>
    /// <param name="error">What is wrong, or null.</param>
    /// <returns>True when it can be a host name.</returns>
    public static bool IsValidHostName(string? hostName, out string? error)
    {
        if (!Check(hostName, "host name", MaxHostNameLength, "-._", out error))
        {
            return false;
        }

        if (hostName![0] == '.' || hostName[hostName.Length - 1] == '.' || hostName.Contains(".."))
        {
            error = "The host name '" + hostName + "' has an empty label; it looks like 'name.azure-devices.net'.";
            return false;
        }

        return true;
    }

    /// <summary>Lower case of the ASCII letters only, the same on every platform and in every culture.</summary>
    internal static string ToLowerAscii(string text)
    {
        int first = 0;
        while (first < text.Length && !(text[first] >= 'A' && text[first] <= 'Z'))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        char[] lower = text.ToCharArray();
        for (int i = first; i < lower.Length; i++)
        {
            if (lower[i] >= 'A' && lower[i] <= 'Z')
            {
                lower[i] = (char)(lower[i] + 32);
            }
        }

        return new string(lower);
    }

    private static bool Check(string? text, string what, int maxLength, string marks, out string? error)
    {
        error = null;
        if (text == null || text.Length == 0)
        {
            error = "The " + what + " is empty.";
            return false;
        }

        if (text.Length > maxLength)
        {
            error = "The " + what + " has " + text.Length.ToString() + " characters; at most " + maxLength.ToString() + " are allowed.";
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (!IsLetterOrDigit(text[i]) && marks.IndexOf(text[i]) < 0)
            {
                error = "The " + what + " has " + Describe(text[i]) + " at index " + i.ToString() + "; allowed are letters, digits and " + marks + " .";
                return false;
            }
        }

        return true;
    }

    private static string Describe(char c)
    {
        // A control or foreign character would spoil the reader's log.
        return c > ' ' && c < 0x7F ? "'" + c.ToString() + "'" : "character number " + ((int)c).ToString();
    }

    private static bool IsLetterOrDigit(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
