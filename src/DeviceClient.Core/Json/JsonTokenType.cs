namespace DeviceClient.Protocol;

/// <summary>Kinds of tokens that <see cref="JsonReader"/> finds.</summary>
public enum JsonTokenType
{
    /// <summary>Nothing was read yet, or the text has ended.</summary>
    None = 0,

    /// <summary>An opening brace.</summary>
    StartObject = 1,

    /// <summary>A closing brace.</summary>
    EndObject = 2,

    /// <summary>An opening bracket.</summary>
    StartArray = 3,

    /// <summary>A closing bracket.</summary>
    EndArray = 4,

    /// <summary>The name of a member; its colon is consumed too.</summary>
    Name = 5,

    /// <summary>A string.</summary>
    String = 6,

    /// <summary>A number.</summary>
    Number = 7,

    /// <summary>The literal true.</summary>
    True = 8,

    /// <summary>The literal false.</summary>
    False = 9,

    /// <summary>The literal null.</summary>
    Null = 10,
}
