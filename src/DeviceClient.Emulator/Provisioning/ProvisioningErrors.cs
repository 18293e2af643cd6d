namespace DeviceClient.Emulator;

/// <summary>The refusals of DPS. 401002, 404201 and 404202 are seen in the field; the other numbers are our choice within the
/// classes that the documentation names. Source: docs/emulator.md, "Provisioning".</summary>
internal static class ProvisioningErrors
{
    internal static HubServiceException InvalidEnrollment(string message) => new(400201, "EnrollmentInvalid", message);

    internal static HubServiceException InvalidRequest(string message) => new(400204, "RegistrationInvalid", message);

    internal static HubServiceException Unauthorized(string message) => new(401002, "Unauthorized", message);

    internal static HubServiceException UnknownScope(string scope) => new(
        404200, "IdScopeNotFound", $"The ID scope '{scope}' is not known here. Use the one that the emulator prints at its start.");

    internal static HubServiceException EnrollmentNotFound(string kind, string id) => new(
        404201, "EnrollmentNotFound", $"{kind} '{id}' not found.");

    internal static HubServiceException RegistrationNotFound(string id) => new(
        404202, "RegistrationNotFound", $"Registration '{id}' not found: the device has not registered.");

    internal static HubServiceException NotEnrolled(string id) => new(
        404204, "RegistrantNotFound", $"No enrollment admits the registration id '{id}'. Add an individual enrollment or a group.");

    internal static HubServiceException OperationNotFound(string id) => new(
        404205, "OperationNotFound", $"Operation '{id}' not found for this registration. Register again.");

    internal static HubServiceException EnrollmentExists(string kind, string id) => new(
        409201, "EnrollmentConflict", $"{kind} '{id}' exists. Send If-Match to update it.");

    internal static HubServiceException StaleETag(string what, string given, string current) => new(
        412201, "PreconditionFailed", $"{what} has the etag {current}, not {given}. Read it again and repeat the change.");
}
