namespace DeviceClient.Emulator;

/// <summary>Kinds of pieces of a query text.</summary>
internal enum QueryTokenKind
{
    Name,
    Symbol,
    Text,
    Number,
    End,
}
