using System;

namespace DeviceClient.Protocol;

/// <summary>Looks into a JSON object without building anything of it: one member by its name.</summary>
/// <remarks>Free of state; may be called from any thread.</remarks>
public static class JsonMember
{
    /// <summary>Tells whether a slice is one well-formed JSON object, nested at most <see cref="JsonReader.DefaultMaxDepth"/> deep.</summary>
    /// <param name="json">The text.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>True when it is.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array.</exception>
    public static bool IsObject(byte[] json, int offset, int count)
    {
        JsonReader reader = new JsonReader(json, offset, count);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject && JsonReader.IsValid(json, offset, count);
    }

    /// <summary>Finds a member of the object that a slice holds.</summary>
    /// <param name="json">The text.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="name">The name, compared after unescaping.</param>
    /// <param name="valueOffset">First byte of the member's value in the array.</param>
    /// <param name="valueCount">Number of bytes of the value.</param>
    /// <returns>True for the first member of that name. False when the text is malformed before it, is not an object, or has no such member.</returns>
    /// <remarks>The text behind the member is not looked at; check it with <see cref="IsObject"/> where it comes from outside.</remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array.</exception>
    public static bool TryFind(byte[] json, int offset, int count, string name, out int valueOffset, out int valueCount)
    {
        bool found = TrySeek(json, offset, count, name, out JsonReader reader) && reader.Skip();
        valueOffset = found ? reader.ValueStart : 0;
        valueCount = found ? reader.ValueCount : 0;
        return found;
    }

    /// <summary>Text of a member that is a string.</summary>
    /// <param name="json">The text.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="name">The name, compared after unescaping.</param>
    /// <param name="value">The text, unescaped; null when the answer is false.</param>
    /// <returns>False as for <see cref="TryFind"/>, and when the member is no string.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array.</exception>
    public static bool TryGetString(byte[] json, int offset, int count, string name, out string? value)
    {
        bool found = TrySeek(json, offset, count, name, out JsonReader reader) && reader.Read() && reader.TokenType == JsonTokenType.String;
        value = found ? reader.GetString() : null;
        return found;
    }

    /// <summary>Value of a member that is a whole number.</summary>
    /// <param name="json">The text.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="name">The name, compared after unescaping.</param>
    /// <param name="value">The number; 0 when the answer is false.</param>
    /// <returns>False as for <see cref="TryFind"/>, and when the member is no whole number in the range of <see cref="long"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the array.</exception>
    public static bool TryGetInt64(byte[] json, int offset, int count, string name, out long value)
    {
        value = 0;
        return TrySeek(json, offset, count, name, out JsonReader reader) && reader.Read() && reader.TryGetInt64(out value);
    }

    // Leaves the reader at the name.
    private static bool TrySeek(byte[] json, int offset, int count, string name, out JsonReader reader)
    {
        ArgumentNullException.ThrowIfNull(name, nameof(name));
        reader = new JsonReader(json, offset, count, JsonReader.LargestMaxDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.Name)
        {
            if (reader.ValueEquals(name))
            {
                return true;
            }

            if (!reader.Skip())
            {
                return false;
            }
        }

        return false;
    }
}
