namespace DeviceClient.Emulator.Tests;

/// <summary>Waits for what a test claims; a claim that does not come true within a minute fails the test instead of hanging it.</summary>
internal static class Expect
{
    internal static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    /// <summary>The log line with this code about this identity (or client id).</summary>
    internal static async Task<HubLogEntry> LineAsync(HubEmulator hub, string? id, int code)
    {
        try
        {
            return await hub.Log.WaitForAsync(line => line.Id == id && line.Code == code, Soon);
        }
        catch (OperationCanceledException)
        {
            throw new AssertFailedException($"No line {code} about '{id}'. The log has:\n{string.Join('\n', hub.Log.Entries)}");
        }
    }

    /// <summary>The connection is closed, and the log says why with this code.</summary>
    internal static async Task<HubLogEntry> ClosedAsync(HubEmulator hub, Peer peer, string id, int code)
    {
        HubLogEntry line = await LineAsync(hub, id, code);
        Assert.AreEqual(HubLogEvent.Closed, line.Event);
        await peer.Disconnected.WaitAsync(Soon);
        return line;
    }

    internal static async Task<HubServiceException> RefusalAsync(int code, Func<Task> action)
    {
        HubServiceException error = await Assert.ThrowsExactlyAsync<HubServiceException>(action);
        Assert.AreEqual(code, error.Code, error.Message);
        return error;
    }

    internal static HubServiceException Refusal(int code, Action action)
    {
        HubServiceException error = Assert.ThrowsExactly<HubServiceException>(action);
        Assert.AreEqual(code, error.Code, error.Message);
        return error;
    }
}
