using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace DeviceClient.NanoSubset.Inspection;

/// <summary>Reads the metadata and IL of one assembly and reports what a nanoFramework board cannot run.</summary>
/// <remarks>Method bodies come first, so that a forbidden token is reported with the instruction that uses it; the
/// tables afterwards catch what no instruction names, such as base types and attributes.</remarks>
internal sealed class SubsetInspector
{
    private readonly MetadataReader _reader;
    private readonly PEReader _image;
    private readonly DeclaredApi _api;
    private readonly SignatureReader _signatures = new();
    private readonly List<Finding> _findings = [];
    private readonly HashSet<EntityHandle> _reported = [];
    private readonly ReferenceChecker _references;

    private SubsetInspector(PEReader image, DeclaredApi api)
    {
        _image = image;
        _reader = image.GetMetadataReader();
        _api = api;
        _references = new ReferenceChecker(_reader, api, _signatures);
    }

    public static IReadOnlyList<Finding> Inspect(Stream assembly, DeclaredApi api)
    {
        using PEReader image = new(assembly);
        SubsetInspector inspector = new(image, api);
        inspector.Run();
        return inspector._findings;
    }

    private void Run()
    {
        foreach (TypeDefinitionHandle handle in _reader.TypeDefinitions)
        {
            InspectType(handle);
        }

        InspectTables();
    }

    private void InspectType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _reader.GetTypeDefinition(handle);
        string name = Names.Of(_reader, handle);
        foreach (FieldDefinitionHandle field in type.GetFields())
        {
            FieldDefinition definition = _reader.GetFieldDefinition(field);
            definition.DecodeSignature(_signatures, null);
            ReportBroken(name, _reader.GetString(definition.Name), "field of type ");
        }

        foreach (PropertyDefinitionHandle property in type.GetProperties())
        {
            PropertyDefinition definition = _reader.GetPropertyDefinition(property);
            definition.DecodeSignature(_signatures, null);
            ReportBroken(name, _reader.GetString(definition.Name), "property of type ");
        }

        foreach (EntityHandle parent in type.GetInterfaceImplementations()
            .Select(i => _reader.GetInterfaceImplementation(i).Interface).Append(type.BaseType))
        {
            if (!parent.IsNil)
            {
                CheckToken(parent, name, "(type)", "derives from ");
            }
        }

        foreach (MethodDefinitionHandle method in type.GetMethods())
        {
            InspectMethod(name, type, _reader.GetMethodDefinition(method));
        }
    }

    private void InspectMethod(string type, TypeDefinition owner, MethodDefinition method)
    {
        string name = _reader.GetString(method.Name);
        MethodSignature<string> signature = method.DecodeSignature(_signatures, null);
        ReportBroken(type, name, "signature has ");
        if (signature.Header.CallingConvention == SignatureCallingConvention.VarArgs)
        {
            Report(Rules.VariableArguments, type, name, "declared with __arglist");
        }

        // A delegate's methods are the runtime's own (code type Runtime); they are fine.
        if ((method.ImplAttributes & MethodImplAttributes.InternalCall) != 0
            || (method.ImplAttributes & MethodImplAttributes.CodeTypeMask) == MethodImplAttributes.Native
            || (method.Attributes & MethodAttributes.PinvokeImpl) != 0)
        {
            Report(Rules.NativeMethod, type, name, "has no managed body");
        }

        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        if ((owner.Attributes & TypeAttributes.Interface) != 0)
        {
            Report(Rules.InterfaceBody, type, name, "an interface method with a body");
        }

        InspectBody(type, name, _image.GetMethodBody(method.RelativeVirtualAddress));
    }

    private void InspectBody(string type, string method, MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            _reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_signatures, null);
            ReportBroken(type, method, "local variable of type ");
        }

        foreach (ExceptionRegion region in body.ExceptionRegions)
        {
            if (region.Kind == ExceptionRegionKind.Catch)
            {
                CheckToken(region.CatchType, type, method, "catches ");
            }
        }

        List<Instruction> code = Instruction.Decode(body.GetILReader());
        for (int i = 0; i < code.Count; i++)
        {
            Instruction? next = i + 1 < code.Count ? code[i + 1] : null;
            InspectInstruction(type, method, code[i], next);
        }
    }

    private void InspectInstruction(string type, string method, Instruction instruction, Instruction? next)
    {
        string operand = _references.Operand(instruction);
        if (InstructionRules.Check(instruction, next, operand) is string rule)
        {
            Report(rule, type, method, instruction.Text(operand));
        }

        // Tokens of strings (0x70) and of standalone signatures (0x11, calli) are judged by the instruction itself.
        int table = instruction.Token >> 24;
        if (instruction.Token != 0 && table is not (0x70 or 0x11))
        {
            CheckToken(MetadataTokens.EntityHandle(instruction.Token), type, method, instruction.Text(""), operand);
        }
    }

    private void InspectTables()
    {
        for (int row = 1; row <= _reader.GetTableRowCount(TableIndex.GenericParam); row++)
        {
            GenericParameter parameter = _reader.GetGenericParameter(MetadataTokens.GenericParameterHandle(row));
            (string type, string member) = _references.Owner(parameter.Parent);
            Report(Rules.GenericDeclaration, type, member, "type parameter " + _reader.GetString(parameter.Name));
        }

        CheckTable(TableIndex.MethodSpec);
        CheckTable(TableIndex.TypeSpec);
        CheckTable(TableIndex.TypeRef);
        CheckTable(TableIndex.MemberRef);
        foreach (AssemblyReferenceHandle handle in _reader.AssemblyReferences)
        {
            string assembly = _reader.GetString(_reader.GetAssemblyReference(handle).Name);
            if (!_api.HasAssembly(assembly))
            {
                Report(Rules.Outside, "(assembly)", "(metadata)", "references the assembly " + assembly);
            }
        }
    }

    private void CheckTable(TableIndex table)
    {
        for (int row = 1; row <= _reader.GetTableRowCount(table); row++)
        {
            EntityHandle handle = MetadataTokens.EntityHandle(table, row);
            if (!_reported.Contains(handle))
            {
                CheckToken(handle, "(assembly)", "(metadata)", table + " row: ");
            }
        }
    }

    private void CheckToken(EntityHandle token, string type, string member, string prefix, string? operand = null)
    {
        foreach ((string rule, string text) in _references.Check(token))
        {
            _reported.Add(token);
            string detail = operand is null || operand == text ? text : operand + " (" + text + ")";
            Report(rule, type, member, prefix.EndsWith(' ') ? prefix + detail : prefix + " " + detail);
        }
    }

    private void ReportBroken(string type, string member, string prefix)
    {
        foreach ((string rule, string text) in _signatures.TakeBroken())
        {
            Report(rule, type, member, prefix + text);
        }
    }

    private void Report(string rule, string type, string member, string detail) => _findings.Add(new Finding(rule, type, member, detail));
}
