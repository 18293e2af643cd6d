using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>Applies a query to rows.</summary>
internal static class TwinQueryRun
{
    internal static IEnumerable<(string Key, JsonNode Row)> Apply(TwinQuery query, IEnumerable<(string Key, JsonObject Row)> rows)
    {
        IEnumerable<(string Key, JsonObject Row)> matching =
            rows.Where(row => query.Where is null || Equals(query.Where.Evaluate(row.Row), true));
        IEnumerable<(string Key, JsonNode Row)> result = query.IsAggregate
            ? Aggregate(query, matching)
            : matching.Select(row => (row.Key, query.Columns is null ? row.Row : (JsonNode)Project(query.Columns, row.Row)));
        return query.Top is { } top ? result.Take(top) : result;
    }

    private static JsonObject Project(IReadOnlyList<QuerySelection> columns, JsonObject row)
    {
        var result = new JsonObject();
        foreach (QuerySelection column in columns)
        {
            Set(result, column.Name, column.Value!.Evaluate(row));
        }

        return result;
    }

    private static IEnumerable<(string Key, JsonNode Row)> Aggregate(TwinQuery query, IEnumerable<(string Key, JsonObject Row)> rows)
    {
        var groups = rows
            .GroupBy(row => string.Join('\n', query.GroupBy.Select(path => path.TryFind(row.Row, out JsonNode? node) ? HubJson.ToText(node) : "")))
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, Rows: group.Select(row => row.Row).ToArray()))
            .ToList();
        if (groups.Count == 0 && query.GroupBy.Count == 0)
        {
            // COUNT() over nothing is 0, not nothing.
            groups.Add(("", []));
        }

        foreach ((string key, JsonObject[] members) in groups)
        {
            var result = new JsonObject();
            foreach (QuerySelection column in query.Columns!)
            {
                object? value = column.Aggregate is not null ? Compute(column, members)
                    : members.Length > 0 ? column.Value!.Evaluate(members[0]) : QueryExpression.Undefined;
                Set(result, column.Name, value);
            }

            yield return ("g" + key, result);
        }
    }

    private static object? Compute(QuerySelection column, JsonObject[] rows)
    {
        if (column.Aggregate == "COUNT")
        {
            return (double)rows.Count(row => column.Value is null || column.Value.Evaluate(row) != QueryExpression.Undefined);
        }

        double[] numbers = [.. rows.Select(row => column.Value!.Evaluate(row)).OfType<double>()];
        return numbers.Length == 0 ? QueryExpression.Undefined : column.Aggregate switch
        {
            "AVG" => numbers.Average(),
            "SUM" => numbers.Sum(),
            "MIN" => numbers.Min(),
            _ => numbers.Max(),
        };
    }

    private static void Set(JsonObject result, string name, object? value)
    {
        if (value == QueryExpression.Undefined)
        {
            return;
        }

        result[name] = value switch
        {
            null => null,
            bool flag => JsonValue.Create(flag),
            // Whole numbers stay whole: 3, not 3.0.
            double number when Math.Abs(number) < 1L << 53 && number == Math.Truncate(number) => JsonValue.Create((long)number),
            double number => JsonValue.Create(number),
            string text => JsonValue.Create(text),
            _ => ((JsonNode)value).DeepClone(),
        };
    }
}
