using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator;

/// <summary>DPS over MQTT. Source: docs/emulator.md, "Provisioning".</summary>
internal sealed class MqttProvisioning(HubState hub, HubProvisioning provisioning) : IMqttProvisioning
{
    /// <inheritdoc/>
    public IMqttProvisioningSession Connect(
        string idScope, string registrationId, string query, string clientId, string? password, X509Certificate2? certificate)
    {
        if (!string.Equals(clientId, registrationId, StringComparison.OrdinalIgnoreCase))
        {
            throw ProvisioningErrors.InvalidRequest(
                $"The client id '{clientId}' is not the registration id '{registrationId}' of the user name.");
        }

        if (!query.Split('&').Any(pair => pair.StartsWith("api-version=", StringComparison.Ordinal) && pair.Length > "api-version=".Length))
        {
            throw ProvisioningErrors.InvalidRequest(
                $"The user name has no api-version after '{idScope}/registrations/{registrationId}/'; there is no question mark in it.");
        }

        return new MqttProvisioningSession(hub, provisioning, provisioning.Authenticate(idScope, registrationId, password));
    }
}
