using System.Diagnostics;
using System.Text.Json;
using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class MethodTests
{
    [TestMethod]
    public async Task Method_WithHandler_IsAnsweredWithItsStatusAndBody()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("add", (request, _) =>
        {
            using JsonDocument body = request.ParsePayload();
            return Task.FromResult(new DirectMethodResponse(207, $"{{\"sum\":{body.RootElement[0].GetInt32() + body.RootElement[1].GetInt32()}}}"));
        });
        await client.OpenAsync();

        await hub.Peer!.InvokeAsync("add", "[1,2]", "ff");

        MqttPacket answer = await hub.MethodAnswers.NextAsync();
        Assert.AreEqual("$iothub/methods/res/207/?$rid=ff", answer.Topic);
        Assert.AreEqual("{\"sum\":3}", answer.PayloadText);
    }

    [TestMethod]
    public async Task P70_UnknownMethod_IsAnswered404AtOnceWithValidJson()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("known", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
        await client.OpenAsync();

        await hub.Peer!.InvokeAsync("un\"known", "", "1");

        MqttPacket answer = await hub.MethodAnswers.NextAsync();
        Assert.AreEqual("$iothub/methods/res/404/?$rid=1", answer.Topic);
        using JsonDocument body = JsonDocument.Parse(answer.PayloadText);
        Assert.AreEqual("MethodNotFound", body.RootElement.GetProperty("code").GetString());
        StringAssert.Contains(body.RootElement.GetProperty("message").GetString(), "un\"known");
    }

    [TestMethod]
    public async Task P70_ThrowingHandler_IsAnswered500WithoutItsText()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("bad", (_, _) => throw new InvalidOperationException("secret detail"));
        await client.OpenAsync();

        await hub.Peer!.InvokeAsync("bad", "{}", "2");

        MqttPacket answer = await hub.MethodAnswers.NextAsync();
        Assert.AreEqual("$iothub/methods/res/500/?$rid=2", answer.Topic);
        using JsonDocument body = JsonDocument.Parse(answer.PayloadText);
        Assert.AreEqual("HandlerFailed", body.RootElement.GetProperty("code").GetString());
        Assert.IsFalse(answer.PayloadText.Contains("secret", StringComparison.Ordinal), answer.PayloadText);
        Assert.IsFalse(answer.PayloadText.Contains(" at ", StringComparison.Ordinal), answer.PayloadText);
    }

    [TestMethod]
    public async Task P69_RequestIds_AreOpaque()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod((request, _) => Task.FromResult(new DirectMethodResponse(200)));
        await client.OpenAsync();

        foreach (string id in new[] { "a", "ff", new string('z', 64), "b8f3-11" })
        {
            await hub.Peer!.InvokeAsync("any", "null", id);
            Assert.AreEqual($"$iothub/methods/res/200/?$rid={id}", (await hub.MethodAnswers.NextAsync()).Topic);
        }
    }

    [TestMethod]
    public async Task P41_HandlerBlockedForEver_DoesNotStopTelemetryOtherMethodsTwinOrPings()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { KeepAlive = TimeSpan.FromSeconds(1) });
        using ManualResetEventSlim release = new();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource pinged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OnDirectMethod("block", (_, _) =>
        {
            entered.TrySetResult();
            release.Wait(CancellationToken.None);
            return Task.FromResult(new DirectMethodResponse(200));
        });
        client.OnDirectMethod("ping", (_, _) => Task.FromResult(new DirectMethodResponse(201)));
        hub.Intercept = (_, packet) =>
        {
            if (packet.Type == MqttPacket.PingRequest)
            {
                pinged.TrySetResult();
            }

            return false;
        };
        try
        {
            await client.OpenAsync();
            await hub.Peer!.InvokeAsync("block", "", "1");
            await entered.Task.WaitAsync(Clients.Patience);

            await client.SendTelemetryAsync(Clients.Message("x")).AsTask().WaitAsync(Clients.Patience);
            await client.GetTwinAsync().WaitAsync(Clients.Patience);
            await hub.Peer!.InvokeAsync("ping", "", "2");
            Assert.AreEqual("$iothub/methods/res/201/?$rid=2", (await hub.MethodAnswers.NextAsync()).Topic);
            await pinged.Task.WaitAsync(Clients.Patience);
            Assert.AreEqual(ConnectionState.Connected, client.Status.State);
        }
        finally
        {
            release.Set();
        }
    }

    [TestMethod]
    public async Task P42_EveryClientCall_WorksFromInsideAHandler()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("all", async (_, token) =>
        {
            await client.SendTelemetryAsync(Clients.Message("inside"), token);
            await client.GetTwinAsync(token);
            await client.UpdateReportedPropertiesAsync("{\"a\":1}", token);
            client.OnDirectMethod("other", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
            return new DirectMethodResponse(200);
        });
        await client.OpenAsync();

        await hub.Peer!.InvokeAsync("all", "", "1");

        Assert.AreEqual("$iothub/methods/res/200/?$rid=1", (await hub.MethodAnswers.NextAsync()).Topic);
        Assert.AreEqual("inside", (await hub.Telemetry.NextAsync()).PayloadText);
    }

    [TestMethod]
    public async Task Method_HandlerThatIgnoresItsToken_IsAnswered504()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { MethodHandlerTimeout = TimeSpan.FromMilliseconds(100) });
        TaskCompletionSource<DirectMethodResponse> never = new();
        client.OnDirectMethod("slow", (_, _) => never.Task);
        await client.OpenAsync();

        await hub.Peer!.InvokeAsync("slow", "", "1");

        Assert.AreEqual("$iothub/methods/res/504/?$rid=1", (await hub.MethodAnswers.NextAsync()).Topic);
        never.SetResult(new DirectMethodResponse(200));
    }

    [TestMethod]
    public async Task Method_MoreCallsThanAllowed_AreAnswered429()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { MaxConcurrentMethods = 1 });
        TaskCompletionSource<DirectMethodResponse> first = new();
        client.OnDirectMethod("slow", (_, _) => first.Task);
        await client.OpenAsync();

        for (int i = 1; i <= 3; i++)
        {
            await hub.Peer!.InvokeAsync("slow", "", $"{i}");
        }

        Assert.AreEqual("$iothub/methods/res/429/?$rid=3", (await hub.MethodAnswers.NextAsync()).Topic);
        first.SetResult(new DirectMethodResponse(200));
        Assert.AreEqual("$iothub/methods/res/200/?$rid=1", (await hub.MethodAnswers.NextAsync()).Topic);
        Assert.AreEqual("$iothub/methods/res/200/?$rid=2", (await hub.MethodAnswers.NextAsync()).Topic);
    }

    [TestMethod]
    public void MethodResponse_ThatIsNotJson_IsRefusedWithARemedy()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new DirectMethodResponse(200, "hello"));
        StringAssert.Contains(error.Message, "not JSON");
        Assert.ThrowsExactly<ArgumentException>(() => new DirectMethodResponse(200, new byte[DirectMethodResponse.MaxPayloadBytes + 1]));
    }
}
