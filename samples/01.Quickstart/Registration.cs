using System.Security.Cryptography.X509Certificates;
using DeviceClient;

namespace Quickstart;

/// <summary>How a device that knows only its ID scope and its key learns which hub it belongs to.</summary>
internal static class Registration
{
    internal static async Task<HubIdentity> RegisterAsync(ICloud cloud, Story story, CancellationToken cancellationToken)
    {
        // The lesson plays the factory too: there the device's key is derived from the group's, and only the derived one
        // goes into the device.
        ProvisioningPlace place = cloud.Provisioning;
        ProvisioningIdentity identity = ProvisioningIdentity.FromGroupKey(place.RegistrationId, place.GroupKey);
        ProvisioningDeviceClientOptions options = new() { HostName = place.HostName, TrustedRoots = new X509Certificate2Collection(cloud.Root) };

        story.Tell("device", $"registers as '{place.RegistrationId}' in scope {place.IdScope}");
        ProvisioningResult result = await new ProvisioningDeviceClient(place.IdScope, identity, options).RegisterAsync(cancellationToken: cancellationToken);
        story.Tell("device", $"is '{result.DeviceId}' at hub {result.AssignedHub} ({result.Substatus})", Chapter.Registered);
        return identity.ToHubIdentity(result);
    }
}
