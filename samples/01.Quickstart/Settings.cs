using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Quickstart;

/// <summary>The command line.</summary>
internal sealed record Settings
{
    internal const string Usage = """
        usage: dotnet run --project samples/01.Quickstart [-- OPTIONS]

          --seconds N                 how long the story lasts: 15 to 3600, default 30
          --connection-string TEXT    a device of a real hub, instead of the emulator; '-' reads it from standard input
          --hub TEXT                  a separate emulator process: the service connection string that it prints
          --root FILE                 with --hub: its root certificate (PEM)
        """;

    internal TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(30);

    internal string? ConnectionString { get; private init; }

    internal string? Hub { get; private init; }

    internal string? RootFile { get; private init; }

    internal static bool TryParse(string[] arguments, [NotNullWhen(true)] out Settings? settings, out string problem)
    {
        settings = new Settings();
        problem = "";
        for (int i = 0; i < arguments.Length && problem.Length == 0; i += 2)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            settings = settings.With(arguments[i], value, ref problem);
        }

        if (problem.Length == 0 && settings.Hub is not null && settings.RootFile is null)
        {
            problem = "--hub needs --root: the emulator's root certificate, whose path it prints when it starts.";
        }

        if (problem.Length == 0 && settings.Hub is not null && settings.ConnectionString is not null)
        {
            problem = "Give --hub or --connection-string, not both.";
        }

        return problem.Length == 0;
    }

    private Settings With(string name, string? value, ref string problem)
    {
        switch (name)
        {
            case "--seconds" when int.TryParse(value, CultureInfo.InvariantCulture, out int seconds) && seconds is >= 15 and <= 3600:
                return this with { Duration = TimeSpan.FromSeconds(seconds) };
            case "--connection-string" when value == "-":
                return this with { ConnectionString = Console.In.ReadLine() ?? "" };
            case "--connection-string" when value is not null:
                return this with { ConnectionString = value };
            case "--hub" when value is not null:
                return this with { Hub = value };
            case "--root" when File.Exists(value):
                return this with { RootFile = value };
            case "--seconds" or "--root":
                problem = $"The value of {name} is '{value}'.";
                return this;
            default:
                problem = $"'{name}' is not an option, or its value is missing.";
                return this;
        }
    }
}
