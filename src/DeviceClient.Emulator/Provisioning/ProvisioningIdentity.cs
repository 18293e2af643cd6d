namespace DeviceClient.Emulator;

/// <summary>A device that proved itself to DPS: who it is, which entry admits it, and the keys it will have in the hub.</summary>
internal sealed record ProvisioningIdentity(
    string RegistrationId, HubEnrollment Enrollment, string PrimaryKey, string SecondaryKey, DateTimeOffset TokenExpiry)
{
    // A record's own text would show the keys.
    public override string ToString() => RegistrationId;
}
