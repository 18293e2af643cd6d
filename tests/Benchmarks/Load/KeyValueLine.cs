using System.Globalization;

namespace DeviceClient.Benchmarks.Load;

/// <summary>One line of the talk between parent and child: a verb, then <c>name=value</c> words. No value holds a space.</summary>
internal sealed class KeyValueLine
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public KeyValueLine(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Verb = words.Length == 0 ? string.Empty : words[0];
        foreach (string word in words.Skip(1))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                _values[word[..equals]] = word[(equals + 1)..];
            }
        }
    }

    public string Verb { get; }

    public string Text(string name) => _values[name];

    public int Int(string name) => int.Parse(_values[name], CultureInfo.InvariantCulture);

    public double Number(string name) => double.Parse(_values[name], CultureInfo.InvariantCulture);

    public bool Flag(string name) => _values.TryGetValue(name, out string? value) && value == "1";
}
