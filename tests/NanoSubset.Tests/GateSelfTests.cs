using System.Reflection;
using System.Reflection.Emit;
using DeviceClient.NanoSubset.Inspection;

namespace DeviceClient.NanoSubset;

/// <summary>The gate can fail: each forbidden construct, alone in a small source, is reported with its type, its member
/// and its instruction or signature.</summary>
[TestClass]
public sealed class GateSelfTests
{
    [TestMethod]
    public void Gate_CleanSource_FindsNothing()
    {
        const string Source = """
            namespace N;
            public delegate int Step(int value);
            public enum Kind : byte { A, B }
            public interface IShape { int Area(); }
            public sealed class Square : IShape
            {
                private static readonly byte[] s_table = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
                private readonly int[][] _jagged = { new[] { 1 }, new[] { 2, 3 } };
                public int Side { get; init; }
                public event Step Stepped;
                public int Area() => Side * Side + s_table[0] + _jagged[1][0];
                public int Use(string text, Kind kind, out int count)
                {
                    Step step = value => value + Side;
                    Stepped += step;
                    count = 0;
                    foreach (char c in text) { if (c == 'x') { count++; } }
                    try { count /= text.Length; }
                    catch (System.Exception e) when (e.Message != null) { throw new System.ArgumentException("bad " + text + kind, nameof(text)); }
                    return text switch { "a" => 1, "b" => 2, "c" => 3, "d" => 4, "e" => 5, "f" => 6, "g" => 7, _ => Stepped(count) };
                }
            }
            """;
        Assert.IsEmpty(SubsetFixture.InspectInSubset(Source), string.Join('\n', SubsetFixture.InspectInSubset(Source)));
    }

    [TestMethod]
    public void Gate_GenericClass_IsReported() =>
        AssertFound("class Box<T> { }", Rules.GenericDeclaration, "Box`1", "(type)", "type parameter T");

    [TestMethod]
    public void Gate_GenericMethod_IsReported() =>
        AssertFound("class C { static void Take<T>() { } }", Rules.GenericDeclaration, "C", "Take", "type parameter T");

    [TestMethod]
    public void Gate_CallOfGenericMethod_IsReported() => AssertFound(
        "class C { static void Take<T>() { } void M() { Take<int>(); } }",
        Rules.GenericInstance, "C", "M", "call C.Take (generic method C.Take)");

    [TestMethod]
    public void Gate_GenericInstanceAsLocal_IsReported() => AssertFound(
        "class C { int M() { var a = new System.Collections.Generic.List<int>(); a.Add(1); return a.Count; } }",
        Rules.GenericInstance, "C", "M", "newobj System.Collections.Generic.List`1{System.Int32}..ctor (System.Collections.Generic.List`1{System.Int32})", framework: true);

    [TestMethod]
    public void Gate_GenericInstanceAsField_IsReported() => AssertFound(
        "class Box<T> { } class C { Box<string> _box; }",
        Rules.GenericInstance, "C", "_box", "field of type Box`1{System.String}");

    [TestMethod]
    public void Gate_GenericInstanceAsProperty_IsReported() => AssertFound(
        "abstract class C { public abstract System.Action<int> P { get; } }",
        Rules.GenericInstance, "C", "P", "property of type System.Action`1{System.Int32}", framework: true);

    [TestMethod]
    public void Gate_GenericInstanceAsParameter_IsReported() => AssertFound(
        "abstract class C { public abstract void M(System.Func<int> f); }",
        Rules.GenericInstance, "C", "M", "signature has System.Func`1{System.Int32}", framework: true);

    [TestMethod]
    public void Gate_GenericBaseType_IsReported() => AssertFound(
        "class C : System.Collections.Generic.List<int> { }",
        Rules.GenericInstance, "C", "(type)", "derives from System.Collections.Generic.List`1{System.Int32}", framework: true);

    [TestMethod]
    public void Gate_GenericInterface_IsReported() => AssertFound(
        "abstract class C : System.IComparable<C> { public abstract int CompareTo(C other); }",
        Rules.GenericInstance, "C", "(type)", "derives from System.IComparable`1{C}", framework: true);

    [TestMethod]
    public void Gate_NullableValue_IsReported() => AssertFound(
        "class C { int? _count; }", Rules.GenericInstance, "C", "_count", "field of type System.Nullable`1{System.Int32}", framework: true);

