namespace DeviceClient.NanoSubset.Inspection;

/// <summary>One construct that a nanoFramework board cannot run, and where it stands.</summary>
/// <param name="Rule">Name of the broken rule, one of <see cref="Rules"/>.</param>
/// <param name="Type">Type that contains it.</param>
/// <param name="Member">Member that contains it, or "(type)" or "(metadata)" where there is none.</param>
/// <param name="Detail">Instruction with its offset and operand, or the offending signature.</param>
internal sealed record Finding(string Rule, string Type, string Member, string Detail)
{
    public override string ToString() => $"{Rule}: {Type}.{Member}: {Detail}";
}
