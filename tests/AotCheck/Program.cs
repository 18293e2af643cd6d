using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.AotCheck;

/// <summary>
/// The whole client as native code. Without arguments: against a scripted hub in this process, closing line
/// <c>N passed, N failed</c>. With <c>--emulator</c>: the same against the emulator in another process, registration included.
/// With <c>CONNECTION_STRING [ROOT.pem]</c>: against that hub.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        return args switch
        {
            [] => await ScriptedChecks.RunAsync(limit.Token),
            ["--emulator"] => await EmulatorChecks.RunAsync(),
            _ => await RunAgainstAsync(args, limit.Token),
        };
    }

    private static async Task<int> RunAgainstAsync(string[] args, CancellationToken cancellationToken)
    {
        HubDeviceClientOptions options = new()
        {
            TrustedRoots = args.Length > 1 ? [X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(args[1], cancellationToken))] : null,
        };
        await using HubDeviceClient client = new(HubIdentity.FromConnectionString(args[0]), options);
        client.OnDirectMethod("ping", (request, _) => Task.FromResult(new DirectMethodResponse(200, request.Payload)));
        await client.OpenAsync(cancellationToken);
        await client.SendTelemetryAsync(new TelemetryMessage("{\"aot\":true}"u8.ToArray()) { ContentType = "application/json", ContentEncoding = "utf-8" }, cancellationToken);
        long version = await client.UpdateReportedPropertiesAsync("{\"aot\":true}", cancellationToken);
        Twin twin = await client.GetTwinAsync(cancellationToken);
        if (twin.Reported.Version != version)
        {
            await Console.Error.WriteLineAsync($"reported version {twin.Reported.Version}, expected {version}");
            return 1;
        }

        Console.WriteLine("ok");
        return 0;
    }
}
