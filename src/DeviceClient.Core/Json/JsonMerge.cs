using System;

namespace DeviceClient.Protocol;

/// <summary>JSON merge patches of RFC 7386: applied to a document, or two of them made one.</summary>
/// <remarks>The rule of twins: objects merge member by member, null removes, everything else replaces. Members keep the target's order, new ones follow.
/// Names in one object should be unique; of repeated ones in the patch the first counts. Works on the text without building a tree; the time
/// grows with the product of the members of target and patch in an object. Free of state.</remarks>
public static class JsonMerge
{
    /// <summary>Merges a patch into a target.</summary>
    /// <param name="target">Array with the target.</param>
    /// <param name="targetOffset">First byte of the target.</param>
    /// <param name="targetCount">Number of bytes of the target.</param>
    /// <param name="patch">Array with the patch.</param>
    /// <param name="patchOffset">First byte of the patch.</param>
    /// <param name="patchCount">Number of bytes of the patch.</param>
    /// <param name="keepNulls">False applies the patch to a document. True composes: the target is an earlier patch, and the result is the one
    /// patch that does what both do in turn, so nulls stay.</param>
    /// <param name="output">Cleared, then filled with the result.</param>
    /// <returns>False when a text is malformed or nests deeper than <see cref="JsonReader.DefaultMaxDepth"/>, when the output is too small, or when two patches
    /// cannot be one: the earlier replaces or removes a value and the later puts an object in its place, which a single patch would merge into
    /// whatever the document has there. Send such patches one after the other.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A slice lies outside its array.</exception>
    public static bool TryMerge(byte[] target, int targetOffset, int targetCount, byte[] patch, int patchOffset, int patchCount, bool keepNulls, ByteWriter output)
    {
        ArgumentNullException.ThrowIfNull(output, nameof(output));
        output.Clear();
        if (!JsonReader.IsValid(target, targetOffset, targetCount) || !JsonReader.IsValid(patch, patchOffset, patchCount))
        {
            return false;
        }

        JsonWriter writer = new JsonWriter(output);
        return MergeValue(target, targetOffset, targetCount, patch, patchOffset, patchCount, keepNulls, writer) && !output.Overflowed;
    }

    private static bool MergeValue(byte[] target, int targetOffset, int targetCount, byte[] patch, int patchOffset, int patchCount, bool keepNulls, JsonWriter writer)
    {
        JsonReader changes = new JsonReader(patch, patchOffset, patchCount);
        changes.Read();
        if (changes.TokenType != JsonTokenType.StartObject)
        {
            writer.WriteRaw(patch, patchOffset, patchCount);
            return true;
        }

        JsonReader old = new JsonReader(target, targetOffset, targetCount);
        bool merges = old.Read() && old.TokenType == JsonTokenType.StartObject;
        if (!merges && keepNulls)
        {
            return false;
        }

        writer.WriteStartObject();
        if (merges && !MergeMembers(old, target, patch, patchOffset, patchCount, keepNulls, writer))
        {
            return false;
        }

        AppendNew(changes, target, targetOffset, merges ? targetCount : 0, patch, keepNulls, writer);
        writer.WriteEndObject();
        return true;
    }

    // The target's members, changed or not.
    private static bool MergeMembers(JsonReader old, byte[] target, byte[] patch, int patchOffset, int patchCount, bool keepNulls, JsonWriter writer)
    {
        while (old.Read() && old.TokenType == JsonTokenType.Name)
        {
            int nameStart = old.ValueStart;
            int nameCount = old.ValueCount;
            bool changed = JsonMember.TryFind(patch, patchOffset, patchCount, old.GetString(), out int offset, out int count);
            old.Skip();
            if (changed && patch[offset] == 'n' && !keepNulls)
            {
                continue;
            }

            writer.WriteRawName(target, nameStart, nameCount);
            if (!changed)
            {
                writer.WriteRaw(target, old.ValueStart, old.ValueCount);
            }
            else if (!MergeValue(target, old.ValueStart, old.ValueCount, patch, offset, count, keepNulls, writer))
            {
                return false;
            }
        }

        return true;
    }

    // The patch's members that the target does not have.
    private static void AppendNew(JsonReader changes, byte[] target, int targetOffset, int targetCount, byte[] patch, bool keepNulls, JsonWriter writer)
    {
        while (changes.Read() && changes.TokenType == JsonTokenType.Name)
        {
            int nameStart = changes.ValueStart;
            int nameCount = changes.ValueCount;
            bool known = targetCount > 0 && JsonMember.TryFind(target, targetOffset, targetCount, changes.GetString(), out int _, out int _);
            changes.Skip();
            bool removes = changes.TokenType == JsonTokenType.Null && !keepNulls;
            if (known || removes)
            {
                continue;
            }

            writer.WriteRawName(patch, nameStart, nameCount);
            if (keepNulls)
            {
                writer.WriteRaw(patch, changes.ValueStart, changes.ValueCount);
            }
            else
            {
                // Merged with nothing: nulls inside a new object vanish too.
                MergeValue(patch, changes.ValueStart, 0, patch, changes.ValueStart, changes.ValueCount, false, writer);
            }
        }
    }
}
