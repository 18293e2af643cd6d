namespace Quickstart;

/// <summary>The provisioning service and an enrollment group whose devices may register there.</summary>
/// <param name="HostName">Host of the service, with its port where that is not the standard one.</param>
/// <param name="IdScope">ID scope.</param>
/// <param name="GroupKey">The group's key, base64. A real device never gets it: its own key is derived in the factory.</param>
/// <param name="RegistrationId">The name under which the device registers.</param>
internal sealed record ProvisioningPlace(string HostName, string IdScope, string GroupKey, string RegistrationId);
