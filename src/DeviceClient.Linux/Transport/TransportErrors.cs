using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace DeviceClient.Transport;

/// <summary>Turns what sockets, TLS and HTTP throw into the one exception of the client, with a remedy in its text.</summary>
internal static class TransportErrors
{
    /// <summary>Translates a failure of a connection attempt.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="handshake">The handshake's judgement, which knows why a certificate was refused.</param>
    /// <param name="settings">Where the attempt went.</param>
    /// <returns>The exception to throw; never null.</returns>
    internal static HubClientException Translate(Exception error, ServerTrust.Handshake handshake, TransportSettings settings)
    {
        string where = $"{settings.Host}:{settings.Port}";
        if (error is HubClientException known)
        {
            return known;
        }

        if (handshake.Refusal is not null)
        {
            return new HubClientException(HubErrorCode.TlsFailed, $"TLS with {where} failed: {handshake.Refusal}.", error);
        }

        if (Find(error, out AuthenticationException? tls))
        {
            return new HubClientException(HubErrorCode.TlsFailed, $"TLS with {where} failed: {Innermost(tls).Message} Check the TLS versions, and the certificate if the server asks for one.", error);
        }

        if (Find(error, out SocketException? socket))
        {
            string what = socket.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                ? "the name cannot be resolved; check the host name and DNS"
                : $"{socket.SocketErrorCode}; check the network and that port {settings.Port} is open";
            return new HubClientException(HubErrorCode.NetworkUnavailable, $"No connection to {where}: {what}.", error);
        }

        if (Find(error, out HttpRequestException? http))
        {
            return FromHttp(http, where, error);
        }

        if (Find(error, out WebSocketException? webSocket))
        {
            return new HubClientException(HubErrorCode.NetworkUnavailable, $"The WebSocket to {where} was not opened: {webSocket.Message}", error);
        }

        return new HubClientException(HubErrorCode.NetworkUnavailable, $"No connection to {where}: {Innermost(error).Message}", error);
    }

    private static HubClientException FromHttp(HttpRequestException http, string where, Exception error)
    {
        if (http.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
        {
            return new HubClientException(HubErrorCode.NetworkUnavailable, $"The proxy wants credentials for {where} (407): set Proxy with Credentials.", error)
            {
                ServiceStatus = 407,
                IsTransient = false,
            };
        }

        string status = http.StatusCode is { } code ? $" (HTTP {(int)code})" : "";
        return new HubClientException(HubErrorCode.NetworkUnavailable, $"No connection to {where}{status}: {Innermost(http).Message}", error)
        {
            ServiceStatus = (int)(http.StatusCode ?? 0),
        };
    }

    private static bool Find<T>(Exception error, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? found)
        where T : Exception
    {
        for (Exception? at = error; at is not null; at = at.InnerException)
        {
            if (at is T match)
            {
                found = match;
                return true;
            }
        }

        found = null;
        return false;
    }

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }
}
