using System.Globalization;

namespace DeviceClient.Benchmarks.Load.Run;

/// <summary>All readings of one section: by condition, client and quantity, one value a round.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Cell, string Client, string Quantity), SortedDictionary<int, double>> _values = [];

    public void Add(int round, string cell, string client, KeyValueLine line, params string[] quantities)
    {
        foreach (string quantity in quantities)
        {
            (string, string, string) key = (cell, client, quantity);
            if (!_values.TryGetValue(key, out SortedDictionary<int, double>? list))
            {
                _values[key] = list = [];
            }

            list[round] = line.Number(quantity);
        }
    }

    public bool Has(string cell, string client, string quantity) => _values.ContainsKey((cell, client, quantity));

    /// <summary>Median (minimum-maximum), or a dash where nothing was measured.</summary>
    public string Text(string cell, string client, string quantity, double scale = 1) =>
        _values.TryGetValue((cell, client, quantity), out SortedDictionary<int, double>? values)
            ? Spread([.. values.Values.Select(v => v * scale)])
            : "-";

    /// <summary>One client's quantity divided by another's, round by round, because a round is what shares one state of the machine.</summary>
    public string Ratio(string cell, string quantity, string above, string below)
    {
        if (!_values.TryGetValue((cell, above, quantity), out SortedDictionary<int, double>? upper)
            || !_values.TryGetValue((cell, below, quantity), out SortedDictionary<int, double>? lower))
        {
            return "-";
        }

        double[] ratios = [.. upper.Where(p => lower.TryGetValue(p.Key, out double d) && d > 0).Select(p => p.Value / lower[p.Key])];
        return ratios.Length == 0 ? "-" : Spread(ratios);
    }

    private static string Spread(double[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        double median = values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
        return values.Length == 1 ? Short(median) : $"{Short(median)} ({Short(values[0])}-{Short(values[^1])})";
    }

    private static string Short(double value)
    {
        string format = Math.Abs(value) switch
        {
            >= 100 => "N0",
            >= 10 => "F1",
            _ => "F2",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
