using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace DeviceClient.Interop.Tests;

/// <summary>
/// One running script of the folder <c>node</c>. It announces its progress with lines <c>@step</c>; a test waits for
/// them, acts on the hub, and in the end demands exit code 0. Whatever fails carries the script's output and the hub's log.
/// </summary>
internal sealed class NodeScript : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly StringBuilder _output = new();
    private readonly Dictionary<string, TaskCompletionSource> _steps = [];
    private readonly Process _process;
    private readonly string _name;
    private readonly Func<string> _hubLog;
    private readonly Task _reading;

    private NodeScript(string name, Process process, Func<string> hubLog)
    {
        _name = name;
        _process = process;
        _hubLog = hubLog;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    private static string Folder { get; } = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "NodeScripts").Value!;

    /// <summary>Starts a script, or fails the test with one line when the npm packages are not here.</summary>
    internal static NodeScript Start(string name, IReadOnlyDictionary<string, string> settings, Func<string> hubLog)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            Assert.Fail("The npm packages are not installed; `tests/run.sh interop` does that.");
        }

        ProcessStartInfo start = new("node", [name])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string key, string value) in settings)
        {
            start.Environment[key] = value;
        }

        return new NodeScript(name, Process.Start(start)!, hubLog);
    }

    /// <summary>Waits until the script announced <paramref name="step"/>; fails when it ended before.</summary>
    internal Task WaitForAsync(string step, CancellationToken cancellationToken) =>
        WaitForAsync(Step(step).Task, $"the script's step '{step}'", cancellationToken);

    /// <summary>Waits for something that the script brings about; fails when the script ended before.</summary>
    internal async Task WaitForAsync(Task happening, string name, CancellationToken cancellationToken)
    {
        await Task.WhenAny(happening, _process.WaitForExitAsync(cancellationToken)).WaitAsync(cancellationToken);
        if (!happening.IsCompleted)
        {
            // What the script printed last may already have brought it about.
            await _reading.WaitAsync(cancellationToken);
        }

        Assert.IsTrue(happening.IsCompleted, $"{_name} ended before {name}:\n{Output}");
        await happening;
    }

    /// <summary>Waits for the script's end and demands success.</summary>
    internal async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        Assert.AreEqual(0, _process.ExitCode, $"{_name} ended with {_process.ExitCode}:\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private string Output
    {
        get
        {
            lock (_gate)
            {
                return $"{_output}--- the hub's log:\n{_hubLog()}";
            }
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _output.AppendLine(line);
            }

            if (line.StartsWith('@'))
            {
                Step(line[1..]).TrySetResult();
            }
        }
    }

    private TaskCompletionSource Step(string name)
    {
        lock (_gate)
        {
            if (!_steps.TryGetValue(name, out TaskCompletionSource? step))
            {
                step = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _steps.Add(name, step);
            }

            return step;
        }
    }
}
