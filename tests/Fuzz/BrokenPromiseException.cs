using System.Diagnostics.CodeAnalysis;

namespace DeviceClient.Fuzz;

/// <summary>Thrown when a parser breaks a promise without throwing by itself; a fuzzer takes it for a crash.</summary>
public sealed class BrokenPromiseException : Exception
{
    public BrokenPromiseException()
    {
    }

    public BrokenPromiseException(string message)
        : base(message)
    {
    }

    public BrokenPromiseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Throws when the promise does not hold.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool holds, string promise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(promise);
        }
    }
}
