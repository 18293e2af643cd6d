// Shown by nano-api/mscorlib.txt (CoreLibrary 1.17.11): the exceptions a caller's mistake ends in.
namespace System;

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

public class Exception
{
    public Exception() { }

    public Exception(string message) { }

    public Exception(string message, Exception innerException) { }

    public virtual string Message => throw null;

    public Exception InnerException => throw null;

    public override string ToString() => throw null;
}

public class SystemException : Exception
{
    public SystemException() { }

    public SystemException(string message) { }

    public SystemException(string message, Exception innerException) { }
}

public class ArgumentException : SystemException
{
    public ArgumentException() { }

    public ArgumentException(string message) { }

    public ArgumentException(string message, Exception innerException) { }

    public ArgumentException(string message, string paramName) { }

    public override string Message => throw null;

    public virtual string ParamName => throw null;
}

public class ArgumentNullException : ArgumentException
{
    public ArgumentNullException() { }

    public ArgumentNullException(string paramName) { }

    public ArgumentNullException(string paramName, string message) { }

    public static void ThrowIfNull([NotNull] object argument, [CallerArgumentExpression("argument")] string paramName = null) => throw null;
}

public class ArgumentOutOfRangeException : ArgumentException
{
    public ArgumentOutOfRangeException() { }

    public ArgumentOutOfRangeException(string paramName) { }

    public ArgumentOutOfRangeException(string paramName, string message) { }
}

public class InvalidOperationException : SystemException
{
    public InvalidOperationException() { }

    public InvalidOperationException(string message) { }

    public InvalidOperationException(string message, Exception innerException) { }
}
