using DeviceClient;
using Quickstart;

if (!Settings.TryParse(args, out Settings? settings, out string problem))
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(Settings.Usage);
    return 2;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

try
{
    return settings.ConnectionString is null
        ? await Lesson.TellWithEmulatorAsync(settings, stop.Token)
        : await Lesson.TellWithRealHubAsync(settings, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("stopped before the end");
    return 1;
}
catch (Exception error) when (error is HubClientException or ArgumentException or HttpRequestException or IOException or InvalidOperationException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
