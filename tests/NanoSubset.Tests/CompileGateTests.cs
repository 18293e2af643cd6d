namespace DeviceClient.NanoSubset;

/// <summary>The first half of the gate is the compiler: what boards lack is not in scope.</summary>
[TestClass]
public sealed class CompileGateTests
{
    [TestMethod]
    public void Compile_AllowedSource_HasNoErrors()
    {
        string[] errors = SubsetFixture.ErrorsInSubset("""
            #nullable enable
            namespace N;
            using System;
            using System.Diagnostics.CodeAnalysis;
            public sealed class C
            {
                public string? Name { get; set; }
                public bool TryGet([NotNullWhen(true)] out string? name, int limit)
                {
                    name = Name ?? $"{limit} of {nameof(C)}" + int.MaxValue;
                    return name.Length > 0 && name.IndexOf('a') < 0 && !string.IsNullOrEmpty(name);
                }
            }
            """);
        Assert.IsEmpty(errors, string.Join('\n', errors));
    }

    [TestMethod]
    [DataRow("string M(string s) => s.Replace(\"a\", \"b\");", "Replace")]
    [DataRow("string M(string[] s) => string.Join(\",\", s);", "Join")]
    [DataRow("bool M(string s) => s.StartsWith(\"a\");", "StartsWith")]
    [DataRow("bool M(string s) => s.Contains('a');", "char")]
    [DataRow("string M(string s) => s.ToLower();", "ToLower")]
    [DataRow("int M(string s) => s.IndexOf(\"a\");", "string")]
    [DataRow("bool M(string s) => string.IsNullOrWhiteSpace(s);", "IsNullOrWhiteSpace")]
    [DataRow("bool M(char c) => char.IsDigit(c);", "IsDigit")]
    [DataRow("int M(string s) => int.Parse(s);", "Parse")]
    [DataRow("string M(double d) => d.ToString(\"R\");", "ToString")]
    [DataRow("object M() => System.DateTime.UtcNow;", "DateTime")]
    [DataRow("object M() => System.Guid.NewGuid();", "Guid")]
    [DataRow("object M() => new System.Random();", "Random")]
    [DataRow("void M() => System.Threading.Thread.Sleep(1);", "Threading")]
    [DataRow("void M() => System.Console.WriteLine();", "Console")]
    [DataRow("void M() { lock (this) { } }", "Monitor")]
    [DataRow("object M() => new System.Collections.Generic.List<int>();", "Generic")]
    [DataRow("int? M() => 1;", "Nullable")]
    [DataRow("void M(System.Action<int> a) { }", "Action")]
    [DataRow("void M(System.Span<byte> a) { }", "Span")]
    [DataRow("object M() => (1, 2);", "ValueTuple")]
    [DataRow("record R(int A);", "IEquatable")]
    [DataRow("async void M() { }", "AsyncVoidMethodBuilder")]
    [DataRow("System.Collections.IEnumerable M() { yield return 1; }", "IEnumerator`1", DisplayName = "yield")]
    [DataRow("volatile int _a;", "IsVolatile")]
    [DataRow("byte[] M(byte[] a) => a[1..2];", "Range")]
    [DataRow("byte M(byte[] a) => a[^1];", "Index")]
    [DataRow("decimal M() => 1m;", "Decimal")]
    [DataRow("object M(dynamic d) => d.X;", "DynamicAttribute")]
    [DataRow("interface I { int M() => 1; }", "CS8701")]
    [DataRow("byte[] M() => \"a\"u8;", "CS8936", DisplayName = "C# 11")]
    [DataRow("object M() => System.Enum.IsDefined(null, 1);", "IsDefined")]
    [DataRow("bool M(string s) => s.Equals(\"a\", System.StringComparison.Ordinal);", "StringComparison")]
    public void Compile_ForbiddenCall_IsAnError(string member, string named)
    {
        string[] errors = SubsetFixture.ErrorsInSubset("class C { " + member + " }");
        Assert.IsNotEmpty(errors, "It compiles.");
        Assert.Contains(e => e.Contains(named, StringComparison.OrdinalIgnoreCase), errors, string.Join('\n', errors));
    }
}
