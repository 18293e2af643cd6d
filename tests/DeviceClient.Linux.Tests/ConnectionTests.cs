using DeviceClient.Linux.Tests.Fixtures;

namespace DeviceClient.Linux.Tests;

[TestClass]
public sealed class ConnectionTests
{
    [TestMethod]
    public async Task Open_Connects_AndTellsEachStepOnce()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        Assert.AreEqual(ConnectionState.Closed, client.Status.State);
        Assert.AreEqual(RecommendedAction.Open, client.Status.RecommendedAction);

        await client.OpenAsync();
        Assert.AreEqual(ConnectionState.Connected, client.Status.State);
        Assert.AreEqual(HubErrorCode.None, client.Status.Reason);
        await client.OpenAsync();
        Assert.AreEqual(1, hub.Accepted);

        (string clientId, string? user, string? password, _) = (await hub.Connects.NextAsync()).ReadConnect();
        Assert.AreEqual("dev1", clientId);
        StringAssert.StartsWith(user, "localhost/dev1/?");
        StringAssert.StartsWith(password, "SharedAccessSignature sr=localhost%2Fdevices%2Fdev1&sig=");
    }

    [TestMethod]
    public async Task P04_Events_EndWithTheQueriedStatusAndNeverRepeat()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        List<ConnectionStatus> seen = [];
        TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionStatusChanged += (_, e) =>
        {
            seen.Add(e.Status);
            if (e.Status.State == ConnectionState.Disposed)
            {
                disposed.TrySetResult();
            }
        };
        await client.OpenAsync();
        for (int i = 0; i < 5; i++)
        {
            Task<ConnectionStatus> back = client.ReconnectedAsync();
            hub.DropAll();
            Assert.AreSame(await back, client.Status);
        }

        await client.CloseAsync();
        await client.DisposeAsync();
        await disposed.Task.WaitAsync(Clients.Patience);

        Assert.AreSame(client.Status, seen[^1]);
        for (int i = 1; i < seen.Count; i++)
        {
            bool same = seen[i].State == seen[i - 1].State && seen[i].Reason == seen[i - 1].Reason && seen[i].NextAttempt == seen[i - 1].NextAttempt;
            Assert.IsFalse(same, $"{seen[i - 1]} was told twice");
        }
    }

    [TestMethod]
    public async Task P05_RepeatedTakeOver_IsNamedAndBacksOff()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { TakeOverBackOff = TimeSpan.FromMinutes(1) });
        Task<ConnectionStatus> named = client.WaitForAsync(s => s.Reason == HubErrorCode.IdentityInUseElsewhere);
        await client.OpenAsync();
        Task<ConnectionStatus> back = client.ReconnectedAsync();
        hub.DropAll();
        await back;
        hub.DropAll();

        ConnectionStatus status = await named;
        Assert.AreEqual(ConnectionState.Reconnecting, status.State);
        Assert.AreEqual(RecommendedAction.CheckIdentityUse, status.RecommendedAction);
        Assert.IsGreaterThanOrEqualTo(TimeSpan.FromSeconds(59), status.NextAttempt!.Value - status.Since);
    }

    [TestMethod]
    public async Task P06_FiftyKills_EveryFeatureWorksAfterEach()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("m", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
        client.OnDesiredProperties((_, _) => Task.CompletedTask);
        client.OnCloudToDeviceMessage((_, _) => Task.FromResult(MessageDisposition.Complete));
        await client.OpenAsync();

        for (int i = 1; i <= 50; i++)
        {
            Task<ConnectionStatus> back = client.ReconnectedAsync();
            hub.DropAll();
            await back;
            await client.SendTelemetryAsync(Clients.Message($"t{i}")).AsTask().WaitAsync(Clients.Patience);
            Assert.AreEqual($"t{i}", (await hub.Telemetry.NextAsync()).PayloadText);
            await hub.Peer!.DeliverAsync("", "c", i);
            Assert.AreEqual(i, (await hub.Acknowledged.NextAsync()).PacketId);
            await hub.Peer!.InvokeAsync("m", "", $"{i}");
            Assert.AreEqual($"$iothub/methods/res/200/?$rid={i}", (await hub.MethodAnswers.NextAsync()).Topic);
            await client.UpdateReportedPropertiesAsync("{\"i\":1}").WaitAsync(Clients.Patience);
        }
    }

    [TestMethod]
    public async Task P07_Connected_IsToldOnlyAfterTheSubscriptionsAreConfirmed()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("m", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
        TaskCompletionSource<(HubPeer Peer, MqttPacket Packet)> held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Intercept = (peer, packet) => packet.Type == MqttPacket.Subscribe && held.TrySetResult((peer, packet));

        Task opening = client.OpenAsync();
        (HubPeer peer, MqttPacket packet) = await held.Task.WaitAsync(Clients.Patience);
        Assert.IsFalse(opening.IsCompleted);
        Assert.AreEqual(ConnectionState.Connecting, client.Status.State);

        await peer.SendAsync(MqttPacket.Create(9, 0, packet.Body[0], packet.Body[1], 0));
        await opening.WaitAsync(Clients.Patience);
        Assert.AreEqual(ConnectionState.Connected, client.Status.State);
    }

    [TestMethod]
    public async Task P09_CloseAndOpen_KeepTheHandlers()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        client.OnDirectMethod("m", (_, _) => Task.FromResult(new DirectMethodResponse(200)));
        for (int i = 1; i <= 3; i++)
        {
            await client.OpenAsync().WaitAsync(Clients.Patience);
            await hub.Peer!.InvokeAsync("m", "", $"{i}");
            Assert.AreEqual($"$iothub/methods/res/200/?$rid={i}", (await hub.MethodAnswers.NextAsync()).Topic);
            await client.CloseAsync();
            await hub.Disconnects.NextAsync();
            Assert.AreEqual(ConnectionState.Closed, client.Status.State);
        }
    }

    [TestMethod]
    public async Task Operations_BeforeOpenAndAfterDispose_SayWhatIsWrong()
    {
        await using ScriptedHub hub = new();
        HubDeviceClient client = Clients.Create(hub);
        await using (client)
        {
            InvalidOperationException closed = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => client.SendTelemetryAsync(Clients.Message("x")).AsTask());
            StringAssert.Contains(closed.Message, "OpenAsync");
            await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => client.GetTwinAsync());
        }

        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => client.OpenAsync());
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => client.SendTelemetryAsync(Clients.Message("x")).AsTask());
        Assert.AreEqual(ConnectionState.Disposed, client.Status.State);
    }

    [TestMethod]
    public async Task Refused_BeforeTheFirstSuccess_StopsWithTheReasonAndOpensAgainLater()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => 5 };
        await using HubDeviceClient client = Clients.Create(hub);

        HubClientException error = await Clients.FailsAsync(client.OpenAsync());
        Assert.AreEqual(HubErrorCode.Unauthorized, error.ErrorCode);
        Assert.IsFalse(error.IsTransient);
        Assert.AreEqual(ConnectionState.Stopped, client.Status.State);
        Assert.AreEqual(RecommendedAction.CheckCredential, client.Status.RecommendedAction);
        Assert.AreEqual(1, hub.Accepted);

        hub.OnConnect = _ => 0;
        await client.OpenAsync().WaitAsync(Clients.Patience);
        Assert.AreEqual(ConnectionState.Connected, client.Status.State);
    }

    [TestMethod]
    public async Task P45_OpenWithoutAnyHub_EndsAtItsDeadlineAndNamesTheNetwork()
    {
        int port;
        await using (ScriptedHub gone = new())
        {
            port = gone.Port;
        }

        HubIdentity identity = HubIdentity.FromSharedAccessKey($"localhost:{port}", "dev1", Convert.ToBase64String(new byte[32]));
        await using HubDeviceClient client = new(identity, Clients.Options with { OperationTimeout = TimeSpan.FromMilliseconds(300) });

        HubClientException error = await Clients.FailsAsync(client.OpenAsync());
        Assert.AreEqual(HubErrorCode.Timeout, error.ErrorCode);
        StringAssert.Contains(error.Message, "ConnectionRefused");
        Assert.AreEqual(HubErrorCode.NetworkUnavailable, client.Status.Reason);
        Assert.AreEqual(RecommendedAction.CheckNetwork, client.Status.RecommendedAction);

        error = await Clients.FailsAsync(client.SendTelemetryAsync(Clients.Message("x")).AsTask());
        Assert.AreEqual(HubErrorCode.Timeout, error.ErrorCode);
    }

    [TestMethod]
    public async Task P45_HubThatNeverAnswers_OpenEndsAtItsDeadline()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => -1 };
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { OperationTimeout = TimeSpan.FromMilliseconds(300) });

        Assert.AreEqual(HubErrorCode.Timeout, (await Clients.FailsAsync(client.OpenAsync())).ErrorCode);
    }

    [TestMethod]
    public async Task Cancel_EndsTheCallAndLeavesTheConnection()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        TaskCompletionSource swallowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Intercept = (_, packet) => packet.Type == MqttPacket.Publish && (swallowed.TrySetResult() || packet.PayloadText == "lost");

        using CancellationTokenSource source = new();
        Task send = client.SendTelemetryAsync(Clients.Message("lost"), source.Token).AsTask();
        await swallowed.Task.WaitAsync(Clients.Patience);
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAsync<OperationCanceledException>(() => send);
        Assert.AreEqual(source.Token, error.CancellationToken);

        await client.SendTelemetryAsync(Clients.Message("next")).AsTask().WaitAsync(Clients.Patience);
        Assert.AreEqual(1, hub.Accepted);
        Assert.AreEqual(ConnectionState.Connected, client.Status.State);
    }

    [TestMethod]
    public async Task P40_CloseInsideTheStatusHandler_EndsEveryPendingOperation()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        hub.Intercept = (_, packet) => packet.Type == MqttPacket.Publish;
        await client.OpenAsync();
        client.ConnectionStatusChanged += (_, e) =>
        {
            if (e.Status.State == ConnectionState.Reconnecting)
            {
                client.CloseAsync().Wait();
            }
        };
        hub.OnConnect = _ => 3;
        Task[] pending =
        [
            client.SendTelemetryAsync(Clients.Message("x")).AsTask(),
            client.GetTwinAsync(),
            client.UpdateReportedPropertiesAsync("{\"a\":1}"),
        ];
        hub.DropAll();

        foreach (Task task in pending)
        {
            Assert.AreEqual(HubErrorCode.Closed, (await Clients.FailsAsync(task)).ErrorCode);
        }
    }

    [TestMethod]
    public async Task P40_DisposeInsideAMethodHandler_EndsEveryPendingOperation()
    {
        await using ScriptedHub hub = new();
        HubDeviceClient client = Clients.Create(hub);
        TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.OnDirectMethod("end", async (_, _) =>
        {
            await client.DisposeAsync();
            disposed.TrySetResult();
            return new DirectMethodResponse(200);
        });
        await client.OpenAsync();
        hub.Intercept = (_, packet) => packet.Type == MqttPacket.Publish;
        Task pending = client.SendTelemetryAsync(Clients.Message("x")).AsTask();

        await hub.Peer!.InvokeAsync("end", "", "1");

        await disposed.Task.WaitAsync(Clients.Patience);
        Assert.AreEqual(HubErrorCode.Closed, (await Clients.FailsAsync(pending)).ErrorCode);
        Assert.IsTrue(client.HasNothingLeft);
    }

    [TestMethod]
    public async Task P40_DisposeWhileTlsHangs_EndsTheAttempt()
    {
        System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        try
        {
            int port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
            HubDeviceClient client = new(HubIdentity.FromSharedAccessKey($"localhost:{port}", "dev1", Convert.ToBase64String(new byte[32])), Clients.Options);
            Task opening = client.OpenAsync();
            using System.Net.Sockets.Socket accepted = await silent.AcceptSocketAsync().WaitAsync(Clients.Patience);
            await client.DisposeAsync().AsTask().WaitAsync(Clients.Patience);

            Assert.AreEqual(HubErrorCode.Closed, (await Clients.FailsAsync(opening)).ErrorCode);
            Assert.IsTrue(client.HasNothingLeft);
        }
        finally
        {
            silent.Stop();
        }
    }

    [TestMethod]
    public async Task Stopped_OperationsFailAtOnceWithTheReason()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => 5 };
        await using HubDeviceClient client = Clients.Create(hub);
        await Clients.FailsAsync(client.OpenAsync());

        HubClientException error = await Assert.ThrowsExactlyAsync<HubClientException>(() => client.SendTelemetryAsync(Clients.Message("x")).AsTask());
        Assert.AreEqual(HubErrorCode.Unauthorized, error.ErrorCode);
        StringAssert.Contains(error.Message, "OpenAsync");
    }

    [TestMethod]
    [DataRow(1, HubErrorCode.NotSupported)]
    [DataRow(2, HubErrorCode.Unauthorized)]
    [DataRow(4, HubErrorCode.Unauthorized)]
    [DataRow(5, HubErrorCode.Unauthorized)]
    public async Task P14_EachRefusal_MapsToItsReason(int returnCode, HubErrorCode expected)
    {
        await using ScriptedHub hub = new() { OnConnect = _ => returnCode };
        await using HubDeviceClient client = Clients.Create(hub);

        Assert.AreEqual(expected, (await Clients.FailsAsync(client.OpenAsync())).ErrorCode);
        Assert.AreEqual(expected, client.Status.Reason);
    }

    [TestMethod]
    public async Task P14_UnavailableHub_IsRetriedUnderItsOwnReason()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => 3 };
        await using HubDeviceClient client = Clients.Create(hub);
        Task<ConnectionStatus> told = client.WaitForAsync(s => s.Reason == HubErrorCode.ServiceUnavailable);
        Task opening = client.OpenAsync();
        Assert.AreEqual(ConnectionState.Reconnecting, (await told).State);

        hub.OnConnect = _ => 0;
        await opening.WaitAsync(Clients.Patience);
    }

    [TestMethod]
    public async Task P61_HundredClientsInOneProcess_KeepApart()
    {
        await using ScriptedHub hub = new();
        HubDeviceClient[] clients = [.. Enumerable.Range(0, 100).Select(i =>
            new HubDeviceClient(HubIdentity.FromSharedAccessKey(hub.HostName, $"dev{i}", Convert.ToBase64String(new byte[32])), Clients.Options))];
        await Task.WhenAll(clients.Select(async client =>
        {
            await client.OpenAsync();
            await client.SendTelemetryAsync(Clients.Message(client.DeviceId));
            await client.GetTwinAsync();
        })).WaitAsync(Clients.Patience);

        for (int i = 0; i < clients.Length; i++)
        {
            MqttPacket packet = await hub.Telemetry.NextAsync();
            StringAssert.StartsWith(packet.Topic, $"devices/{packet.PayloadText}/messages/events/");
        }

        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask())).WaitAsync(Clients.Patience);
        Assert.IsTrue(clients.All(client => client.HasNothingLeft));
    }

    [TestMethod]
    public async Task P31_Dispose_LeavesNoSocketAndNoTimer()
    {
        await using ScriptedHub hub = new();
        HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        await client.SendTelemetryAsync(Clients.Message("x"));
        await client.DisposeAsync();

        await hub.Closed.NextAsync();
        Assert.IsTrue(client.HasNothingLeft, "a socket or an armed timer is left");

        // A client whose every attempt fails holds nothing either.
        hub.OnConnect = _ => 5;
        HubDeviceClient refused = Clients.Create(hub);
        await Clients.FailsAsync(refused.OpenAsync());
        await refused.DisposeAsync();
        await hub.Closed.NextAsync();
        Assert.IsTrue(refused.HasNothingLeft, "a socket or an armed timer is left after a refusal");
    }

    [TestMethod]
    public async Task P32_RefusedOverAndOver_BacksOffAndHoldsOneSocket()
    {
        await using ScriptedHub hub = new();
        await using HubDeviceClient client = Clients.Create(hub);
        await client.OpenAsync();
        hub.OnConnect = _ => 5;
        hub.DropAll();
        for (int i = 0; i < 20; i++)
        {
            await hub.Connects.NextAsync();
        }

        hub.OnConnect = _ => 0;
        await client.OpenAsync().WaitAsync(Clients.Patience);
        Assert.IsGreaterThanOrEqualTo(20, hub.Accepted);
        Assert.AreEqual(ConnectionState.Connected, client.Status.State);
    }

    [TestMethod]
    public async Task P33_UnawaitedFlood_IsBoundedByTheOutbox()
    {
        await using ScriptedHub hub = new() { OnConnect = _ => -1 };
        await using HubDeviceClient client = Clients.Create(hub, Clients.Options with { OutboxMessages = 100 });
        Task opening = client.OpenAsync();
        List<Task> sends = [.. Enumerable.Range(0, 150).Select(i => client.SendTelemetryAsync(Clients.Message($"{i}")).AsTask())];

        foreach (Task refused in sends.Skip(100))
        {
            HubClientException error = await Clients.FailsAsync(refused);
            Assert.AreEqual(HubErrorCode.OutboxFull, error.ErrorCode);
            StringAssert.Contains(error.Message, "100 messages of 100");
        }

        Assert.IsTrue(sends.Take(100).All(t => !t.IsCompleted));
        await client.CloseAsync();
        Assert.AreEqual(HubErrorCode.Closed, (await Clients.FailsAsync(sends[0])).ErrorCode);
        Assert.AreEqual(HubErrorCode.Closed, (await Clients.FailsAsync(opening)).ErrorCode);
    }
}
