using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace DeviceClient.NanoSubset.Inspection;

/// <summary>One decoded IL instruction: where it is, what it does, and its token when it has one (otherwise 0).</summary>
internal readonly record struct Instruction(int Offset, OpCode Code, int Token)
{
    private static readonly FrozenDictionary<int, OpCode> s_codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(code => code.Value & 0xFFFF);

    public string Text(string operand) => $"IL_{Offset:x4} {Code.Name}{(operand.Length == 0 ? "" : " " + operand)}";

    /// <summary>Decodes a method body whole.</summary>
    /// <exception cref="BadImageFormatException">An operation code is unknown.</exception>
    public static List<Instruction> Decode(BlobReader body)
    {
        List<Instruction> result = [];
        while (body.RemainingBytes > 0)
        {
            int offset = body.Offset;
            int value = body.ReadByte();
            if (value == 0xFE)
            {
                value = 0xFE00 | body.ReadByte();
            }

            if (!s_codes.TryGetValue(value, out OpCode code))
            {
                throw new BadImageFormatException($"Unknown operation code 0x{value:x} at IL_{offset:x4}.");
            }

            result.Add(new Instruction(offset, code, ReadOperand(ref body, code.OperandType)));
        }

        return result;
    }

    private static int ReadOperand(ref BlobReader body, OperandType type)
    {
        switch (type)
        {
            case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig
                or OperandType.InlineString or OperandType.InlineTok or OperandType.InlineType:
                return body.ReadInt32();
            case OperandType.InlineNone:
                return 0;
            case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                body.Offset += 1;
                return 0;
            case OperandType.InlineVar:
                body.Offset += 2;
                return 0;
            case OperandType.InlineI8 or OperandType.InlineR:
                body.Offset += 8;
                return 0;
            case OperandType.InlineSwitch:
                int targets = body.ReadInt32();
                body.Offset += 4 * targets;
                return 0;
            default:
                body.Offset += 4;
                return 0;
        }
    }
}
