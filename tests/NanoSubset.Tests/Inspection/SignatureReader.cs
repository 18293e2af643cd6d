using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace DeviceClient.NanoSubset.Inspection;

/// <summary>Writes signatures as documentation-id text and notes each part that the subset forbids.</summary>
internal sealed class SignatureReader : ISignatureTypeProvider<string, object?>
{
    private readonly List<(string Rule, string Text)> _broken = [];

    /// <summary>Rules broken since the last call, each with the text of the offending part; the list is emptied.</summary>
    public (string Rule, string Text)[] TakeBroken()
    {
        (string, string)[] result = [.. _broken];
        _broken.Clear();
        return result;
    }

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode == PrimitiveTypeCode.TypedReference
        ? Note(Rules.TypedReference, "System.TypedReference")
        : "System." + typeCode;

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Names.Of(reader, handle);

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Names.Of(reader, handle);

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetByReferenceType(string elementType) => elementType + "@";

    public string GetArrayType(string elementType, ArrayShape shape) =>
        Note(Rules.MultidimensionalArray, elementType + "[" + new string(',', shape.Rank - 1) + "]");

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
        Note(Rules.GenericInstance, genericType + "{" + string.Join(",", typeArguments) + "}");

    public string GetGenericMethodParameter(object? genericContext, int index) => Note(Rules.GenericInstance, "``" + index);

    public string GetGenericTypeParameter(object? genericContext, int index) => Note(Rules.GenericInstance, "`" + index);

    public string GetFunctionPointerType(MethodSignature<string> signature) =>
        Note(Rules.FunctionPointer, "function(" + string.Join(",", signature.ParameterTypes) + ") -> " + signature.ReturnType);

    public string GetPointerType(string elementType) => Note(Rules.Pointer, elementType + "*");

    public string GetPinnedType(string elementType) => Note(Rules.Pointer, "pinned " + elementType);

    // IsExternalInit marks init-only setters; nanoFramework's core library has it and boards run them.
    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired)
    {
        if (isRequired && modifier != "System.Runtime.CompilerServices.IsExternalInit")
        {
            Note(Rules.CustomModifier, unmodifiedType + " modreq " + modifier);
        }

        return unmodifiedType;
    }

    private string Note(string rule, string text)
    {
        _broken.Add((rule, text));
        return text;
    }
}
