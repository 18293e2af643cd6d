namespace DeviceClient.Emulator;

/// <summary>A piece of a query text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The name, operator or decoded string.</param>
/// <param name="Number">The value of a number.</param>
/// <param name="Position">Where it starts, from 1; for error messages.</param>
internal readonly record struct QueryToken(QueryTokenKind Kind, string Text, double Number, int Position)
{
    internal bool Is(string text) =>
        Kind is QueryTokenKind.Name or QueryTokenKind.Symbol && string.Equals(Text, text, StringComparison.OrdinalIgnoreCase);
}
