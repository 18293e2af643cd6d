using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DeviceClient.Emulator;

/// <summary>
/// The listeners: one Kestrel with an MQTT port and an HTTPS port. Both ask for a client certificate and require none: whether an
/// identity needs one is decided at CONNECT or by the REST call, as at the real hub.
/// </summary>
internal sealed class HubHost : IAsyncDisposable
{
    private readonly HubState _hub;
    private readonly HubCertificates _certificates;
    private readonly MqttEndpoint _mqtt;
    private readonly RestFront _rest;
    private readonly WebApplication _app;
    private ListenOptions? _mqttListener;
    private ListenOptions? _httpsListener;

    internal HubHost(HubState hub, HubProvisioning provisioning, HubCertificates certificates)
    {
        _hub = hub;
        _certificates = certificates;
        _mqtt = new MqttEndpoint(hub) { Provisioning = new MqttProvisioning(hub, provisioning) };
        _rest = new RestFront(hub, provisioning, certificates);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(Configure);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        if (hub.Options.LoggerFactory is ILoggerFactory loggerFactory)
        {
            builder.Services.AddSingleton(loggerFactory);
        }

        _app = builder.Build();
        _app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        _app.Run(AnswerAsync);
    }

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            throw new IOException(
                $"The emulator cannot listen on {_hub.Options.Address} port {_hub.Options.MqttPort} (MQTT) and {_hub.Options.HttpsPort} (HTTPS): {error.Message} "
                + "A port may be in use, or below 1024 and not allowed to this user; give others, or 0 for any.", error);
        }

        _hub.MqttPort = _mqttListener!.IPEndPoint!.Port;
        _hub.HttpsPort = _httpsListener!.IPEndPoint!.Port;
        _hub.Log.Write(HubLogEvent.Host, 0, null, $"'{_hub.HostName}' listens on {_hub.Options.Address}: MQTT {_hub.MqttPort}, HTTPS and WebSocket {_hub.HttpsPort}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DeviceLink link in _hub.Connections.Links())
        {
            link.Close(404104, "The emulator stops.");
        }

        _mqtt.AbortAll();
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = null;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
        Listen(kestrel, _hub.Options.MqttPort, listener =>
        {
            _mqttListener ??= listener;
            Secure(listener);
            listener.Run(_mqtt.HandleAsync);
        });
        Listen(kestrel, _hub.Options.HttpsPort, listener =>
        {
            _httpsListener ??= listener;
            listener.Protocols = HttpProtocols.Http1AndHttp2;
            Secure(listener);
        });
    }

    /// <summary>A fixed port on loopback is bound for IPv4 and IPv6: newer Node versions try ::1 first for <c>localhost</c>.</summary>
    private void Listen(KestrelServerOptions kestrel, int port, Action<ListenOptions> configure)
    {
        if (port != 0 && IPAddress.Loopback.Equals(_hub.Options.Address))
        {
            kestrel.ListenLocalhost(port, configure);
        }
        else
        {
            kestrel.Listen(_hub.Options.Address, port, configure);
        }
    }

    private void Secure(ListenOptions listener) => listener.UseHttps(https =>
    {
        // The hub ended TLS 1.0 and 1.1 in August 2025.
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.ServerCertificateSelector = (_, _) => _certificates.GetServer();
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.AllowAnyClientCertificate();
    });

    private Task AnswerAsync(HttpContext context)
    {
        bool webSocket = context.WebSockets.IsWebSocketRequest
            && (context.Request.Path == "/$iothub/websocket" || context.Request.Path == "/" || !context.Request.Path.HasValue);
        return webSocket ? _mqtt.HandleAsync(context) : _rest.HandleAsync(context);
    }
}