    [TestMethod]
    public void Gate_MultidimensionalArray_IsReported() => AssertFound(
        "class C { int[,] _grid; }", Rules.MultidimensionalArray, "C", "_grid", "field of type System.Int32[,]");

    [TestMethod]
    public void Gate_NewMultidimensionalArray_IsReportedWithInstruction() => AssertFound(
        "class C { object M() => new int[2, 3, 4]; }", Rules.MultidimensionalArray, "C", "M", "newobj System.Int32[,,]..ctor");

    [TestMethod]
    public void Gate_StackAllocation_IsReported() => AssertFound(
        "class C { unsafe int M(int n) { byte* p = stackalloc byte[n]; return p[0]; } }",
        Rules.Instruction, "C", "M", "localloc", framework: true);

    [TestMethod]
    public void Gate_FunctionPointerCall_IsReported() => AssertFound(
        "class C { static int F() => 1; unsafe int M() { delegate*<int> f = &F; return f(); } }",
        Rules.Instruction, "C", "M", "calli", framework: true);

    [TestMethod]
    public void Gate_AddressOfMethod_IsReported() => AssertFound(
        "class C { static int F() => 1; unsafe void* M() => (delegate*<int>)&F; }",
        Rules.FunctionPointer, "C", "M", "ldftn C.F", framework: true);

    [TestMethod]
    public void Gate_FunctionPointerField_IsReported() => AssertFound(
        "unsafe class C { delegate*<int> _f; }", Rules.FunctionPointer, "C", "_f", "field of type function() -> System.Int32", framework: true);

    [TestMethod]
    [DataRow("int M(int a, int b) => checked(a + b);", "add.ovf")]
    [DataRow("uint M(uint a, uint b) => checked(a - b);", "sub.ovf.un")]
    [DataRow("int M(int a, int b) => checked(a * b);", "mul.ovf")]
    [DataRow("byte M(int a) => checked((byte)a);", "conv.ovf.u1")]
    [DataRow("int M(ulong a) => checked((int)a);", "conv.ovf.i4.un")]
    public void Gate_CheckedArithmetic_IsReported(string method, string instruction) =>
        AssertFound("class C { " + method + " }", Rules.Instruction, "C", "M", instruction);

    [TestMethod]
    public void Gate_DefaultInterfaceMethod_IsReported() => AssertFound(
        "interface I { int M() => 1; }", Rules.InterfaceBody, "I", "M", "an interface method with a body", framework: true);

    [TestMethod]
    public void Gate_VolatileField_IsReported() => AssertFound(
        "class C { volatile int _flag; }", Rules.CustomModifier, "C", "_flag",
        "modreq System.Runtime.CompilerServices.IsVolatile", framework: true);

    [TestMethod]
    public void Gate_VolatileRead_IsReportedWithInstruction() => AssertFound(
        "class C { volatile int _flag; int M() => _flag; }", Rules.Instruction, "C", "M", "volatile.", framework: true);

    [TestMethod]
    public void Gate_Pointer_IsReported() => AssertFound(
        "class C { unsafe byte M(byte[] data) { fixed (byte* p = data) { return *p; } } }",
        Rules.Pointer, "C", "M", "local variable of type pinned System.Byte[]");

    [TestMethod]
    public void Gate_TypedReference_IsReported() => AssertFound(
        "class C { object M() { int a = 1; var r = __makeref(a); return __refvalue(r, int); } }",
        Rules.Instruction, "C", "M", "mkrefany System.Int32", framework: true);

    [TestMethod]
    public void Gate_VariableArguments_AreReported() => AssertFound(
        "class C { public void M(__arglist) { } }", Rules.VariableArguments, "C", "M", "declared with __arglist", framework: true);

    [TestMethod]
    public void Gate_CallWithVariableArguments_IsReported() => AssertFound(
        "class C { void F(__arglist) { } void M() { F(__arglist(1, 2)); } }", Rules.VariableArguments, "C", "M", "call", framework: true);

    [TestMethod]
    public void Gate_NativeMethod_IsReported() => AssertFound(
        "class C { [System.Runtime.InteropServices.DllImport(\"c\")] static extern int M(); }",
        Rules.NativeMethod, "C", "M", "has no managed body", framework: true);

    [TestMethod]
    public void Gate_SizeOf_IsReported() => AssertFound(
        "struct S { public int A; } class C { unsafe int M() => sizeof(S); }", Rules.Instruction, "C", "M", "sizeof S");

