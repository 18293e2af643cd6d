using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace DeviceClient.Interop.Tests.Mosquitto;

/// <summary>One of mosquitto's programs, started by a test and ended with it, by its process id.</summary>
internal sealed class MosquittoProcess : IDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];

    private MosquittoProcess(Process process)
    {
        _process = process;
    }

    public static MosquittoProcess Start(string program, params string[] arguments)
    {
        // Debian puts the broker into a folder that is not on every user's path.
        string? path = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin"
            .Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            throw new AssertFailedException($"{program} is not installed; run: apt-get install mosquitto mosquitto-clients");
        }

        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var started = new MosquittoProcess(process);
        process.OutputDataReceived += (_, e) => started.Add(e.Data);
        process.ErrorDataReceived += (_, e) => started.Add(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Waits for a line that matches, and gives it.</summary>
    public async Task<string> WaitForLineAsync(string pattern, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                string line = await _lines.Reader.ReadAsync(cancellationToken);
                _seen.Add(line);
                if (Regex.IsMatch(line, pattern))
                {
                    return line;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new AssertFailedException($"{_process.StartInfo.FileName} never printed a line like '{pattern}'. It printed:\n{string.Join('\n', _seen)}", e);
        }
    }

    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        Assert.AreEqual(0, _process.ExitCode, $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}");
    }

    /// <summary>Stops the process where it stands: it reads nothing and answers nothing any more.</summary>
    public async Task FreezeAsync(CancellationToken cancellationToken)
    {
        using Process kill = Process.Start("kill", ["-STOP", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
        Assert.AreEqual(0, kill.ExitCode);
    }

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        // Both streams end with null; what comes after the first end is still taken.
        if (line is not null)
        {
            _lines.Writer.TryWrite(line);
        }
    }
}
