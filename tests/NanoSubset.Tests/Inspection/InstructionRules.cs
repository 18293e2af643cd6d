using System.Reflection.Emit;

namespace DeviceClient.NanoSubset.Inspection;

/// <summary>Rules that one instruction breaks by itself.</summary>
internal static class InstructionRules
{
    /// <summary>The broken rule, or null.</summary>
    public static string? Check(Instruction instruction, Instruction? next, string operand)
    {
        string code = instruction.Code.Name!;
        if (IsForbidden(code))
        {
            return Rules.Instruction;
        }

        // A method address is for a delegate and nothing else.
        if (code is "ldftn" or "ldvirtftn" && next?.Code != OpCodes.Newobj)
        {
            return Rules.FunctionPointer;
        }

        // The culture decides how .NET writes a fraction; boards have one way.
        if (code == "constrained." && operand is "System.Double" or "System.Single")
        {
            return Rules.CultureText;
        }

        return code == "ldstr" && operand.Contains('\0', StringComparison.Ordinal) ? Rules.ZeroInText : null;
    }

    // Overflow checks never throw on a board; the others end its program or crash its interpreter, or have no C# 10
    // form that the subset allows.
    private static bool IsForbidden(string code) => code.Contains(".ovf", StringComparison.Ordinal) || code is
        "localloc" or "calli" or "jmp" or "mkrefany" or "refanytype" or "refanyval" or "arglist" or "cpblk" or "initblk"
        or "cpobj" or "volatile." or "unaligned." or "tail." or "sizeof" or "ckfinite" or "no.";
}
