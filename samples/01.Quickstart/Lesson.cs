using DeviceClient;

namespace Quickstart;

/// <summary>The story itself, as a table of contents.</summary>
internal static class Lesson
{
    /// <summary>A device's whole life against the emulator.</summary>
    internal static async Task<int> TellWithEmulatorAsync(Settings settings, CancellationToken cancellationToken)
    {
        Story story = new(Enum.GetValues<Chapter>());
        await using ICloud cloud = settings.Hub is null
            ? await EmbeddedCloud.StartAsync(story, cancellationToken)
            : await RemoteCloud.ConnectAsync(settings.Hub, settings.RootFile!, story, cancellationToken);

        HubIdentity identity = await Registration.RegisterAsync(cloud, story, cancellationToken);
        await using Device device = new(identity, cloud.Root, story);
        await device.OpenAsync(cancellationToken);

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task measuring = device.MeasureAsync(end.Token);
        await PlayCloudAsync(cloud, device, settings.Duration, story, cancellationToken);
        await end.CancelAsync();
        await IgnoreCancelAsync(measuring);

        int arrived = await cloud.CountTelemetryAsync(device.Id, cancellationToken);
        story.Tell("cloud", $"{arrived} telemetry messages arrived; the device had {device.Acknowledged} acknowledged");
        await device.CloseAsync();
        int code = story.End();
        return arrived >= device.Acknowledged ? code : 1;
    }

    /// <summary>The device's half of the story against a real hub; the other half is yours, with any tool you like.</summary>
    internal static async Task<int> TellWithRealHubAsync(Settings settings, CancellationToken cancellationToken)
    {
        Story story = new([Chapter.Connected, Chapter.Measured]);
        await using Device device = new(HubIdentity.FromConnectionString(settings.ConnectionString!), root: null, story);
        await device.OpenAsync(cancellationToken);
        story.Tell("you", $"may now set the desired property 'interval' of '{device.Id}', call 'getDiagnostics', send a message");

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(settings.Duration);
        await IgnoreCancelAsync(device.MeasureAsync(end.Token));
        cancellationToken.ThrowIfCancellationRequested();
        await device.CloseAsync();
        return story.End();
    }

    private static async Task PlayCloudAsync(ICloud cloud, Device device, TimeSpan duration, Story story, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(duration);
        Task wholeTime = Task.Delay(duration, cancellationToken);
        Task Pause() => Task.Delay(duration / 6, limit.Token);
        try
        {
            await story.WaitForAsync(Chapter.Measured, limit.Token);
            await Pause();

            story.Tell("cloud", "sets the desired property interval to 2");
            await cloud.SetDesiredIntervalAsync(device.Id, 2, limit.Token);
            await story.WaitForAsync(Chapter.IntervalChanged, limit.Token);
            await Pause();

            story.Tell("cloud", "calls the direct method getDiagnostics");
            (int status, string body) = await cloud.CallMethodAsync(device.Id, "getDiagnostics", limit.Token);
            story.Tell("cloud", $"got the answer {status}: {body}");
            await Pause();

            story.Tell("cloud", "sends a message to the device");
            await cloud.SendMessageAsync(device.Id, "hello from the cloud", limit.Token);
            await story.WaitForAsync(Chapter.MessageReceived, limit.Token);
            await Pause();

            story.Tell("cloud", "cuts the device's connection");
            await cloud.DropConnectionAsync(device.Id, limit.Token);
            await story.WaitForAsync(Chapter.Recovered, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over before the story was; its end says what is missing.
        }

        await wholeTime;
    }

    private static async Task IgnoreCancelAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The end of the story ends the measuring.
        }
    }
}
