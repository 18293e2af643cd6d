using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DeviceClient.Emulator.Tests;

/// <summary>A service made of HttpClient and raw tokens, over TLS that trusts the emulator's root only.</summary>
internal sealed class HttpRig : IAsyncDisposable
{
    private readonly HttpClient _client;

    private HttpRig(HubEmulator hub)
    {
        Hub = hub;
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { hub.RootCertificate },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        _client = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{hub.HttpsPort}") };
    }

    internal HubEmulator Hub { get; }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Hub.DisposeAsync();
    }

    internal static async Task<HttpRig> StartAsync(HubEmulatorOptions? options = null) => new(await HubEmulator.StartAsync(options));

    /// <summary>A token signed with a policy's key, as a connection string gives it.</summary>
    internal static string Token(string connectionString)
    {
        Dictionary<string, string> parts = connectionString.Split(';')
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        string expiry = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(
            Convert.FromBase64String(parts["SharedAccessKey"]), Encoding.UTF8.GetBytes(parts["HostName"] + "\n" + expiry));
        return $"SharedAccessSignature sr={parts["HostName"]}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}" +
            $"&se={expiry}&skn={parts["SharedAccessKeyName"]}";
    }

    internal async Task<HttpResponseMessage> SendAsync(
        string method, string target, string? body = null, bool provisioning = false, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        request.Headers.TryAddWithoutValidation(
            "Authorization", Token(provisioning ? Hub.ProvisioningConnectionString : Hub.HubConnectionString));
        if (method == "DELETE")
        {
            request.Headers.TryAddWithoutValidation("If-Match", "\"*\"");
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json", "utf-8"));
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    internal async Task<(int Status, string Body)> CallAsync(string method, string target, string? body = null, bool provisioning = false)
    {
        using HttpResponseMessage response = await SendAsync(method, target, body, provisioning, Expect.Soon);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Expect.Soon));
    }
}
