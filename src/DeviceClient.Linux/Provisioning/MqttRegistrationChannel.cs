using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using DeviceClient.Protocol;
using DeviceClient.Transport;

namespace DeviceClient.Provisioning;

/// <summary>A registration over MQTT, on TCP or WebSocket.</summary>
[SuppressMessage("Design", "CA1031", Justification = "Whatever a stream throws, the connection is lost.")]
internal sealed class MqttRegistrationChannel : IRegistrationChannel
{
    private readonly ProvisioningSession _session;
    private readonly TransportSettings _transport;
    private readonly SslStreamCertificateContext? _chain;
    private readonly Func<string?> _createToken;
    private readonly MqttConnection _mqtt;
    private readonly MqttProvisioningMapping _mapping;
    private readonly byte[] _input = new byte[4096];
    private CancellationTokenSource? _dialing;
    private Task<Stream>? _dial;
    private Task<int>? _read;
    private Stream? _stream;

    internal MqttRegistrationChannel(ProvisioningOptions options, ProvisioningSession session, TransportSettings transport, ProvisioningIdentity identity, Func<string?> createToken)
    {
        _session = session;
        _transport = transport;
        _createToken = createToken;
        _chain = identity.Certificate is null ? null : ClientChain.Create(identity.Certificate, identity.Chain);
        _mqtt = new MqttConnection(new MqttConnectionOptions(PooledBuffers.Shared) { ConnectTimeoutMilliseconds = options.ConnectTimeoutMilliseconds });
        _mapping = new MqttProvisioningMapping(options, session, _mqtt);
    }

    private static long Now => Environment.TickCount64;

    public long NextDeadline => _stream is null ? long.MaxValue : _mapping.NextDeadline;

    public Task? Pending => _dial ?? (Task?)_read;

    public async ValueTask CarryAsync(ProvisioningWish wish, CancellationToken cancellationToken)
    {
        switch (wish.Kind)
        {
            case ProvisioningWishKind.OpenTransport:
                _dialing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                _dial = TransportDialer.DialAsync(_transport, _chain, _dialing.Token);
                break;
            case ProvisioningWishKind.CloseTransport:
                _mapping.TryDisconnect();
                await WriteAsync(cancellationToken).ConfigureAwait(false);
                await CloseAsync().ConfigureAwait(false);
                break;
            default:
                while (_stream is not null && !_mapping.TryCarry(wish, Now))
                {
                    await WriteAsync(cancellationToken).ConfigureAwait(false);
                }

                await WriteAsync(cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    public async ValueTask HandlePendingAsync(CancellationToken cancellationToken)
    {
        if (_dial is not null)
        {
            await HandleDialedAsync(_dial).ConfigureAwait(false);
        }
        else if (_read is not null)
        {
            await HandleReadAsync(_read).ConfigureAwait(false);
        }

        await WriteAsync(cancellationToken).ConfigureAwait(false);
    }

    public void HandleTimeout(long now)
    {
        if (_stream is not null)
        {
            _mapping.HandleTimeout(now);
        }
    }

    public ValueTask DisposeAsync() => new(CloseAsync());

    private async Task HandleDialedAsync(Task<Stream> dial)
    {
        _dial = null;
        try
        {
            _stream = await dial.ConfigureAwait(false);
            _mapping.HandleTransportReady(_createToken(), Now);
            _read = _stream.ReadAsync(_input, CancellationToken.None).AsTask();
        }
        catch (HubClientException error) when (error.ErrorCode is HubErrorCode.TlsFailed or HubErrorCode.WaitingForTime)
        {
            _session.HandleTransportRefused(error.ErrorCode, error.Message, 0, Now);
        }
        catch (Exception error)
        {
            _session.HandleTransportClosed(error.Message, Now);
        }
    }

    private async Task HandleReadAsync(Task<int> read)
    {
        _read = null;
        int count;
        try
        {
            count = await read.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await LoseAsync($"The connection broke: {error.Message}").ConfigureAwait(false);
            return;
        }

        if (count == 0)
        {
            await LoseAsync("The service closed the connection.").ConfigureAwait(false);
            return;
        }

        _mapping.HandleReceived(_input, 0, count, Now);
        if (_stream is not null)
        {
            _read = _stream.ReadAsync(_input, CancellationToken.None).AsTask();
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_stream is not null && _mapping.IsFailed)
        {
            await LoseAsync($"The connection failed: {_mqtt.Failure}.").ConfigureAwait(false);
        }

        while (_stream is not null && _mqtt.TakeOutput(out int count) is { } output)
        {
            try
            {
                await _stream.WriteAsync(output.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                await LoseAsync($"The connection broke: {error.Message}").ConfigureAwait(false);
            }
            finally
            {
                PooledBuffers.Shared.Return(output);
            }
        }
    }

    private async Task LoseAsync(string detail)
    {
        await CloseAsync().ConfigureAwait(false);
        _session.HandleTransportClosed(detail, Now);
    }

    private async Task CloseAsync()
    {
        if (_dialing is not null)
        {
            await _dialing.CancelAsync().ConfigureAwait(false);
        }

        if (_dial is not null)
        {
            // The attempt cleans up after itself; a stream that came too late is closed here.
            Task<Stream> late = _dial;
            _dial = null;
            _ = late.ContinueWith(static done => done.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }

        if (_stream is not null)
        {
            Stream stream = _stream;
            _stream = null;
            await stream.DisposeAsync().ConfigureAwait(false);
            // The read ends with the stream; its outcome is of no interest any more, but it must be looked at.
            _ = _read?.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _read = null;
        }

        _mapping.HandleTransportClosed();
    }
}