    [TestMethod]
    public void Gate_MemberThatBoardsLack_IsReported() => AssertFound(
        "class C { string M(string s) => s.Replace(\"a\", \"b\"); }", Rules.Outside, "C", "M", "System.String.Replace", framework: true);

    [TestMethod]
    public void Gate_TypeThatBoardsLack_IsReported() => AssertFound(
        "class C { bool M(object o) => o is System.Uri; }", Rules.Outside, "C", "M", "isinst System.Uri", framework: true);

    [TestMethod]
    public void Gate_CaughtTypeThatBoardsLack_IsReported() => AssertFound(
        "class C { void M() { try { M(); } catch (System.OverflowException) { } } }",
        Rules.Outside, "C", "M", "catches System.OverflowException", framework: true);

    [TestMethod]
    public void Gate_OtherAssembly_IsReported() => AssertFound(
        "class C { }", Rules.Outside, "(assembly)", "(metadata)", "references the assembly System.", framework: true);

    [TestMethod]
    public void Gate_AttributeThatBoardsLack_IsReported() => AssertFound(
        "class C { [System.ThreadStatic] static int s_a; }",
        Rules.Outside, "(assembly)", "(metadata)", "System.ThreadStaticAttribute", framework: true);

    [TestMethod]
    public void Gate_TextOfAFraction_IsReported() => AssertFound(
        "class C { string M(double d) => \"\" + d; }", Rules.CultureText, "C", "M", "constrained. System.Double");

    [TestMethod]
    public void Gate_NulInText_IsReported() => AssertFound(
        "class C { string M() => \"a\\0b\"; }", Rules.ZeroInText, "C", "M", "ldstr");

    [TestMethod]
    [DataRow("async System.Threading.Tasks.Task M() => await System.Threading.Tasks.Task.Yield();", DisplayName = "async")]
    [DataRow("System.Collections.IEnumerable M() { yield return 1; }", DisplayName = "yield")]
    [DataRow("int M(byte[] a) => System.Linq.Enumerable.Count(a);", DisplayName = "LINQ")]
    [DataRow("int M((int A, int B) t) => t.A;", DisplayName = "tuple")]
    [DataRow("int M(System.Span<byte> s) => s.Length;", DisplayName = "Span")]
    [DataRow("byte[] M(byte[] a) => a[1..];", DisplayName = "array range")]
    [DataRow("object M(dynamic d) => d.X;", DisplayName = "dynamic")]
    [DataRow("record R(int A);", DisplayName = "record")]
    [DataRow("decimal M() => 1.5m;", DisplayName = "decimal")]
    public void Gate_LanguageFeatureOutsideTheSubset_IsReported(string member) =>
        Assert.IsNotEmpty(SubsetFixture.InspectWithFramework("class C { " + member + " }")
            .Where(f => f.Rule != Rules.Outside || f.Type != "(assembly)").ToArray());

    // C# has no form for these; the instruction is written by hand.
    [TestMethod]
    public void Gate_Jump_IsReported()
    {
        PersistedAssemblyBuilder assembly = new(new AssemblyName("Fixture"), typeof(object).Assembly);
        TypeBuilder type = assembly.DefineDynamicModule("Fixture").DefineType("C", TypeAttributes.Public);
        MethodBuilder target = type.DefineMethod("F", MethodAttributes.Static, typeof(void), Type.EmptyTypes);
        target.GetILGenerator().Emit(OpCodes.Ret);
        type.DefineMethod("M", MethodAttributes.Static, typeof(void), Type.EmptyTypes).GetILGenerator().Emit(OpCodes.Jmp, target);
        type.CreateType();
        using MemoryStream stream = new();
        assembly.Save(stream);
        stream.Position = 0;
        AssertFound(SubsetInspector.Inspect(stream, SubsetFixture.Api), Rules.Instruction, "C", "M", "jmp C.F");
    }

    private static void AssertFound(string source, string rule, string type, string member, string detail, bool framework = false) =>
        AssertFound(framework ? SubsetFixture.InspectWithFramework(source) : SubsetFixture.InspectInSubset(source), rule, type, member, detail);

    private static void AssertFound(IReadOnlyList<Finding> findings, string rule, string type, string member, string detail) =>
        Assert.Contains(
            f => f.Rule == rule && f.Type == type && f.Member == member && f.Detail.Contains(detail, StringComparison.Ordinal),
            findings,
            $"Expected \"{rule}: {type}.{member}: ... {detail} ...\" among:\n{string.Join('\n', findings)}");
}
