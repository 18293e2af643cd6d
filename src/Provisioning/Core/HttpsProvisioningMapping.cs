using System;

namespace DeviceClient.Protocol;

/// <summary>Turns the wishes of a <see cref="ProvisioningSession"/> into HTTPS requests and responses into facts.</summary>
/// <remarks>HTTPS keeps no connection of its own: the driver reports the transport as open at once, and a request that failed below HTTP as
/// <see cref="ProvisioningSession.HandleTransportClosed"/>. Not thread-safe. Source: azure-rest-api-specs, deviceprovisioningservices data plane.</remarks>
public sealed class HttpsProvisioningMapping
{
    private readonly ProvisioningOptions _options;
    private readonly ProvisioningSession _session;

    /// <summary>Makes the mapping of one registration.</summary>
    /// <param name="options">The same as the session's.</param>
    /// <param name="session">Gets the facts.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public HttpsProvisioningMapping(ProvisioningOptions options, ProvisioningSession session)
    {
        ArgumentNullException.ThrowIfNull(options, nameof(options));
        ArgumentNullException.ThrowIfNull(session, nameof(session));
        _options = options;
        _session = session;
    }

    /// <summary>Builds the request for a wish.</summary>
    /// <param name="wish">A wish to send.</param>
    /// <param name="token">A token for <see cref="ProvisioningOptions.TokenResource"/>; null when a client certificate proves the identity.</param>
    /// <param name="request">Overwritten with the request.</param>
    /// <exception cref="ArgumentNullException">Wish or request is null.</exception>
    /// <exception cref="ArgumentException">The wish is one for the driver.</exception>
    public void Build(ProvisioningWish wish, string? token, HttpsProvisioningRequest request)
    {
        ArgumentNullException.ThrowIfNull(wish, nameof(wish));
        ArgumentNullException.ThrowIfNull(request, nameof(request));
        string path = "/" + PercentEncoding.Encode(_options.IdScope) + "/registrations/" + PercentEncoding.Encode(_options.RegistrationId);
        switch (wish.Kind)
        {
            case ProvisioningWishKind.SendRegister:
                request.Method = "PUT";
                path += "/register";
                break;
            case ProvisioningWishKind.SendPoll:
                request.Method = "GET";
                path += "/operations/" + PercentEncoding.Encode(wish.OperationId);
                break;
            default:
                throw new ArgumentException("The wish " + ((int)wish.Kind).ToString() + " is for the driver, not for the mapping.", nameof(wish));
        }

        request.PathAndQuery = path + "?api-version=" + PercentEncoding.Encode(_options.ApiVersion);
        request.Authorization = token;
        request.UserAgent = _options.ProductInfo;
        request.Body = wish.Body;
        request.BodyCount = wish.BodyCount;
        request.RequestId = wish.RequestId;
    }

    /// <summary>A response came.</summary>
    /// <param name="requestId">Id of the request it answers.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="retryAfter">Value of the Retry-After header; null when there is none. The date form counts as none.</param>
    /// <param name="body">Holds the body.</param>
    /// <param name="offset">First byte of the body.</param>
    /// <param name="count">Number of bytes of the body.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <returns>False when the answer was not waited for.</returns>
    /// <exception cref="ArgumentNullException">The body is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the body.</exception>
    public bool HandleResponse(string requestId, int status, string? retryAfter, byte[] body, int offset, int count, long now)
    {
        return _session.HandleAnswer(requestId, status, DpsTopics.ParseRetryAfter(retryAfter), body, offset, count, now);
    }
}
