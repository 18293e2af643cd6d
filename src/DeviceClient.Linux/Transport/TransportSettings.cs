using System.Net;
using System.Net.Security;

namespace DeviceClient.Transport;

/// <summary>What a connection attempt needs to know about the way to the server; fixed for a client's life.</summary>
/// <param name="Host">Name to dial and to find in the certificate.</param>
/// <param name="Port">TCP port, 1 to 65535.</param>
/// <param name="WebSocketPath">Path of the WebSocket; null for TLS over TCP.</param>
/// <param name="Proxy">HTTP proxy for WebSocket and HTTPS; null: none.</param>
/// <param name="Trust">Judge of the server's certificate.</param>
internal sealed record TransportSettings(string Host, int Port, string? WebSocketPath, IWebProxy? Proxy, ServerTrust Trust)
{
    /// <summary>Path of the hub's and the provisioning service's MQTT WebSocket. Source: docs/protocol.md, "Endpoint".</summary>
    internal const string MqttWebSocketPath = "/$iothub/websocket";

    /// <summary>Builds the TLS settings of one handshake.</summary>
    /// <param name="handshake">The judge of this handshake.</param>
    /// <param name="chain">Client certificate, or null.</param>
    /// <returns>Settings: TLS 1.2 or newer as the system allows, name check on.</returns>
    internal SslClientAuthenticationOptions CreateTlsOptions(ServerTrust.Handshake handshake, SslStreamCertificateContext? chain) => new()
    {
        TargetHost = Host,
        CertificateRevocationCheckMode = Trust.RevocationMode,
        CertificateChainPolicy = Trust.CreateFirstPolicy(),
        RemoteCertificateValidationCallback = handshake.Validate,
        ClientCertificateContext = chain,
    };
}
