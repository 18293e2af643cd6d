using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace DeviceClient.NanoSubset.Inspection;

/// <summary>Writes each visible declaration of an assembly as one line, in the form of the nano-api listings:
/// documentation id, result type, modifiers, and in brackets the kinds of parameters.</summary>
internal sealed class DeclarationLines
{
    private readonly MetadataReader _reader;
    private readonly SignatureReader _signatures = new();
    private readonly List<string> _lines = [];

    private DeclarationLines(MetadataReader reader) => _reader = reader;

    public static IReadOnlyList<string> Of(string file)
    {
        using PEReader image = new(File.OpenRead(file));
        DeclarationLines writer = new(image.GetMetadataReader());
        foreach (TypeDefinitionHandle handle in writer._reader.TypeDefinitions)
        {
            writer.AddType(handle);
        }

        return writer._lines;
    }

    private void AddType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _reader.GetTypeDefinition(handle);
        TypeAttributes visibility = type.Attributes & TypeAttributes.VisibilityMask;
        if (visibility is not (TypeAttributes.Public or TypeAttributes.NestedPublic))
        {
            return;
        }

        string name = Names.Of(_reader, handle);
        string baseName = type.BaseType.IsNil ? "" : Names.Of(_reader, type.BaseType);
        string kind = Kind(type, name, baseName);
        List<string> bases = [.. type.GetInterfaceImplementations().Select(i => Names.Of(_reader, _reader.GetInterfaceImplementation(i).Interface))];
        if (kind.EndsWith("class", StringComparison.Ordinal) && baseName is not ("" or "System.Object"))
        {
            bases.Insert(0, baseName);
        }

        string list = kind == "enum" ? " : System.Int32" : bases.Count == 0 ? "" : " : " + string.Join(", ", bases);
        _lines.Add($"T:{name} -> {kind}{list}");
        foreach (FieldDefinitionHandle field in type.GetFields())
        {
            AddField(name, kind, _reader.GetFieldDefinition(field));
        }

        foreach (MethodDefinitionHandle method in type.GetMethods())
        {
            AddMethod(name, kind, _reader.GetMethodDefinition(method));
        }

