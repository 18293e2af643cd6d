using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DeviceClient.Emulator.Tests;

/// <summary>The HTTPS endpoint without sockets: requests go to the same front as the host's, with the raw target untouched.</summary>
internal sealed class RestRig : IDisposable
{
    internal const string Host = "hub1.emulator.test";

    internal RestRig(HubEmulatorOptions? options = null, IHubStore? store = null)
    {
        options ??= new HubEmulatorOptions();
        Hub = new HubState(options with { HostName = Host, TimeProvider = Time, OwnerPolicyKey = options.OwnerPolicyKey }, store);
        Provisioning = new HubProvisioning(Hub);
        Certificates = new HubCertificates(null, [Host]);
        Front = new RestFront(Hub, Provisioning, Certificates);
    }

    internal ManualTime Time { get; } = new();

    internal HubState Hub { get; }

    internal HubProvisioning Provisioning { get; }

    internal HubCertificates Certificates { get; }

    internal RestFront Front { get; }

    public void Dispose()
    {
        Hub.Dispose();
        Certificates.Dispose();
    }

    /// <summary>A token as clients make it: over the resource exactly as it stands in the token.</summary>
    internal string Token(string resource, string key, string? keyName, TimeSpan? life = null)
    {
        string expiry = (Time.GetUtcNow() + (life ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(resource + "\n" + expiry));
        string token = $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
        return keyName is null ? token : $"{token}&skn={keyName}";
    }

    internal string PolicyToken(string policyName, string resource = Host)
    {
        HubPolicy policy = Hub.Policies.Append(Provisioning.Policy).Single(policy => policy.Name == policyName);
        return Token(resource, policy.PrimaryKey, policyName);
    }

    /// <summary>A call by the hub's owner, with an api-version.</summary>
    internal Task<RestAnswer> CallAsync(string method, string target, JsonNode? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(
            method,
            Versioned(target),
            body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()),
            [("Authorization", PolicyToken("iothubowner")), .. headers]);

    /// <summary>A call by the provisioning service's owner, with an api-version.</summary>
    internal Task<RestAnswer> CallProvisioningAsync(
        string method, string target, JsonNode? body = null, params (string Name, string Value)[] headers) => SendAsync(
            method,
            Versioned(target),
            body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()),
            [("Authorization", PolicyToken("provisioningserviceowner")), .. headers]);

    internal async Task<RestAnswer> SendAsync(string method, string target, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Scheme = "https";
        context.Request.Host = new HostString(Host);
        int query = target.IndexOf('?', StringComparison.Ordinal);
        context.Request.Path = PathString.FromUriComponent(query < 0 ? target : target[..query]);
        context.Request.QueryString = query < 0 ? QueryString.Empty : new QueryString(target[query..]);
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Request.Body = new MemoryStream(body ?? []);
        if (body is not null)
        {
            context.Request.ContentType = "application/json; charset=utf-8";
        }

        foreach ((string name, string value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await Front.HandleAsync(context);
        return new RestAnswer(context.Response.StatusCode, context.Response.Headers, answer.ToArray());
    }

    private static string Versioned(string target) =>
        target + (target.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "api-version=2021-04-12";
}
