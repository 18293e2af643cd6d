namespace DeviceClient.NanoSubset.Inspection;

/// <summary>Names of the rules. Each of these constructs converts for a board and then crashes its interpreter, ends the
/// program silently, or gives a wrong value.</summary>
internal static class Rules
{
    public const string GenericDeclaration = "generic declaration";
    public const string GenericInstance = "generic instance";
    public const string MultidimensionalArray = "multidimensional array";
    public const string FunctionPointer = "function pointer";
    public const string Pointer = "pointer";
    public const string TypedReference = "typed reference";
    public const string CustomModifier = "required modifier";
    public const string VariableArguments = "variable arguments";
    public const string Instruction = "forbidden instruction";
    public const string InterfaceBody = "interface method body";
    public const string NativeMethod = "native method";
    public const string Outside = "outside the declared members";
    public const string CultureText = "culture-sensitive text";
    public const string ZeroInText = "NUL in a string";
}
