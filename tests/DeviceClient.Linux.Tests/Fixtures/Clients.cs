using System.Threading.Channels;

namespace DeviceClient.Linux.Tests.Fixtures;

/// <summary>Short ways to what most tests need.</summary>
internal static class Clients
{
    /// <summary>Longest time a test waits for something that must come; it fails then, it never passes by it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static HubDeviceClientOptions Options { get; } = new()
    {
        TrustedRoots = TestCertificates.RootOnly,
        Retry = new RetryPolicy { MinimumDelayMilliseconds = 10, MaximumDelayMilliseconds = 50 },
        TakeOverBackOff = TimeSpan.Zero,
        RefusedBackOff = TimeSpan.Zero,
    };

    internal static HubDeviceClient Create(ScriptedHub hub, HubDeviceClientOptions? options = null) =>
        new(HubIdentity.FromConnectionString(hub.ConnectionString), options ?? Options);

    internal static TelemetryMessage Message(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    internal static Task<T> NextAsync<T>(this Channel<T> channel) => channel.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Waits for a status that fits; register before what causes it.</summary>
    internal static Task<ConnectionStatus> WaitForAsync(this HubClient client, Func<ConnectionStatus, bool> fits)
    {
        TaskCompletionSource<ConnectionStatus> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionStatusChanged += (_, e) =>
        {
            if (fits(e.Status))
            {
                found.TrySetResult(e.Status);
            }
        };
        return found.Task.WaitAsync(Patience);
    }

    /// <summary>Waits until the client has lost its connection and is connected again; call it before what breaks the connection.</summary>
    internal static Task<ConnectionStatus> ReconnectedAsync(this HubClient client)
    {
        bool lost = false;
        return client.WaitForAsync(status =>
        {
            lost |= status.State == ConnectionState.Reconnecting;
            return lost && status.State == ConnectionState.Connected;
        });
    }

    internal static async Task<HubClientException> FailsAsync(Task task)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (HubClientException error)
        {
            return error;
        }

        throw new AssertFailedException("The operation succeeded; a HubClientException was expected.");
    }
}
