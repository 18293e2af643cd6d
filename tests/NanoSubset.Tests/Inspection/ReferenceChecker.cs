using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace DeviceClient.NanoSubset.Inspection;

/// <summary>Judges what a metadata token refers to, and writes it as text.</summary>
internal sealed class ReferenceChecker(MetadataReader reader, DeclaredApi api, SignatureReader signatures)
{
    /// <summary>Rules that the token's target breaks, each with the text of the offending part.</summary>
    public List<(string Rule, string Text)> Check(EntityHandle token)
    {
        List<(string, string)> result = [];
        switch (token.Kind)
        {
            case HandleKind.TypeReference:
                string type = Names.Of(reader, (TypeReferenceHandle)token);
                if (!api.HasType(type))
                {
                    result.Add((Rules.Outside, type));
                }

                break;
            case HandleKind.MemberReference:
                CheckMember(reader.GetMemberReference((MemberReferenceHandle)token), result);
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification method = reader.GetMethodSpecification((MethodSpecificationHandle)token);
                method.DecodeSignature(signatures, null);
                result.Add((Rules.GenericInstance, "generic method " + Text(method.Method)));
                break;
            case HandleKind.TypeSpecification:
                reader.GetTypeSpecification((TypeSpecificationHandle)token).DecodeSignature(signatures, null);
                break;
        }

        result.AddRange(signatures.TakeBroken());
        return result;
    }

    /// <summary>The instruction's operand as text: a full name, a string, or nothing.</summary>
    public string Operand(Instruction instruction)
    {
        int table = instruction.Token >> 24;
        string text = table switch
        {
            0 => "",
            0x70 => reader.GetUserString(MetadataTokens.UserStringHandle(instruction.Token & 0xFFFFFF)),
            0x11 => "",
            _ => Text(MetadataTokens.EntityHandle(instruction.Token)),
        };
        signatures.TakeBroken();
        return text;
    }

    /// <summary>Type and member that own a generic parameter.</summary>
    public (string Type, string Member) Owner(EntityHandle parent)
    {
        if (parent.Kind != HandleKind.MethodDefinition)
        {
            return (Names.Of(reader, parent), "(type)");
        }

        MethodDefinition method = reader.GetMethodDefinition((MethodDefinitionHandle)parent);
        return (Names.Of(reader, method.GetDeclaringType()), reader.GetString(method.Name));
    }

    private void CheckMember(MemberReference member, List<(string, string)> result)
    {
        string name = reader.GetString(member.Name);
        if (member.Parent.Kind == HandleKind.TypeSpecification)
        {
            reader.GetTypeSpecification((TypeSpecificationHandle)member.Parent).DecodeSignature(signatures, null);
            return;
        }

        if (member.Parent.Kind == HandleKind.MethodDefinition)
        {
            result.Add((Rules.VariableArguments, name));
            return;
        }

        string type = Names.Of(reader, member.Parent);
        string key;
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            key = DeclaredApi.FieldKey(type, name, member.DecodeFieldSignature(signatures, null));
        }
        else
        {
            MethodSignature<string> signature = member.DecodeMethodSignature(signatures, null);
            key = DeclaredApi.MethodKey(type, name, signature);
            if (signature.Header.CallingConvention == SignatureCallingConvention.VarArgs)
            {
                result.Add((Rules.VariableArguments, key));
            }
        }

        if (!api.HasMember(key))
        {
            result.Add((Rules.Outside, key));
        }
    }

    private string Text(EntityHandle token)
    {
        switch (token.Kind)
        {
            case HandleKind.MemberReference:
                MemberReference member = reader.GetMemberReference((MemberReferenceHandle)token);
                return Text(member.Parent) + "." + reader.GetString(member.Name);
            case HandleKind.MethodDefinition:
                MethodDefinition method = reader.GetMethodDefinition((MethodDefinitionHandle)token);
                return Names.Of(reader, method.GetDeclaringType()) + "." + reader.GetString(method.Name);
            case HandleKind.FieldDefinition:
                FieldDefinition field = reader.GetFieldDefinition((FieldDefinitionHandle)token);
                return Names.Of(reader, field.GetDeclaringType()) + "." + reader.GetString(field.Name);
            case HandleKind.MethodSpecification:
                return Text(reader.GetMethodSpecification((MethodSpecificationHandle)token).Method);
            case HandleKind.TypeSpecification:
                return reader.GetTypeSpecification((TypeSpecificationHandle)token).DecodeSignature(signatures, null);
            default:
                return Names.Of(reader, token);
        }
    }
}
