using System.Runtime.InteropServices;

namespace DeviceClient.Emulator.Tool;

/// <summary>Starts the emulator, prints what a bench needs to know, logs until it is told to end.</summary>
internal static class Program
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    private static async Task<int> Main(string[] arguments)
    {
        using var ending = new CancellationTokenSource();
        void End(PosixSignalContext context)
        {
            // Ours to end: listeners are closed and the data file is left complete.
            context.Cancel = true;
            ending.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        return await RunAsync(
            arguments, Environment.GetEnvironmentVariable("DEVICEHUB_POLICY_KEY"), Console.Out, Console.Error, ending.Token).ConfigureAwait(false);
    }

    internal static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, string? environmentKey, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            ToolOptions options = ToolOptions.Parse(arguments, environmentKey);
            if (options.Help)
            {
                await output.WriteLineAsync(ToolOptions.Usage).ConfigureAwait(false);
                return Ok;
            }

            HubEmulator hub = await StartAsync(options, cancellationToken).ConfigureAwait(false);
            await using (hub.ConfigureAwait(false))
            {
                await output.WriteLineAsync(Greeting.Write(hub, options)).ConfigureAwait(false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                await LogAsync(hub, options, output, cancellationToken).ConfigureAwait(false);
            }

            return Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Ok;
        }
        catch (ToolException error)
        {
            await errors.WriteLineAsync("devicehub: " + error.Message).ConfigureAwait(false);
            return WrongUse;
        }
        catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync("devicehub: " + error.Message.ReplaceLineEndings(" ")).ConfigureAwait(false);
            return Failed;
        }
    }

    private static async Task<HubEmulator> StartAsync(ToolOptions options, CancellationToken cancellationToken)
    {
        if (!System.Net.IPAddress.IsLoopback(options.Address) && options.PolicyKey is null)
        {
            throw new ToolException(
                $"--address {options.Address} opens the hub to its network: give --policy-key or DEVICEHUB_POLICY_KEY too, or listen on 127.0.0.1.");
        }

        try
        {
            return await HubEmulator.StartAsync(options.ToEmulator(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (PortAdvice(options, error) is { } advice)
        {
            throw new ToolException(advice);
        }
    }

    // Below 1024 an ordinary user is refused, and this is the one start-up failure that nearly everybody meets first.
    private static string? PortAdvice(ToolOptions options, Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AccessDenied })
            {
                int port = options.HttpsPort is > 0 and < 1024 ? options.HttpsPort : options.MqttPort;
                return $"port {port} is not allowed to this user: run 'sudo sysctl net.ipv4.ip_unprivileged_port_start={port}' once, " +
                    "start as root, or give another port with --https-port 8443 (official SDKs dial 443 only).";
            }
        }

        return null;
    }

    private static async Task LogAsync(HubEmulator hub, ToolOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        if (options.Quiet)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
            return;
        }

        await foreach (HubLogEntry entry in hub.Log.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            await output.WriteLineAsync(entry.ToString()).ConfigureAwait(false);
        }
    }
}
