namespace DeviceClient.Emulator;

/// <summary>One column of SELECT.</summary>
/// <param name="Name">The member's name in the result.</param>
/// <param name="Aggregate">COUNT, AVG, SUM, MIN or MAX, or null for a plain value.</param>
/// <param name="Value">The value; null for COUNT().</param>
internal sealed record QuerySelection(string Name, string? Aggregate, QueryExpression? Value);