        foreach (PropertyDefinitionHandle property in type.GetProperties())
        {
            AddProperty(name, kind, _reader.GetPropertyDefinition(property));
        }
    }

    private static string Kind(TypeDefinition type, string name, string baseName)
    {
        bool isAbstract = (type.Attributes & TypeAttributes.Abstract) != 0;
        bool isSealed = (type.Attributes & TypeAttributes.Sealed) != 0;
        return (type.Attributes & TypeAttributes.Interface) != 0 ? "interface"
            : baseName == "System.Enum" ? "enum"
            : baseName == "System.ValueType" && name != "System.Enum" ? "struct"
            : baseName == "System.MulticastDelegate" ? "delegate"
            : isAbstract && isSealed ? "static class"
            : isAbstract ? "abstract class"
            : isSealed ? "sealed class"
            : "class";
    }

    private void AddField(string type, string kind, FieldDefinition field)
    {
        FieldAttributes access = field.Attributes & FieldAttributes.FieldAccessMask;
        bool isProtected = access is FieldAttributes.Family or FieldAttributes.FamORAssem;
        if ((field.Attributes & FieldAttributes.SpecialName) != 0 || !(isProtected || access == FieldAttributes.Public))
        {
            return;
        }

        string line = $"F:{type}.{_reader.GetString(field.Name)} -> {field.DecodeSignature(_signatures, null)}";
        if ((field.Attributes & FieldAttributes.Literal) != 0)
        {
            line += (kind == "enum" ? " = " : " const = ") + ConstantText(_reader.GetConstant(field.GetDefaultValue()));
        }
        else
        {
            line += (isProtected ? " protected" : "")
                + ((field.Attributes & FieldAttributes.Static) != 0 ? " static" : "")
                + ((field.Attributes & FieldAttributes.InitOnly) != 0 ? " readonly" : "");
        }

        _lines.Add(line);
    }

    private void AddMethod(string type, string kind, MethodDefinition method)
    {
        string name = _reader.GetString(method.Name);
        bool isOperator = name.StartsWith("op_", StringComparison.Ordinal);
        bool isConstructor = name == ".ctor";
        if (((method.Attributes & MethodAttributes.SpecialName) != 0 && !isOperator && !isConstructor)
            || !IsVisible(method) || (kind == "delegate" && name != "Invoke"))
        {
            return;
        }

        MethodSignature<string> signature = method.DecodeSignature(_signatures, null);
        string parameters = signature.ParameterTypes.Length == 0 ? "" : "(" + string.Join(",", signature.ParameterTypes) + ")";
        string result = isConstructor ? "" : " -> " + signature.ReturnType;
        string notes = string.Join("; ", ParameterNotes(method));
        _lines.Add($"M:{type}.{(isConstructor ? "#ctor" : name)}{parameters}{result}{Modifiers(kind, method)}"
            + (notes.Length == 0 ? "" : " [" + notes + "]"));
    }

    private void AddProperty(string type, string kind, PropertyDefinition property)
    {
        PropertyAccessors accessors = property.GetAccessors();
        bool canGet = !accessors.Getter.IsNil && IsVisible(_reader.GetMethodDefinition(accessors.Getter));
        bool canSet = !accessors.Setter.IsNil && IsVisible(_reader.GetMethodDefinition(accessors.Setter));
        if (!canGet && !canSet)
        {
            return;
        }

        MethodSignature<string> signature = property.DecodeSignature(_signatures, null);
        string parameters = signature.ParameterTypes.Length == 0 ? "" : "(" + string.Join(",", signature.ParameterTypes) + ")";
        string access = (canGet ? "get; " : "") + (canSet ? "set; " : "");
        MethodDefinition accessor = _reader.GetMethodDefinition(canGet ? accessors.Getter : accessors.Setter);
        _lines.Add($"P:{type}.{_reader.GetString(property.Name)}{parameters} -> {signature.ReturnType} {{ {access}}}{Modifiers(kind, accessor)}");
    }

    private IEnumerable<string> ParameterNotes(MethodDefinition method)
    {
        foreach (ParameterHandle handle in method.GetParameters())
        {
            Parameter parameter = _reader.GetParameter(handle);
            string name = _reader.GetString(parameter.Name);
            bool isArray = parameter.GetCustomAttributes()
                .Select(a => _reader.GetCustomAttribute(a).Constructor)
                .Any(c => c.Kind == HandleKind.MethodDefinition && Names.Of(_reader,
                    _reader.GetMethodDefinition((MethodDefinitionHandle)c).GetDeclaringType()) == "System.ParamArrayAttribute");
            if (isArray)
            {
                yield return "params " + name;
            }
            else if ((parameter.Attributes & ParameterAttributes.Out) != 0)
            {
                yield return "out " + name;
            }
            else if ((parameter.Attributes & ParameterAttributes.HasDefault) != 0)
            {
                yield return $"opt {name}={ConstantText(_reader.GetConstant(parameter.GetDefaultValue()))}";
            }
        }
    }

    private static bool IsVisible(MethodDefinition method) => (method.Attributes & MethodAttributes.MemberAccessMask)
        is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static string Modifiers(string kind, MethodDefinition method)
    {
        MethodAttributes attributes = method.Attributes;
        bool isPublic = (attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public;
        string text = isPublic ? "" : " protected";
        if ((attributes & MethodAttributes.Static) != 0)
        {
            return text + " static";
        }

        // An interface's members say nothing, and neither does a method that is virtual only to implement one.
        bool isQuiet = kind == "interface"
            || (attributes & (MethodAttributes.Final | MethodAttributes.NewSlot)) == (MethodAttributes.Final | MethodAttributes.NewSlot);
        if (isQuiet || (attributes & MethodAttributes.Virtual) == 0)
        {
            return text;
        }

        return (attributes & MethodAttributes.Abstract) != 0 ? text + " abstract"
            : (attributes & MethodAttributes.NewSlot) != 0 ? text + " virtual"
            : text + " override";
    }

    private string ConstantText(Constant constant)
    {
        object? value = _reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode);
        return value switch
        {
            null => "null",
            char c => ((int)c).ToString(CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }
}
