// Shown by nano-api/mscorlib.txt (CoreLibrary 1.17.11): String.
// Left out on purpose although listed there, because .NET compares or converts by culture: Compare, CompareTo,
// StartsWith(string), EndsWith(string), IndexOf(string), LastIndexOf(string), ToLower, ToUpper.
namespace System;

using System.Collections;
using System.Runtime.CompilerServices;

public sealed class String : IEnumerable
{
    public static readonly string Empty;

    public String(char c, int count) { }

    public String(char[] value) { }

    public String(char[] value, int startIndex, int length) { }

    public int Length => throw null;

    [IndexerName("Chars")]
    public char this[int index] => throw null;

    public static bool operator ==(string a, string b) => throw null;

    public static bool operator !=(string a, string b) => throw null;

    public static string Concat(object arg0) => throw null;

    public static string Concat(object arg0, object arg1) => throw null;

    public static string Concat(object arg0, object arg1, object arg2) => throw null;

    public static string Concat(params object[] args) => throw null;

    public static string Concat(string str0, string str1) => throw null;

    public static string Concat(string str0, string str1, string str2) => throw null;

    public static string Concat(string str0, string str1, string str2, string str3) => throw null;

    public static string Concat(params string[] values) => throw null;

    public static bool Equals(string a, string b) => throw null;

    public static string Format(string format, params object[] args) => throw null;

    public static bool IsNullOrEmpty(string value) => throw null;

    public override bool Equals(object obj) => throw null;

    public IEnumerator GetEnumerator() => throw null;

    public int IndexOf(char value) => throw null;

    public int IndexOf(char value, int startIndex) => throw null;

    public int IndexOf(char value, int startIndex, int count) => throw null;

    public int IndexOfAny(char[] anyOf) => throw null;

    public int LastIndexOf(char value) => throw null;

    public bool Contains(string value) => throw null;

    public string[] Split(params char[] separator) => throw null;

    public string Substring(int startIndex) => throw null;

    public string Substring(int startIndex, int length) => throw null;

    public char[] ToCharArray() => throw null;

    public override string ToString() => throw null;

    public string Trim() => throw null;
}
