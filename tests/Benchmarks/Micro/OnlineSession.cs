using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>The whole core brought online against canned answers: session, mapping and MQTT machine, without a transport.</summary>
internal sealed class OnlineSession
{
    private readonly HubWish _wish = new();
    private readonly FixedBufferSource _buffers = new(320 * 1024, 4);
    private bool _kept;

    public OnlineSession(int window)
    {
        Session = new HubSession(
            new HubSessionOptions { Credential = CredentialKind.Certificate, MaxInFlight = window },
            new XorShiftRandom(1));
        Connection = new MqttConnection(new MqttConnectionOptions(_buffers) { OutputBufferBytes = 128 * 1024, MaxInFlight = window });
        Mapping = new MqttHubMapping(new MqttHubMappingOptions { HostName = "hub.example.org", DeviceId = "device-1" }, Session, Connection);
        Session.HandleClock(1_700_000_000_000, true, 0);
        Session.Open(0, long.MaxValue);
        CarryWishes();
        Session.HandleCredential(null, 0, 0);
        CarryWishes();
        Mapping.HandleTransportReady(null, 0);
        TakeOutput();
        Mapping.HandleReceived([0x20, 2, 0, 0], 0, 4, 0);
        CarryWishes();
        TakeOutput();
        if (Session.State != SessionState.Online)
        {
            throw new InvalidOperationException($"The session is {Session.State} instead of online.");
        }
    }

    public HubSession Session { get; }

    public MqttConnection Connection { get; }

    public MqttHubMapping Mapping { get; }

    /// <summary>Carries what the session wants until it wants nothing more or the output is full.</summary>
    public void CarryWishes()
    {
        while (_kept || Session.TryTakeWish(_wish))
        {
            if (_wish.Kind is HubWishKind.RequestCredential or HubWishKind.OpenTransport or HubWishKind.CloseTransport)
            {
                continue;
            }

            _kept = !Mapping.TryCarry(_wish, 0);
            if (_kept)
            {
                return;
            }
        }
    }

    public int TakeOutput()
    {
        int sum = 0;
        while (Connection.TakeOutput(out int count) is { } buffer)
        {
            sum += count;
            _buffers.Return(buffer);
        }

        return sum;
    }
}
