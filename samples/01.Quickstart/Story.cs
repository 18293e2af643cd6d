using System.Diagnostics;
using System.Globalization;

namespace Quickstart;

/// <summary>Prints who did what and when, and remembers which chapters happened. Safe for use from any thread.</summary>
internal sealed class Story(IReadOnlyList<Chapter> expected)
{
    private readonly object _gate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Dictionary<Chapter, TaskCompletionSource> _chapters = Enum.GetValues<Chapter>()
        .ToDictionary(chapter => chapter, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>One line: seconds since the start, who, what.</summary>
    internal void Tell(string who, string what)
    {
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        lock (_gate)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds,6:0.0} s  {who,-7} {what}"));
        }
    }

    /// <summary>Tells something and marks its chapter as happened.</summary>
    internal void Tell(string who, string what, Chapter chapter)
    {
        Tell(who, what);
        _chapters[chapter].TrySetResult();
    }

    internal bool Happened(Chapter chapter) => _chapters[chapter].Task.IsCompleted;

    /// <summary>Completes when the chapter has happened.</summary>
    internal Task WaitForAsync(Chapter chapter, CancellationToken cancellationToken) => _chapters[chapter].Task.WaitAsync(cancellationToken);

    /// <summary>Says what happened and what did not.</summary>
    /// <returns>The exit code: 0 when everything expected happened, else 1.</returns>
    internal int End()
    {
        Chapter[] missing = [.. expected.Where(chapter => !Happened(chapter))];
        Console.WriteLine();
        Console.WriteLine($"happened: {Join(expected.Where(Happened))}");
        if (missing.Length == 0)
        {
            Console.WriteLine("Everything that should happen did.");
            return 0;
        }

        Console.WriteLine($"missing:  {Join(missing)}");
        return 1;

        static string Join(IEnumerable<Chapter> chapters) => string.Join(", ", chapters);
    }
}
