using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>A part of a query that has a value for each row.</summary>
/// <remarks>Values: <see cref="Undefined"/>, null, bool, double, string, or a JsonNode for objects and arrays. An operation on what
/// it cannot compare gives <see cref="Undefined"/>, and a condition that is not exactly true leaves the row out.</remarks>
internal abstract record QueryExpression
{
    /// <summary>What a path that is not there is.</summary>
    internal static readonly object Undefined = new();

    internal abstract object? Evaluate(JsonObject row);

    // The first arm is an object on purpose: without it the compiler finds JsonNode as the common type and wraps the values again.
    internal static object? FromJson(JsonNode? node) => node switch
    {
        null => (object?)null,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        JsonValue value when value.TryGetValue(out double number) => number,
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value when value.TryGetValue(out long number) => (double)number,
        JsonValue value when value.TryGetValue(out int number) => (double)number,
        _ => node,
    };

    internal static object Truth(bool value) => value;
}

/// <summary>A literal.</summary>
internal sealed record QueryLiteral(object? Value) : QueryExpression
{
    internal override object? Evaluate(JsonObject row) => Value;
}

/// <summary>A list of literals or expressions: the right side of IN.</summary>
internal sealed record QueryList(IReadOnlyList<QueryExpression> Items) : QueryExpression
{
    internal override object? Evaluate(JsonObject row) => Undefined;
}

/// <summary>A path such as <c>tags.site.floor</c>.</summary>
internal sealed record QueryPath(IReadOnlyList<string> Names) : QueryExpression
{
    internal override object? Evaluate(JsonObject row) => TryFind(row, out JsonNode? node) ? FromJson(node) : Undefined;

    internal bool TryFind(JsonObject row, out JsonNode? node)
    {
        node = row;
        foreach (string name in Names)
        {
            if (node is not JsonObject parent || !parent.TryGetPropertyValue(name, out node))
            {
                node = null;
                return false;
            }
        }

        return true;
    }
}
