// Shown by nano-api/mscorlib.txt (CoreLibrary 1.17.11): object, the value types of the language, and what they offer.
// Left out on purpose although listed there: Parse, TryParse and ToString(format) of the numbers and every text form of
// float and double, because .NET makes them depend on the culture. The core reads and writes numbers itself.
namespace System;

public class Object
{
    public Object() { }

    public virtual bool Equals(object obj) => throw null;

    public virtual int GetHashCode() => throw null;

    public virtual string ToString() => throw null;

    public Type GetType() => throw null;

    public static bool ReferenceEquals(object objA, object objB) => throw null;
}

public struct Void
{
}

public abstract class ValueType
{
    protected ValueType() { }
}

public abstract class Enum : ValueType
{
    protected Enum() { }

    public override string ToString() => throw null;
}

public struct Boolean
{
    public override string ToString() => throw null;
}

public struct Char
{
    public const char MaxValue = '\uFFFF';
    public const char MinValue = '\0';

    public override string ToString() => throw null;
}

public struct SByte
{
    public const sbyte MaxValue = 127;
    public const sbyte MinValue = -128;

    public override string ToString() => throw null;
}

public struct Byte
{
    public const byte MaxValue = 255;
    public const byte MinValue = 0;

    public override string ToString() => throw null;
}

public struct Int16
{
    public const short MaxValue = 32767;
    public const short MinValue = -32768;

    public override string ToString() => throw null;
}

public struct UInt16
{
    public const ushort MaxValue = 65535;
    public const ushort MinValue = 0;

    public override string ToString() => throw null;
}

public struct Int32
{
    public const int MaxValue = 2147483647;
    public const int MinValue = -2147483648;

    public override string ToString() => throw null;
}

public struct UInt32
{
    public const uint MaxValue = 4294967295;
    public const uint MinValue = 0;

    public override string ToString() => throw null;
}

public struct Int64
{
    public const long MaxValue = 9223372036854775807;
    public const long MinValue = -9223372036854775808;

    public override string ToString() => throw null;
}

public struct UInt64
{
    public const ulong MaxValue = 18446744073709551615;
    public const ulong MinValue = 0;

    public override string ToString() => throw null;
}

public struct Single
{
}

public struct Double
{
    public const double MaxValue = 1.7976931348623157E+308;
    public const double MinValue = -1.7976931348623157E+308;
    public const double NaN = 0.0 / 0.0;
    public const double NegativeInfinity = -1.0 / 0.0;
    public const double PositiveInfinity = 1.0 / 0.0;

    public static bool IsInfinity(double d) => throw null;

    public static bool IsNaN(double d) => throw null;
}

public struct IntPtr
{
}

public struct UIntPtr
{
}

public static class BitConverter
{
    public static long DoubleToInt64Bits(double value) => throw null;

    public static double Int64BitsToDouble(long value) => throw null;
}
