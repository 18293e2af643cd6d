using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using DeviceClient.Protocol;

namespace DeviceClient.AotCheck;

/// <summary>The emulator as a process of its own, driven by its REST: this program must stay free of everything but the client.</summary>
internal sealed class Bench : IAsyncDisposable
{
    internal const string DeviceId = "native-1";
    internal const string GroupId = "native-line";

    private readonly string _folder;
    private readonly Process _process;
    private readonly HttpClient _http;

    private Bench(string folder, Process process, Dictionary<string, string> greeting)
    {
        _folder = folder;
        _process = process;
        Root = X509CertificateLoader.LoadCertificateFromFile(greeting["root certificate"]);
        ConnectionString = greeting["device"];
        ProvisioningHost = greeting["provisioning host"];
        IdScope = greeting["ID scope"];
        _http = CreateHttp(Root, greeting["service"]);
    }

    internal static string GroupKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    internal X509Certificate2 Root { get; }

    internal string ConnectionString { get; }

    internal string ProvisioningHost { get; }

    internal string IdScope { get; }

    /// <summary>Starts the tool that lies in the repository and reads what it prints.</summary>
    internal static async Task<Bench> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("aotcheck-").FullName;
        string seed = Path.Combine(folder, "seed.json");
        await File.WriteAllTextAsync(
            seed,
            $$$"""{"devices":[{"deviceId":"{{{DeviceId}}}","desired":{"interval":5}}],"enrollmentGroups":[{"enrollmentGroupId":"{{{GroupId}}}","primaryKey":"{{{GroupKey}}}"}]}""");
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Tool(), "--mqtt-port", "0", "--https-port", "0", "--quiet", "--seed", seed, "--certificates", Path.Combine(folder, "certificates"),
            },
        };
        Process process = Process.Start(start)!;
        return new Bench(folder, process, await ReadGreetingAsync(process));
    }

    internal Task SendMessageAsync(string deviceId, string text) =>
        CallAsync(HttpMethod.Post, $"emulator/devices/{deviceId}/messages", $$"""{"payloadText":"{{text}}"}""");

    internal Task PatchTwinAsync(string deviceId, string desired) =>
        CallAsync(HttpMethod.Patch, $"twins/{deviceId}?api-version=2021-04-12", $$$"""{"properties":{"desired":{{{desired}}}}}""");

    internal Task<JsonDocument> CallMethodAsync(string deviceId, string method) =>
        CallAsync(HttpMethod.Post, $"twins/{deviceId}/methods?api-version=2021-04-12", $$"""{"methodName":"{{method}}","payload":null}""");

    internal Task DropAsync(string deviceId) => CallAsync(HttpMethod.Delete, $"emulator/connections/{deviceId}", null);

    internal async Task<int> CountTelemetryAsync(string deviceId)
    {
        using JsonDocument all = await CallAsync(HttpMethod.Get, $"emulator/telemetry?follow=false&deviceId={deviceId}", null);
        return all.RootElement.GetArrayLength();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Tool()
    {
        string? folder = Directory.GetCurrentDirectory();
        while (folder is not null && !File.Exists(Path.Combine(folder, "DeviceSdk.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        string tool = Path.Combine(folder ?? ".", "src/DeviceClient.Emulator.Tool/bin/Debug/net10.0/devicehub.dll");
        return File.Exists(tool) ? tool : throw new FileNotFoundException("Build src/DeviceClient.Emulator.Tool first, and run this below the repository.", tool);
    }

    // Lines such as "ID scope              0ne00000A0A"; the device's line comes last.
    private static async Task<Dictionary<string, string>> ReadGreetingAsync(Process process)
    {
        Dictionary<string, string> greeting = [];
        while (!greeting.ContainsKey("device"))
        {
            string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The emulator ended before it printed its devices.");
            int gap = line.IndexOf("  ", StringComparison.Ordinal);
            if (gap > 0)
            {
                greeting[line[..gap]] = line[gap..].Trim();
            }
        }

        return greeting;
    }

    private static HttpClient CreateHttp(X509Certificate2 root, string service)
    {
        Dictionary<string, string> parts = service.Split(';').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        X509ChainPolicy trust = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck };
        HttpClient http = new(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust } })
        {
            BaseAddress = new Uri($"https://{parts["HostName"]}/"),
        };
        SasSigner signer = new SymmetricKeySigner(Convert.FromBase64String(parts["SharedAccessKey"]));
        string token = SasToken.Create(parts["HostName"].Split(':')[0], parts["SharedAccessKeyName"], DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(), signer);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        return http;
    }

    private async Task<JsonDocument> CallAsync(HttpMethod method, string path, string? json)
    {
        using HttpRequestMessage request = new(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using HttpResponseMessage answer = await _http.SendAsync(request);
        string body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(body.Length == 0 ? "null" : body)
            : throw new InvalidOperationException($"{method} {path} gave {(int)answer.StatusCode}: {body}");
    }
}
