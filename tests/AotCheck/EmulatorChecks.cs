using System.Text.Json;
using System.Threading.Channels;

namespace DeviceClient.AotCheck;

/// <summary>One life of a device against the emulator in a process of its own, registration included; each step is a check.</summary>
internal static class EmulatorChecks
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Channel<string> s_told = Channel.CreateUnbounded<string>();
    private static int s_passed;
    private static int s_failed;

    internal static async Task<int> RunAsync()
    {
        await using Bench bench = await Bench.StartAsync();
        HubDeviceClientOptions options = new() { TrustedRoots = [bench.Root] };

        await using (HubDeviceClient device = new(HubIdentity.FromConnectionString(bench.ConnectionString), options))
        {
            device.OnDesiredProperties((change, _) => Tell($"desired {change.Desired.Version}"));
            device.OnCloudToDeviceMessage(async (message, _) =>
            {
                await Tell($"message {message.GetPayloadText()}");
                return MessageDisposition.Complete;
            });
            device.OnDirectMethod("ping", (_, _) => Task.FromResult(new DirectMethodResponse(201, "{\"pong\":true}")));

            await CheckAsync("open", () => device.OpenAsync());
            await CheckAsync("desired properties after the first connect", () => HearAsync("desired 1"));
            await CheckAsync("telemetry", async () => await device.SendTelemetryAsync(new TelemetryMessage("{\"t\":1}"u8.ToArray())));
            await CheckAsync("reported properties", async () => Expect(await device.UpdateReportedPropertiesAsync("{\"native\":true}") == 2, "version 2"));
            await CheckAsync("twin", async () =>
            {
                Twin twin = await device.GetTwinAsync();
                Expect(twin.Desired.TryGet("interval", out JsonElement value) && value.GetInt32() == 5, "the seeded interval");
                Expect(twin.Reported.TryGet("native", out JsonElement native) && native.GetBoolean(), "what was reported");
            });
            await CheckAsync("desired change", async () =>
            {
                await bench.PatchTwinAsync(Bench.DeviceId, "{\"interval\":7}");
                await HearAsync("desired 2");
            });
            await CheckAsync("cloud-to-device message", async () =>
            {
                await bench.SendMessageAsync(Bench.DeviceId, "hello");
                await HearAsync("message hello");
            });
            await CheckAsync("direct method", async () =>
            {
                using JsonDocument answer = await bench.CallMethodAsync(Bench.DeviceId, "ping");
                Expect(answer.RootElement.GetProperty("status").GetInt32() == 201, "status 201");
            });
            await CheckAsync("unknown direct method", async () =>
            {
                using JsonDocument answer = await bench.CallMethodAsync(Bench.DeviceId, "nobody");
                Expect(answer.RootElement.GetProperty("status").GetInt32() == 404, "status 404");
            });
            await CheckAsync("telemetry after a dropped connection", async () =>
            {
                await bench.DropAsync(Bench.DeviceId);
                await device.SendTelemetryAsync(new TelemetryMessage("{\"t\":2}"u8.ToArray()));
                Expect(await bench.CountTelemetryAsync(Bench.DeviceId) == 2, "two messages at the hub");
            });
            await CheckAsync("close", () => device.CloseAsync());
        }

        await CheckAsync("registration with a derived key", async () =>
        {
            ProvisioningIdentity identity = ProvisioningIdentity.FromGroupKey("native-member", Bench.GroupKey);
            ProvisioningDeviceClientOptions provisioning = new() { HostName = bench.ProvisioningHost, TrustedRoots = [bench.Root] };
            ProvisioningResult result = await new ProvisioningDeviceClient(bench.IdScope, identity, provisioning).RegisterAsync();
            await using HubDeviceClient member = new(identity.ToHubIdentity(result), options);
            await member.OpenAsync();
            await member.SendTelemetryAsync(new TelemetryMessage("{\"t\":3}"u8.ToArray()));
            Expect(await bench.CountTelemetryAsync("native-member") == 1, "one message at the hub");
        });

        Console.WriteLine($"{s_passed} passed, {s_failed} failed");
        return s_failed == 0 ? 0 : 1;
    }

    private static async Task CheckAsync(string name, Func<Task> check)
    {
        try
        {
            await check().WaitAsync(s_patience);
            s_passed++;
            Console.WriteLine($"ok    {name}");
        }
        catch (Exception error)
        {
            s_failed++;
            Console.WriteLine($"FAIL  {name}: {error}");
        }
    }

    private static Task Tell(string text) => s_told.Writer.WriteAsync(text).AsTask();

    private static async Task HearAsync(string text)
    {
        string heard = await s_told.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
        Expect(heard == text, $"'{text}' instead of '{heard}'");
    }

    private static void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"expected {what}");
        }
    }
}
