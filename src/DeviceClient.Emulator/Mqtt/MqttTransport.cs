using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;

namespace DeviceClient.Emulator;

/// <summary>Bytes in, bytes out: a TLS connection or a WebSocket, whichever carried the MQTT peer here.</summary>
/// <param name="Input">What the peer sent.</param>
/// <param name="Output">What goes to the peer.</param>
/// <param name="Abort">Cuts the connection without a word.</param>
/// <param name="ClientCertificate">The certificate the peer showed in the TLS handshake, or null.</param>
/// <param name="RemoteEndPoint">Address and port of the peer.</param>
/// <param name="Protocol"><c>MQTT</c> or <c>MQTT-WS</c>.</param>
internal sealed record MqttTransport(
    PipeReader Input, PipeWriter Output, Action Abort, X509Certificate2? ClientCertificate, string RemoteEndPoint, string Protocol);
