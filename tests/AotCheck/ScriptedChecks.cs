using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.AotCheck;

/// <summary>One life of a device against the scripted hub; each step is a check.</summary>
internal static class ScriptedChecks
{
    private static int s_passed;
    private static int s_failed;

    internal static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await using ScriptedHub hub = new() { Desired = "{\"rate\":3,\"$version\":2}" };
        HubDeviceClientOptions options = new()
        {
            TrustedRoots = TestCertificates.RootOnly,
            Retry = new RetryPolicy { MinimumDelayMilliseconds = 10, MaximumDelayMilliseconds = 50 },
        };
        HubDeviceClient client = new(HubIdentity.FromConnectionString(hub.ConnectionString), options);
        Channel<DesiredPropertiesChange> changes = Channel.CreateUnbounded<DesiredPropertiesChange>();
        Channel<string> messages = Channel.CreateUnbounded<string>();
        Channel<ConnectionState> states = Channel.CreateUnbounded<ConnectionState>();
        client.OnDirectMethod("echo", (request, _) => Task.FromResult(new DirectMethodResponse(200, request.Payload)));
        client.OnDesiredProperties((change, token) => changes.Writer.WriteAsync(change, token).AsTask());
        client.OnCloudToDeviceMessage(async (message, token) =>
        {
            await messages.Writer.WriteAsync(message.GetPayloadText(), token);
            return MessageDisposition.Complete;
        });
        client.ConnectionStatusChanged += (_, e) => states.Writer.TryWrite(e.Status.State);

        await CheckAsync("connect over TLS", async () =>
        {
            await client.OpenAsync(cancellationToken);
            return client.Status.State == ConnectionState.Connected;
        });
        await CheckAsync("telemetry", async () =>
        {
            await client.SendTelemetryAsync(new TelemetryMessage("{\"t\":1}"u8.ToArray()), cancellationToken);
            return (await hub.Telemetry.Reader.ReadAsync(cancellationToken)).PayloadText == "{\"t\":1}";
        });
        await CheckAsync("direct method", async () =>
        {
            await hub.Peer!.InvokeAsync("echo", "[1]", "a1");
            MqttPacket answer = await hub.MethodAnswers.Reader.ReadAsync(cancellationToken);
            return answer.Topic == "$iothub/methods/res/200/?$rid=a1" && answer.PayloadText == "[1]";
        });
        await CheckAsync("desired properties", async () =>
            (await changes.Reader.ReadAsync(cancellationToken)).Desired.TryGet("rate", out JsonElement rate) && rate.GetInt32() == 3);
        await CheckAsync("reported properties and twin", async () =>
            await client.UpdateReportedPropertiesAsync(Encoding.UTF8.GetBytes("{\"rate\":3}"), cancellationToken) == 1
            && (await client.GetTwinAsync(cancellationToken)).Reported.Version == 1);
        await CheckAsync("cloud-to-device message", async () =>
        {
            await hub.Peer!.DeliverAsync("k=v", "hello", 7);
            return await messages.Reader.ReadAsync(cancellationToken) == "hello" && (await hub.Acknowledged.Reader.ReadAsync(cancellationToken)).PacketId == 7;
        });
        await CheckAsync("reconnect", async () =>
        {
            hub.DropAll();
            while (await states.Reader.ReadAsync(cancellationToken) != ConnectionState.Reconnecting)
            {
            }

            while (await states.Reader.ReadAsync(cancellationToken) != ConnectionState.Connected)
            {
            }

            await client.SendTelemetryAsync(new TelemetryMessage("2"u8.ToArray()), cancellationToken);
            return (await hub.Telemetry.Reader.ReadAsync(cancellationToken)).PayloadText == "2";
        });
        await CheckAsync("errors are typed", async () =>
        {
            try
            {
                await client.SendTelemetryAsync(new TelemetryMessage(new byte[300_000]), cancellationToken);
                return false;
            }
            catch (HubClientException error)
            {
                return error.ErrorCode == HubErrorCode.MessageTooLarge;
            }
        });
        await CheckAsync("dispose", async () =>
        {
            await client.DisposeAsync();
            return client.Status.State == ConnectionState.Disposed;
        });
        Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, {Environment.WorkingSet >> 20} MB");
        Console.WriteLine($"{s_passed} passed, {s_failed} failed");
        return s_failed == 0 ? 0 : 1;
    }

    private static async Task CheckAsync(string name, Func<Task<bool>> check)
    {
        try
        {
            if (await check())
            {
                s_passed++;
                return;
            }

            Console.WriteLine($"failed: {name}");
        }
        catch (Exception error)
        {
            Console.WriteLine($"failed: {name}: {error}");
        }

        s_failed++;
    }
}
