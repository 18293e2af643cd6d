using System;

namespace DeviceClient;

/// <summary>Settings of a registration with the Device Provisioning Service (DPS).</summary>
/// <remarks>Not thread-safe while being set up; must not change once a session uses it.</remarks>
public sealed class ProvisioningOptions
{
    /// <summary>The service's global endpoint.</summary>
    public const string GlobalHostName = "global.azure-devices-provisioning.net";

    /// <summary>api-version that every public SDK speaks and every deployment knows: the default.</summary>
    public const string ApiVersion20190331 = "2019-03-31";

    /// <summary>api-version 2021-06-01; the device's part is the same as before.</summary>
    public const string ApiVersion20210601 = "2021-06-01";

    /// <summary>api-version 2026-11-01, the first stable one that issues certificates; it may not be deployed everywhere.</summary>
    public const string ApiVersion20261101 = "2026-11-01";

    /// <summary>Largest body of a register request, in bytes. Our choice, well above what custom allocation needs.</summary>
    public const int MaxBodyBytes = 65536;

    private const int LargestMilliseconds = 86400000;

    private string _apiVersion = ApiVersion20190331;
    private int _timeoutMilliseconds = 300000;
    private int _connectTimeoutMilliseconds = 30000;
    private int _requestTimeoutMilliseconds = 30000;
    private int _defaultPollSeconds = 2;

    /// <summary>Makes options with defaults.</summary>
    /// <param name="idScope">ID scope of the service instance, for example <c>0ne00000A0A</c>; letters and digits.</param>
    /// <param name="registrationId">Registration id; see <see cref="DeviceIdRules.IsValidRegistrationId"/>.</param>
    /// <exception cref="ArgumentException">One of them is malformed; the message tells what.</exception>
    public ProvisioningOptions(string idScope, string registrationId)
    {
        // The service calls the scope opaque; this set covers it and keeps what would break a path out.
        if (!DeviceIdRules.IsValidRegistrationId(idScope, out string? error))
        {
            throw new ArgumentException("The ID scope is malformed; it looks like '0ne00000A0A', copy it from the overview page of the service instance.", nameof(idScope));
        }

        if (!DeviceIdRules.IsValidRegistrationId(registrationId, out error))
        {
            throw new ArgumentException(error, nameof(registrationId));
        }

        IdScope = idScope;
        RegistrationId = registrationId;
    }

    /// <summary>ID scope of the service instance.</summary>
    public string IdScope { get; }

    /// <summary>Registration id. For X.509 it must equal the common name of the leaf certificate.</summary>
    public string RegistrationId { get; }

    /// <summary>api-version sent with every request.</summary>
    /// <value>Default <see cref="ApiVersion20190331"/>: all a symmetric key or X.509 registration needs, known to every deployment.</value>
    /// <exception cref="ArgumentException">The value is null or empty.</exception>
    public string ApiVersion
    {
        get
        {
            return _apiVersion;
        }

        set
        {
            if (string.IsNullOrEmpty(value))
            {
                throw new ArgumentException("The api-version is empty; the default is " + ApiVersion20190331 + ".", nameof(value));
            }

            _apiVersion = value;
        }
    }

    /// <summary>Name and version of this client, shown to the service; null for none.</summary>
    public string? ProductInfo { get; set; }

    /// <summary>Longest time of a registration, everything included, in milliseconds: then it ends with <see cref="HubErrorCode.Timeout"/>.</summary>
    /// <value>1000 to 86 400 000. Default 300 000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int TimeoutMilliseconds
    {
        get { return _timeoutMilliseconds; }
        set { _timeoutMilliseconds = Check(value, 1000, LargestMilliseconds, nameof(TimeoutMilliseconds)); }
    }

    /// <summary>Longest wait for the transport to open, in milliseconds.</summary>
    /// <value>100 to 86 400 000. Default 30 000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int ConnectTimeoutMilliseconds
    {
        get { return _connectTimeoutMilliseconds; }
        set { _connectTimeoutMilliseconds = Check(value, 100, LargestMilliseconds, nameof(ConnectTimeoutMilliseconds)); }
    }

    /// <summary>Longest wait for one answer, in milliseconds; then the transport is opened anew.</summary>
    /// <value>100 to 86 400 000. Default 30 000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int RequestTimeoutMilliseconds
    {
        get { return _requestTimeoutMilliseconds; }
        set { _requestTimeoutMilliseconds = Check(value, 100, LargestMilliseconds, nameof(RequestTimeoutMilliseconds)); }
    }

    /// <summary>Wait before a poll when the service names none, in seconds; a jitter of up to 25 % is added to every such wait.</summary>
    /// <value>1 to 3600. Default 2, as in the official SDKs.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int DefaultPollSeconds
    {
        get { return _defaultPollSeconds; }
        set { _defaultPollSeconds = Check(value, 1, 3600, nameof(DefaultPollSeconds)); }
    }

    /// <summary>Waits after failures: the same engine as the hub client's.</summary>
    public RetryPolicy Retry { get; } = new RetryPolicy();

    /// <summary>Resource that the token is for: <c>{idScope}/registrations/{registrationId}</c>. The token's key name is <c>registration</c>.</summary>
    public string TokenResource
    {
        get { return IdScope + "/registrations/" + RegistrationId; }
    }

    private static int Check(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, "The value " + value.ToString() + " must lie between " + least.ToString() + " and " + most.ToString() + ".");
        }

        return value;
    }
}
