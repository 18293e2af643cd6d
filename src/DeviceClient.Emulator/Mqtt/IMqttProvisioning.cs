using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator;

/// <summary>
/// The provisioning service behind the MQTT endpoint. It shares the port with the hub: a CONNECT whose user name is
/// <c>{idScope}/registrations/{registrationId}/api-version=..</c> comes here.
/// </summary>
internal interface IMqttProvisioning
{
    /// <summary>Judges a CONNECT.</summary>
    /// <param name="idScope">First segment of the user name.</param>
    /// <param name="registrationId">Third segment of the user name.</param>
    /// <param name="query">Fourth segment: <c>api-version=..&amp;ClientVersion=..</c>, not decoded; empty when missing.</param>
    /// <param name="clientId">Client id of CONNECT; should be the registration id.</param>
    /// <param name="password">Password text, or null when absent or empty.</param>
    /// <param name="certificate">Certificate of the TLS handshake, or null.</param>
    /// <returns>The session that answers the peer's publishes.</returns>
    /// <exception cref="HubServiceException">The peer is refused with CONNACK 5; code and message go to the log.</exception>
    IMqttProvisioningSession Connect(
        string idScope, string registrationId, string query, string clientId, string? password, X509Certificate2? certificate);
}
