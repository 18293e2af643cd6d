// Shown by nano-api/mscorlib.txt (CoreLibrary 1.17.11): what the C# compiler asks for on its own account.
namespace System
{
    public abstract class Delegate
    {
        protected Delegate() { }

        public static Delegate Combine(Delegate a, Delegate b) => throw null;

        public static Delegate Remove(Delegate source, Delegate value) => throw null;
    }

    public abstract class MulticastDelegate : Delegate
    {
        protected MulticastDelegate() { }
    }

    public abstract class Type : Reflection.MemberInfo
    {
        protected Type() { }

        public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => throw null;
    }

    public struct RuntimeTypeHandle
    {
    }

    public struct RuntimeMethodHandle
    {
    }

    public struct RuntimeFieldHandle
    {
    }
}

namespace System.Reflection
{
    public abstract class MemberInfo
    {
        protected MemberInfo() { }
    }

    public sealed class DefaultMemberAttribute : Attribute
    {
        public DefaultMemberAttribute(string memberName) { }
    }
}

namespace System.Runtime.CompilerServices
{
    public static class RuntimeHelpers
    {
        public static void InitializeArray(Array array, RuntimeFieldHandle fldHandle) => throw null;
    }

    public static class IsExternalInit
    {
    }
}
