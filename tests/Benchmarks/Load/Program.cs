using DeviceClient.Benchmarks.Load.Clients;
using DeviceClient.Benchmarks.Load.Peer;
using DeviceClient.Benchmarks.Load.Run;

namespace DeviceClient.Benchmarks.Load;

/// <summary>
/// Entry point. <c>all</c>, <c>quick</c> and the single sections are for people; <c>peer</c> and <c>client</c> are the roles
/// in which the program starts itself, so that the CPU time of a client process is the client's alone.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        string role = args.Length == 0 ? "help" : args[0];
        try
        {
            switch (role)
            {
                case "peer":
                    return PeerProcess.Run(args[1]);
                case "client":
                    return await ClientProcess.RunAsync(args[1]).ConfigureAwait(false);
                case "help" or "--help" or "-h":
                    Console.WriteLine(RunOptions.Usage);
                    return 0;
                default:
                    if (!RunOptions.TryParse(args, out RunOptions? options, out string? error))
                    {
                        await Console.Error.WriteLineAsync(error + Environment.NewLine + RunOptions.Usage).ConfigureAwait(false);
                        return 2;
                    }

                    return await LoadRun.ExecuteAsync(options).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync($"{role}: {exception}").ConfigureAwait(false);
            return 1;
        }
    }
}
