using DeviceClient.NanoSubset.Inspection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeviceClient.NanoSubset;

/// <summary>Compiles small sources, against the declared members or against all of .NET, so that the gate itself is tested.</summary>
internal static class SubsetFixture
{
    private static readonly Lazy<MetadataReference[]> s_framework = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(file) == "Microsoft.CSharp.dll")
            .Select(file => (MetadataReference)MetadataReference.CreateFromFile(file))]);

    private static readonly Lazy<MetadataReference[]> s_declared = new(() =>
        [.. Repository.References.Select(r => (MetadataReference)MetadataReference.CreateFromFile(r.File))]);

    public static DeclaredApi Api { get; } = DeclaredApi.Load(Repository.References.Select(r => r.File));

    /// <summary>Errors of a compilation against nothing but the declared members.</summary>
    public static string[] ErrorsInSubset(string source) =>
        [.. Create(source, LanguageVersion.CSharp10, s_declared.Value).Emit(Stream.Null).Diagnostics
            .Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString())];

    /// <summary>What the gate finds in the source when the compiler could not refuse it, having all of .NET in scope.</summary>
    public static IReadOnlyList<Finding> InspectWithFramework(string source) =>
        Inspect(Create(source, LanguageVersion.Latest, s_framework.Value));

    /// <summary>What the gate finds in a source compiled against the declared members.</summary>
    public static IReadOnlyList<Finding> InspectInSubset(string source) =>
        Inspect(Create(source, LanguageVersion.CSharp10, s_declared.Value));

    private static IReadOnlyList<Finding> Inspect(CSharpCompilation compilation)
    {
        using MemoryStream assembly = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(assembly);
        Assert.IsTrue(result.Success, "The fixture does not compile: " + string.Join('\n', result.Diagnostics));
        assembly.Position = 0;
        return SubsetInspector.Inspect(assembly, Api);
    }

    private static CSharpCompilation Create(string source, LanguageVersion version, MetadataReference[] references) =>
        CSharpCompilation.Create(
            "Fixture",
            [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(version))],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release));
}
