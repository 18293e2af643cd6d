using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace DeviceClient.NanoSubset.Inspection;

/// <summary>What the reference assemblies declare: the only types and members the core may name.</summary>
internal sealed class DeclaredApi
{
    private readonly HashSet<string> _assemblies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Assemblies => _assemblies;

    public static DeclaredApi Load(IEnumerable<string> files)
    {
        DeclaredApi result = new();
        foreach (string file in files)
        {
            using PEReader image = new(File.OpenRead(file));
            result.Add(image.GetMetadataReader());
        }

        return result;
    }

    public bool HasAssembly(string name) => _assemblies.Contains(name);

    public bool HasType(string name) => _types.Contains(name);

    public bool HasMember(string key) => _members.Contains(key);

    public static string MethodKey(string type, string name, MethodSignature<string> signature) =>
        $"{(signature.Header.IsInstance ? "" : "static ")}{type}.{name}({string.Join(",", signature.ParameterTypes)}) -> {signature.ReturnType}";

    public static string FieldKey(string type, string name, string fieldType) => $"{type}.{name} -> {fieldType}";

    private void Add(MetadataReader reader)
    {
        SignatureReader signatures = new();
        _assemblies.Add(reader.GetString(reader.GetAssemblyDefinition().Name));
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            string type = Names.Of(reader, handle);
            _types.Add(type);
            TypeDefinition definition = reader.GetTypeDefinition(handle);
            foreach (MethodDefinitionHandle method in definition.GetMethods())
            {
                MethodDefinition declared = reader.GetMethodDefinition(method);
                _members.Add(MethodKey(type, reader.GetString(declared.Name), declared.DecodeSignature(signatures, null)));
            }

            foreach (FieldDefinitionHandle field in definition.GetFields())
            {
                FieldDefinition declared = reader.GetFieldDefinition(field);
                _members.Add(FieldKey(type, reader.GetString(declared.Name), declared.DecodeSignature(signatures, null)));
            }
        }
    }
}
