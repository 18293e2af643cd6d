using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>What outlives the process.</content>
public sealed partial class HubProvisioning
{
    private const string EnrollmentKind = "enrollment";
    private const string GroupKind = "enrollmentGroup";
    private const string RegistrationKind = "registration";

    // Ids are the same in any letter case; the store compares bytes.
    private static string Key(string id) => id.ToLowerInvariant();

    private void Save(HubEnrollment entry) => _hub.Save(
        entry.IsGroup ? GroupKind : EnrollmentKind,
        Key(entry.Id),
        () => ProvisioningJson.WriteEnrollment(entry, null, withKeys: true));

    private void Save(HubRegistration state) => _hub.Save(
        RegistrationKind, Key(state.RegistrationId), () => ProvisioningJson.StoreRegistration(state));

    private void Forget(HubEnrollment entry) => _hub.Delete(entry.IsGroup ? GroupKind : EnrollmentKind, Key(entry.Id));

    private void Load()
    {
        foreach (HubStoreDocument document in _hub.Documents)
        {
            switch (document.Kind)
            {
                case EnrollmentKind or GroupKind:
                    HubEnrollment entry = Restore(Parse(document), document.Kind == GroupKind);
                    Entries(entry.IsGroup)[entry.Id] = entry;
                    break;
                case RegistrationKind:
                    HubRegistration state = ProvisioningJson.RestoreRegistration(Parse(document));
                    _registrations[state.RegistrationId] = state;
                    break;
                default:
                    break;
            }
        }
    }

    private static JsonObject Parse(HubStoreDocument document) => JsonNode.Parse(document.Json)!.AsObject();

    private static HubEnrollment Restore(JsonObject document, bool isGroup) =>
        ProvisioningJson.ReadEnrollment(document, isGroup, null) with
        {
            Created = ProvisioningJson.ReadTime(document, "createdDateTimeUtc"),
            LastUpdated = ProvisioningJson.ReadTime(document, "lastUpdatedDateTimeUtc"),
        };
}
