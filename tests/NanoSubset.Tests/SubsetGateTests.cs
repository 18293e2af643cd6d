using DeviceClient.NanoSubset.Inspection;

namespace DeviceClient.NanoSubset;

/// <summary>The gate: the shared sources, compiled against the declared members, hold nothing a board cannot run.</summary>
[TestClass]
public sealed class SubsetGateTests
{
    public static IEnumerable<string> Assemblies =>
        Directory.EnumerateFiles(Repository.SubsetFolder, "NanoSubset.*.dll").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    [TestMethod]
    [DynamicData(nameof(Assemblies))]
    public void SubsetBuild_MetadataAndIl_HoldNothingABoardCannotRun(string assembly)
    {
        using FileStream file = File.OpenRead(Path.Combine(Repository.SubsetFolder, assembly));
        DeclaredApi api = DeclaredApi.Load(Directory.EnumerateFiles(Repository.SubsetFolder, "*.dll"));
        IReadOnlyList<Finding> findings = SubsetInspector.Inspect(file, api);
        Assert.IsEmpty(findings, $"{assembly}:\n{string.Join('\n', findings)}");
    }

    [TestMethod]
    public void SubsetBuild_EachSharedList_IsAmongTheInspected() => CollectionAssert.AreEqual(
        new[] { "NanoSubset.Core.dll", "NanoSubset.NanoRuntime.dll", "NanoSubset.Provisioning.dll" }, Assemblies.ToArray());
}
