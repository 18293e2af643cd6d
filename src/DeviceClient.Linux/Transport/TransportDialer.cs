using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace DeviceClient.Transport;

/// <summary>Opens the byte stream to the server: name, TCP, TLS and, where chosen, WebSocket through a proxy.</summary>
/// <remarks>A stream handed out owns everything below it. A failed or cancelled attempt leaves no socket behind.</remarks>
internal static class TransportDialer
{
    /// <summary>Opens a stream.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="chain">Client certificate, or null.</param>
    /// <param name="cancellationToken">Ends the attempt; deadlines come in by it.</param>
    /// <returns>The stream, TLS done.</returns>
    /// <exception cref="HubClientException">Network, TLS or proxy failed; the code says which.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static async Task<Stream> DialAsync(TransportSettings settings, SslStreamCertificateContext? chain, CancellationToken cancellationToken)
    {
        ServerTrust.Handshake handshake = new(settings.Trust, settings.Host);
        try
        {
            return settings.WebSocketPath is null
                ? await DialTcpAsync(settings, handshake, chain, cancellationToken).ConfigureAwait(false)
                : await DialWebSocketAsync(settings, handshake, chain, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw TransportErrors.Translate(error, handshake, settings);
        }
    }

    private static async Task<Stream> DialTcpAsync(TransportSettings settings, ServerTrust.Handshake handshake, SslStreamCertificateContext? chain, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? tls = null;
        try
        {
            await socket.ConnectAsync(settings.Host, settings.Port, cancellationToken).ConfigureAwait(false);
            tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(settings.CreateTlsOptions(handshake, chain), cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            if (tls is not null)
            {
                await tls.DisposeAsync().ConfigureAwait(false);
            }

            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> DialWebSocketAsync(TransportSettings settings, ServerTrust.Handshake handshake, SslStreamCertificateContext? chain, CancellationToken cancellationToken)
    {
        // The handler, and not ClientWebSocketOptions, because only it takes a certificate context: the chain must go out whole.
        // No name is resolved here when a proxy is set: the proxy gets the name (a device behind it may have no DNS).
        SocketsHttpHandler handler = new()
        {
            SslOptions = settings.CreateTlsOptions(handshake, chain),
            UseProxy = settings.Proxy is not null,
            Proxy = settings.Proxy,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        HttpMessageInvoker invoker = new(handler);
        ClientWebSocket socket = new();
        try
        {
            socket.Options.AddSubProtocol("mqtt");
            // MQTT has its own keep-alive; a second one would be a timer for each connection.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            UriBuilder uri = new("wss", settings.Host, settings.Port, settings.WebSocketPath!);
            await socket.ConnectAsync(uri.Uri, invoker, cancellationToken).ConfigureAwait(false);
            return new OwningStream(WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true), socket, invoker);
        }
        catch
        {
            socket.Dispose();
            invoker.Dispose();
            throw;
        }
    }
}
