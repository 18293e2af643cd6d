using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace DeviceClient.Emulator;

/// <summary>
/// Accepts MQTT connections, over TLS and over WebSocket: reads CONNECT, lets the hub or the provisioning service judge it, runs the
/// session and sees to it that each end leaves one line in the log. Safe for concurrent use.
/// </summary>
internal sealed class MqttEndpoint(HubState hub)
{
    private readonly DeviceAuthenticator _authenticator = new(hub);
    private readonly ConcurrentDictionary<MqttWire, byte> _wires = new();

    /// <summary>The provisioning service; null until it is there, then its user names are refused.</summary>
    internal IMqttProvisioning? Provisioning { get; set; }

    /// <summary>One TLS connection, for Kestrel.</summary>
    internal async Task HandleAsync(ConnectionContext connection)
    {
        MqttTransport transport = new(
            connection.Transport.Input,
            connection.Transport.Output,
            () => HangUp(connection),
            connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate,
            connection.RemoteEndPoint?.ToString() ?? "?",
            "MQTT");
        await RunAsync(transport).ConfigureAwait(false);
    }

    /// <summary>One WebSocket request, for the HTTPS pipeline. The sub-protocol is echoed in the letter case in which it was offered.</summary>
    internal async Task HandleAsync(HttpContext context)
    {
        string? offered = context.WebSockets.IsWebSocketRequest
            ? context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(static p => p.Equals("mqtt", StringComparison.OrdinalIgnoreCase))
            : null;
        if (offered is null)
        {
            hub.Log.Write(HubLogEvent.Refused, 400004, null, $"A request for the WebSocket endpoint offers the sub-protocols '{string.Join(", ", context.WebSockets.WebSocketRequestedProtocols)}'; MQTT needs 'mqtt'.");
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(offered).ConfigureAwait(false);
        WebSocketStream stream = WebSocketStream.Create(socket, WebSocketMessageType.Binary, closeTimeout: TimeSpan.FromSeconds(1));
        await using (stream.ConfigureAwait(false))
        {
            MqttTransport transport = new(
                PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)),
                PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)),
                context.Abort,
                context.Connection.ClientCertificate,
                $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}",
                "MQTT-WS");
            await RunAsync(transport).ConfigureAwait(false);
        }
    }

    // The hub ends TLS and TCP in order, without a word of MQTT. A reset instead would look like a broken network, and the
    // official Node SDK does not come back after one. A peer that does not read is cut after a second.
    private static void HangUp(ConnectionContext connection)
    {
        connection.Transport.Input.CancelPendingRead();
        _ = Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None).ContinueWith(
            static (_, state) => ((ConnectionContext)state!).Abort(), connection, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Cuts every connection, those without CONNECT and those to the provisioning service included: the host stops.</summary>
    internal void AbortAll()
    {
        foreach (MqttWire wire in _wires.Keys)
        {
            wire.Abort();
        }
    }

    private async Task RunAsync(MqttTransport transport)
    {
        MqttWire wire = new(transport, hub.Behavior.CoalesceAcknowledgements);
        IMqttPeer? peer = null;
        _wires[wire] = 0;
        try
        {
            MqttConnectPacket? connect = await ReadConnectAsync(wire).ConfigureAwait(false);
            peer = connect is null ? null : await AdmitAsync(wire, connect).ConfigureAwait(false);
            if (peer is null)
            {
                await wire.DrainAsync().ConfigureAwait(false);
                return;
            }

            bool disconnected = await wire.RunAsync(peer).ConfigureAwait(false);
            peer.Closed(disconnected ? 0 : 404104, disconnected ? "The device disconnected." : "The device closed the connection without DISCONNECT.");
        }
        catch (MqttLevelException error)
        {
            hub.Log.Write(HubLogEvent.Refused, 400001, null, $"{error.Message} From {transport.RemoteEndPoint}.");
            await RefuseAsync(wire, 1).ConfigureAwait(false);
        }
        catch (MqttViolationException error)
        {
            End(wire, peer, error.Code, error.Message);
        }
        catch (Exception error) when (error is IOException or ConnectionAbortedException or ConnectionResetException or OperationCanceledException or WebSocketException or InvalidOperationException)
        {
            End(wire, peer, 404104, $"The connection was lost: {error.Message}");
        }
        catch (Exception error)
        {
            // A defect of the emulator: the device must not stay connected to a session that nobody runs.
            End(wire, peer, 500001, $"The emulator failed: {error.GetType().Name}: {error.Message}");
            throw;
        }
        finally
        {
            _wires.TryRemove(wire, out _);
        }
    }

    private async Task<MqttConnectPacket?> ReadConnectAsync(MqttWire wire)
    {
        TimeSpan limit = hub.Behavior.ConnectTimeout;
        using CancellationTokenSource timeout = new(limit, hub.Time);
        try
        {
            return await wire.ReadConnectAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new MqttViolationException(404104, $"No CONNECT within {limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>The peer that was let in, with CONNACK under way; null when it was refused.</summary>
    private async Task<IMqttPeer?> AdmitAsync(MqttWire wire, MqttConnectPacket connect)
    {
        string? password = connect.Password is { Length: > 0 } bytes ? Encoding.UTF8.GetString(bytes) : null;
        if (MqttUserName.TryParseProvisioning(connect.Username, out string? idScope, out string? registrationId, out string query))
        {
            return await AdmitToProvisioningAsync(wire, connect, idScope, registrationId, query, password).ConfigureAwait(false);
        }

        HubEmulatorBehavior behavior = hub.Behavior;
        if (!MqttUserName.TryParse(connect.Username, out MqttUserName? name, out string? fault))
        {
            return await RefuseAsync(wire, connect, behavior.MalformedUserNameReturnCode, 400004, fault).ConfigureAwait(false);
        }

        if (behavior.RequireApiVersion && name.ApiVersion.Length == 0)
        {
            return await RefuseAsync(wire, connect, behavior.MalformedUserNameReturnCode, 400001, $"The user name '{connect.Username}' has no api-version.").ConfigureAwait(false);
        }

        string expectedId = name.ModuleId is null ? name.DeviceId : name.DeviceId + "/" + name.ModuleId;
        if (connect.ClientId != expectedId)
        {
            return await RefuseAsync(wire, connect, behavior.ClientIdMismatchReturnCode, 400004, $"The client id '{connect.ClientId}' does not match the user name '{connect.Username}'; it must be '{expectedId}'.").ConfigureAwait(false);
        }

        DeviceAdmission admission = _authenticator.Judge(name, password, wire.Transport.ClientCertificate);
        return admission.Identity is null
            ? await RefuseAsync(wire, connect, admission.ReturnCode, admission.Code, admission.Reason).ConfigureAwait(false)
            : await OpenAsync(wire, name, connect, admission).ConfigureAwait(false);
    }

    private async Task<IMqttPeer?> OpenAsync(MqttWire wire, MqttUserName name, MqttConnectPacket connect, DeviceAdmission admission)
    {
        HubFault? fault = hub.Faults.Take(HubFaultPoint.Connect, admission.Identity!);
        switch (fault?.Rule.Action)
        {
            case HubFaultAction.Refuse:
                return await RefuseAsync(wire, connect, fault.Rule.ReturnCode, 503001, "Refused by the fault script.").ConfigureAwait(false);
            case HubFaultAction.Drop or HubFaultAction.ExpireToken or HubFaultAction.TakeOver:
                throw new MqttViolationException(404104, "The connection was cut by the fault script before CONNACK.");
            case HubFaultAction.Delay:
                await Task.Delay(fault.Rule.Delay, hub.Time).ConfigureAwait(false);
                break;
            default:
                break;
        }

        MqttDeviceLink link = new(hub, wire, name, connect, admission, fault);
        if (!link.Open())
        {
            return await RefuseAsync(wire, connect, hub.Behavior.UnauthorizedReturnCode, 403012, "The identity was disabled or removed while it connected.").ConfigureAwait(false);
        }

        if (fault?.Rule.Action == HubFaultAction.ChangeDesired)
        {
            link.Suffer(fault.Rule);
        }

        return link;
    }

    private async Task<IMqttPeer?> AdmitToProvisioningAsync(
        MqttWire wire, MqttConnectPacket connect, string idScope, string registrationId, string query, string? password)
    {
        try
        {
            IMqttProvisioning service = Provisioning
                ?? throw new HubServiceException(401002, "IotHubUnauthorizedAccess", "This emulator runs without a provisioning service.");
            IMqttProvisioningSession session = service.Connect(
                idScope, registrationId, query, connect.ClientId ?? "", password, wire.Transport.ClientCertificate);
            hub.Log.Write(HubLogEvent.Connected, 0, registrationId, $"Provisioning over {wire.Transport.Protocol} from {wire.Transport.RemoteEndPoint}.");
            wire.SendAndFlush(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionAccepted });
            return new MqttProvisioningPeer(hub, wire, session, registrationId, connect.KeepAlivePeriod);
        }
        catch (HubServiceException error)
        {
            return await RefuseAsync(wire, connect, hub.Behavior.UnauthorizedReturnCode, error.Code, error.Message).ConfigureAwait(false);
        }
    }

    private async Task<IMqttPeer?> RefuseAsync(MqttWire wire, MqttConnectPacket connect, int returnCode, int code, string reason)
    {
        hub.Log.Write(HubLogEvent.Refused, code, connect.ClientId, $"CONNACK {returnCode}: {reason} From {wire.Transport.RemoteEndPoint}.");
        await RefuseAsync(wire, returnCode).ConfigureAwait(false);
        return null;
    }

    private static Task RefuseAsync(MqttWire wire, int returnCode)
    {
        wire.Send(new MqttConnAckPacket { ReturnCode = (MqttConnectReturnCode)returnCode });
        return wire.DrainAsync();
    }

    private void End(MqttWire wire, IMqttPeer? peer, int code, string reason)
    {
        if (peer is null)
        {
            hub.Log.Write(HubLogEvent.Closed, code, null, $"{reason} From {wire.Transport.RemoteEndPoint}.");
            wire.Abort();
        }
        else
        {
            peer.Closed(code, reason);
        }
    }
}
