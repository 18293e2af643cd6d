using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using DeviceClient.Protocol;
using DeviceClient.Transport;

namespace DeviceClient.Provisioning;

/// <summary>A registration over HTTPS.</summary>
[SuppressMessage("Design", "CA1031", Justification = "Whatever a request throws below HTTP, the transport is lost.")]
internal sealed class HttpsRegistrationChannel : IRegistrationChannel
{
    private readonly ProvisioningSession _session;
    private readonly TransportSettings _transport;
    private readonly Func<string?> _createToken;
    private readonly HttpsProvisioningMapping _mapping;
    private readonly HttpsProvisioningRequest _request = new();
    private readonly ServerTrust.Handshake _handshake;
    private readonly HttpMessageInvoker _http;
    private readonly CancellationTokenSource _closing = new();
    private Task<HttpResponseMessage>? _sending;
    private string _sendingId = "";

    internal HttpsRegistrationChannel(ProvisioningOptions options, ProvisioningSession session, TransportSettings transport, ProvisioningIdentity identity, Func<string?> createToken)
    {
        _session = session;
        _transport = transport;
        _createToken = createToken;
        _mapping = new HttpsProvisioningMapping(options, session);
        _handshake = new ServerTrust.Handshake(transport.Trust, transport.Host);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = transport.CreateTlsOptions(_handshake, identity.Certificate is null ? null : ClientChain.Create(identity.Certificate, identity.Chain)),
            UseProxy = transport.Proxy is not null,
            Proxy = transport.Proxy,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromMilliseconds(options.ConnectTimeoutMilliseconds),
        });
    }

    private static long Now => Environment.TickCount64;

    public long NextDeadline => long.MaxValue;

    public Task? Pending => _sending;

    public ValueTask CarryAsync(ProvisioningWish wish, CancellationToken cancellationToken)
    {
        switch (wish.Kind)
        {
            case ProvisioningWishKind.OpenTransport:
                // HTTPS connects with each request; there is nothing to open.
                _session.HandleTransportOpened(Now);
                break;
            case ProvisioningWishKind.CloseTransport:
                _sending = null;
                break;
            default:
                Send(wish);
                break;
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask HandlePendingAsync(CancellationToken cancellationToken)
    {
        Task<HttpResponseMessage> sending = _sending!;
        _sending = null;
        try
        {
            using HttpResponseMessage response = await sending.ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            string? retryAfter = response.Headers.RetryAfter?.Delta is { } delta ? ((long)delta.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
            _mapping.HandleResponse(_sendingId, (int)response.StatusCode, retryAfter, body, 0, body.Length, Now);
        }
        catch (Exception error)
        {
            HubClientException known = TransportErrors.Translate(error, _handshake, _transport);
            if (known.ErrorCode == HubErrorCode.TlsFailed)
            {
                _session.HandleTransportRefused(known.ErrorCode, known.Message, 0, Now);
            }
            else
            {
                _session.HandleTransportClosed(known.Message, Now);
            }
        }
    }

    public void HandleTimeout(long now)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _http.Dispose();
        _closing.Dispose();
    }

    private void Send(ProvisioningWish wish)
    {
        string? token;
        try
        {
            token = _createToken();
        }
        catch (HubClientException error)
        {
            _session.HandleTransportRefused(error.ErrorCode, error.Message, 0, Now);
            return;
        }

        _mapping.Build(wish, token, _request);
        HttpRequestMessage message = new(new HttpMethod(_request.Method), $"https://{_transport.Host}:{_transport.Port}{_request.PathAndQuery}");
        if (_request.Authorization is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", _request.Authorization);
        }

        if (_request.UserAgent is not null)
        {
            message.Headers.TryAddWithoutValidation("User-Agent", _request.UserAgent);
        }

        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_request.BodyCount > 0)
        {
            message.Content = new ByteArrayContent(_request.Body[.._request.BodyCount]);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(HttpsProvisioningRequest.ContentType);
        }

        _sendingId = _request.RequestId;
        _sending = _http.SendAsync(message, _closing.Token);
    }
}
