using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using DeviceClient;
using DeviceClient.Protocol;

namespace Quickstart;

/// <summary>An emulator in another process, told by its REST. Twin and method use the hub's own service REST, as against a real hub.</summary>
internal sealed class RemoteCloud : ICloud
{
    private const string ApiVersion = "?api-version=2021-04-12";
    private readonly HttpClient _http;

    private RemoteCloud(HttpClient http, X509Certificate2 root, ProvisioningPlace provisioning)
    {
        _http = http;
        Root = root;
        Provisioning = provisioning;
    }

    public ProvisioningPlace Provisioning { get; }

    public X509Certificate2 Root { get; }

    internal static async Task<RemoteCloud> ConnectAsync(string connectionString, string rootFile, Story story, CancellationToken cancellationToken)
    {
        Dictionary<string, string> parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToDictionary(part => part[0], part => part[1]);
        string host = parts["HostName"];
        X509Certificate2 root = X509CertificateLoader.LoadCertificateFromFile(rootFile);
        HttpClient http = new(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(root) } })
        {
            BaseAddress = new Uri($"https://{host}/"),
        };
        // Longer than the lesson can last; a service would renew it.
        long expiry = DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds();
        SasSigner signer = new SymmetricKeySigner(Convert.FromBase64String(parts["SharedAccessKey"]));
        http.DefaultRequestHeaders.TryAddWithoutValidation(
            "Authorization", SasToken.Create(host.Split(':')[0], parts["SharedAccessKeyName"], expiry, signer));

        JsonNode about = (await http.GetFromJsonAsync<JsonNode>("emulator", cancellationToken))!;
        // Names of this run: the emulator may have told this story before, and keeps what it was told.
        string run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        string groupKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        JsonObject seed = new()
        {
            ["enrollmentGroups"] = new JsonArray(new JsonObject { ["enrollmentGroupId"] = $"quickstart-{run}", ["primaryKey"] = groupKey }),
        };
        await CheckAsync(await http.PostAsJsonAsync("emulator/seed", seed, cancellationToken));
        story.Tell("cloud", $"emulator at {host}: MQTT on {about["mqttPort"]}, enrollment group 'quickstart-{run}'");
        return new RemoteCloud(
            http, root, new ProvisioningPlace($"{about["hostName"]}:{about["mqttPort"]}", (string)about["idScope"]!, groupKey, $"quickstart-device-{run}"));
    }

    public async Task SetDesiredIntervalAsync(string deviceId, int seconds, CancellationToken cancellationToken)
    {
        JsonObject patch = new() { ["properties"] = new JsonObject { ["desired"] = new JsonObject { ["interval"] = seconds } } };
        await CheckAsync(await _http.PatchAsJsonAsync($"twins/{deviceId}{ApiVersion}", patch, cancellationToken));
    }

    public async Task<(int Status, string Body)> CallMethodAsync(string deviceId, string method, CancellationToken cancellationToken)
    {
        JsonObject call = new() { ["methodName"] = method, ["payload"] = null, ["responseTimeoutInSeconds"] = 30 };
        HttpResponseMessage answer = await CheckAsync(await _http.PostAsJsonAsync($"twins/{deviceId}/methods{ApiVersion}", call, cancellationToken));
        JsonNode result = (await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
        return ((int)result["status"]!, result["payload"]?.ToJsonString() ?? "");
    }

    public async Task SendMessageAsync(string deviceId, string text, CancellationToken cancellationToken) =>
        await CheckAsync(await _http.PostAsJsonAsync($"emulator/devices/{deviceId}/messages", new JsonObject { ["payloadText"] = text }, cancellationToken));

    public async Task DropConnectionAsync(string deviceId, CancellationToken cancellationToken) =>
        await CheckAsync(await _http.DeleteAsync($"emulator/connections/{deviceId}", cancellationToken));

    public async Task<int> CountTelemetryAsync(string deviceId, CancellationToken cancellationToken)
    {
        JsonNode? all = await _http.GetFromJsonAsync<JsonNode>($"emulator/telemetry?follow=false&deviceId={deviceId}", cancellationToken);
        return all!.AsArray().Count;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        Root.Dispose();
        return ValueTask.CompletedTask;
    }

    private static X509ChainPolicy Trust(X509Certificate2 root) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { root },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private static async Task<HttpResponseMessage> CheckAsync(HttpResponseMessage answer) => answer.StatusCode < HttpStatusCode.MultipleChoices
        ? answer
        : throw new InvalidOperationException($"The emulator answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
}
