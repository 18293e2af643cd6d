namespace DeviceClient.Emulator;

/// <summary>A parsed query.</summary>
internal sealed record TwinQuery
{
    /// <summary><c>devices</c>, <c>devices.modules</c> or <c>devices.jobs</c>.</summary>
    internal required string Source { get; init; }

    /// <summary>Null for <c>SELECT *</c>.</summary>
    internal IReadOnlyList<QuerySelection>? Columns { get; init; }

    internal int? Top { get; init; }

    internal QueryExpression? Where { get; init; }

    internal IReadOnlyList<QueryPath> GroupBy { get; init; } = [];

    internal bool IsAggregate => GroupBy.Count > 0 || Columns?.Any(column => column.Aggregate is not null) == true;
}
