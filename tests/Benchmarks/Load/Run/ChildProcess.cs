using System.Diagnostics;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>This program in another role, spoken to line by line; ended by its handle when it does not end itself.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_answerTime = TimeSpan.FromSeconds(120);
    private readonly Process _process;

    private ChildProcess(Process process)
    {
        _process = process;
    }

    public static async Task<(ChildProcess Child, KeyValueLine Ready)> StartAsync(string role, string argument)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };

        // Under `dotnet Load.dll` the process is the host, and wants the program as its first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, typeof(ChildProcess).Assembly.GetName().Name + ".dll"));
        }

        start.ArgumentList.Add(role);
        start.ArgumentList.Add(argument);
        var child = new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"The {role} process did not start."));
        KeyValueLine ready = await child.ReadAsync($"start of {role} {argument}");
        return (child, ready);
    }

    public async Task<KeyValueLine> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync(line);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _process.StandardInput.WriteLineAsync("exit");
            await _process.StandardInput.FlushAsync();
            await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(5)).Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<KeyValueLine> ReadAsync(string asked)
    {
        using var limit = new CancellationTokenSource(s_answerTime);
        string text = await _process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new IOException($"The child ended instead of answering '{asked}'.");
        var line = new KeyValueLine(text);
        return line.Verb != "error" ? line : throw new IOException($"The child answered '{text}' to '{asked}'.");
    }
}
