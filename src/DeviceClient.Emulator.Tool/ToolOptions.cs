using System.Globalization;
using System.Net;

namespace DeviceClient.Emulator.Tool;

/// <summary>The command line, read and checked.</summary>
internal sealed record ToolOptions
{
    internal const string Usage = """
        devicehub: an IoT Hub and Device Provisioning Service on this machine.

        usage: devicehub [options]

          --mqtt-port N        MQTT over TLS; default 8883, 0 picks a free port
          --https-port N       REST, WebSocket and status page; default 443, 0 picks a free port
          --address IP         where to listen; default 127.0.0.1. Any other needs --policy-key
          --host-name NAME     the hub's name in connection strings and the certificate; default localhost
          --also-name NAME     a further name the certificate holds and tokens may use; may be repeated
          --certificates DIR   where the root and server certificate are kept; default: the user's data folder
          --data FILE          SQLite file that keeps devices, twins, enrollments and queued messages
          --seed FILE          JSON file with devices, keys, twins and enrollments to start with
          --policy-key KEY     base64 key of iothubowner and provisioningserviceowner;
                               better given by the environment variable DEVICEHUB_POLICY_KEY
          --quiet              no log, only what is printed at the start
          --help               this text

        The log goes to standard output. Ctrl+C or SIGTERM ends it. Reference: docs/emulator.md.
        """;

    internal int MqttPort { get; init; } = 8883;

    internal int HttpsPort { get; init; } = 443;

    internal IPAddress Address { get; init; } = IPAddress.Loopback;

    internal string HostName { get; init; } = "localhost";

    internal IReadOnlyList<string> AlsoNames { get; init; } = [];

    internal string? Certificates { get; init; }

    internal string? Data { get; init; }

    internal string? Seed { get; init; }

    internal string? PolicyKey { get; init; }

    internal bool Quiet { get; init; }

    internal bool Help { get; init; }

    /// <param name="arguments">The command line.</param>
    /// <param name="environmentKey">Value of DEVICEHUB_POLICY_KEY; the option goes before it.</param>
    /// <exception cref="ToolException">An argument is not understood; the message names it.</exception>
    internal static ToolOptions Parse(IReadOnlyList<string> arguments, string? environmentKey)
    {
        var options = new ToolOptions { PolicyKey = string.IsNullOrEmpty(environmentKey) ? null : environmentKey };
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            string? inline = null;
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                (name, inline) = (name[..equals], name[(equals + 1)..]);
            }

            string Value() => inline ?? (++i < arguments.Count
                ? arguments[i] : throw new ToolException($"{name} needs a value; devicehub --help lists the options."));
            options = name switch
            {
                "--mqtt-port" => options with { MqttPort = Port(name, Value()) },
                "--https-port" => options with { HttpsPort = Port(name, Value()) },
                "--address" => options with { Address = ReadAddress(Value()) },
                "--host-name" => options with { HostName = Value() },
                "--also-name" => options with { AlsoNames = [.. options.AlsoNames, Value()] },
                "--certificates" => options with { Certificates = Value() },
                "--data" => options with { Data = Value() },
                "--seed" => options with { Seed = Value() },
                "--policy-key" => options with { PolicyKey = Value() },
                "--quiet" => options with { Quiet = true },
                "--help" or "-h" => options with { Help = true },
                _ => throw new ToolException($"'{name}' is not an option; devicehub --help lists them."),
            };
        }

        return options;
    }

    internal HubEmulatorOptions ToEmulator() => new()
    {
        Address = Address,
        HostName = HostName,
        AlternateHostNames = AlsoNames,
        MqttPort = MqttPort,
        HttpsPort = HttpsPort,
        CertificateDirectory = Certificates ?? DefaultCertificates(),
        DataFile = Data,
        SeedFile = Seed,
        OwnerPolicyKey = PolicyKey,
    };

    private static int Port(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
            ? port : throw new ToolException($"{name} is '{text}'; allowed are 0 to 65535.");

    private static IPAddress ReadAddress(string text) => IPAddress.TryParse(text, out IPAddress? address)
        ? address : throw new ToolException($"--address is '{text}'; give an IP address such as 127.0.0.1 or 0.0.0.0.");

    private static string DefaultCertificates()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0
            ? Path.Combine(data, "devicehub", "certificates")
            : throw new ToolException("There is no data folder for this user; name one with --certificates DIR.");
    }
}
