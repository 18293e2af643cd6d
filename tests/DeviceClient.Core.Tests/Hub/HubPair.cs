using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Hub;

/// <summary>Joins a session, its MQTT mapping and the MQTT machine to a <see cref="ScriptedHub"/>: a virtual clock, no socket, input cut at random.</summary>
internal sealed class HubPair
{
    private readonly HubWish _wish = new();
    private readonly HubNotification _notification = new();
    private readonly XorShiftRandom _random;
    private bool _wishWaits;

    public HubPair(uint seed = 5, Action<HubSessionOptions>? session = null, Action<MqttHubMappingOptions>? mapping = null, int outputBytes = 4096, string? moduleId = null)
    {
        _random = new XorShiftRandom(seed);
        HubSessionOptions sessionOptions = new() { MessageIdPrefix = "p" };
        session?.Invoke(sessionOptions);
        MqttHubMappingOptions mappingOptions = new() { HostName = "hub.example", DeviceId = "dev", ModuleId = moduleId };
        mapping?.Invoke(mappingOptions);
        Session = new HubSession(sessionOptions, _random);
        Connection = new MqttConnection(new MqttConnectionOptions(new PoolBuffers()) { OutputBufferBytes = outputBytes, MaxInFlight = sessionOptions.MaxInFlight });
        Mapping = new MqttHubMapping(mappingOptions, Session, Connection);
        Session.HandleClock(1_900_000_000_000L + Now, true, Now);
    }

    public HubSession Session { get; }

    public MqttConnection Connection { get; }

    public MqttHubMapping Mapping { get; }

    public ScriptedHub Hub { get; } = new();

    public long Now { get; private set; } = 100;

    public bool IsUp { get; private set; }

    /// <summary>Whether a transport can be opened at all.</summary>
    public bool Reachable { get; set; } = true;

    public List<(HubNotificationKind Kind, HubErrorCode Error, string Body, long Token, string? Name, long Version, PropertyBag? Properties)> Told { get; } = [];

    public List<(long Token, HubErrorCode Error)> Settled { get; } = [];

    /// <summary>Answers each direct method and completes each message as it comes.</summary>
    public bool AutoHandle { get; set; } = true;

    public long Send(string payload, long timeToLive = long.MaxValue)
    {
        HubErrorCode error = Session.SendTelemetry(new TelemetryMessage(Encoding.UTF8.GetBytes(payload)), timeToLive == long.MaxValue ? timeToLive : Now + timeToLive, Now, out long token);
        Assert.AreEqual(HubErrorCode.None, error);
        Pump();
        return token;
    }

    public void Cut(HubErrorCode error = HubErrorCode.NetworkUnavailable)
    {
        if (IsUp)
        {
            IsUp = false;
            _wishWaits = false;
            Hub.HandleClosed();
            Session.HandleTransportClosed(error, "cut", Now);
            Mapping.HandleTransportClosed();
        }

        Pump();
    }

    public void Advance(long milliseconds)
    {
        long until = Now + milliseconds;
        while (Now < until)
        {
            Now = Math.Min(until, Math.Max(Now + 1, Math.Min(Session.NextDeadline, Mapping.NextDeadline)));
            Session.HandleTimeout(Now);
            if (IsUp)
            {
                Mapping.HandleTimeout(Now);
            }

            Pump();
        }
    }

    public void Pump()
    {
        bool busy = true;
        while (busy)
        {
            busy = Drain();
            busy |= TakeWishes();
            busy |= Write();
            busy |= Read();
            if (IsUp && Mapping.IsFailed)
            {
                Cut(Mapping.FailureError);
            }
        }
    }

    private bool Drain()
    {
        bool any = false;
        while (Session.TryTakeSettled(out long token, out HubErrorCode error))
        {
            Settled.Add((token, error));
        }

        while (Session.TryTakeNotification(_notification))
        {
            any = true;
            HubNotification n = _notification;
            Told.Add((n.Kind, n.Error, n.Body == null ? string.Empty : Encoding.UTF8.GetString(n.Body), n.Token, n.Name, n.Version, n.Properties));
            if (AutoHandle && n.Kind == HubNotificationKind.MethodRequested)
            {
                Session.RespondToMethod(n.Token, 200, n.Body, 0, n.Body?.Length ?? 0);
            }
            else if (AutoHandle && n.Kind is HubNotificationKind.MessageReceived or HubNotificationKind.InputMessageReceived)
            {
                Session.SettleMessage(n.Token, MessageDisposition.Complete);
            }
        }

        return any;
    }

    private bool TakeWishes()
    {
        bool any = false;
        while (_wishWaits || Session.TryTakeWish(_wish))
        {
            _wishWaits = false;
            switch (_wish.Kind)
            {
                case HubWishKind.RequestCredential:
                    Session.HandleCredential("SharedAccessSignature test", 1_900_000_000 + (Now / 1000) + 3600, Now);
                    break;
                case HubWishKind.OpenTransport when Reachable:
                    IsUp = true;
                    Mapping.HandleTransportReady(_wish.Credential, Now);
                    break;
                case HubWishKind.OpenTransport:
                    Session.HandleTransportFailed(HubErrorCode.NetworkUnavailable, "unreachable", Now);
                    break;
                case HubWishKind.CloseTransport:
                    if (_wish.Graceful)
                    {
                        Mapping.TryDisconnect();
                        Write();
                    }

                    IsUp = false;
                    Hub.HandleClosed();
                    Mapping.HandleTransportClosed();
                    break;
                default:
                    _wishWaits = !Mapping.TryCarry(_wish, Now);
                    break;
            }

            if (_wishWaits)
            {
                return any;
            }

            any = true;
        }

        return any;
    }

    private bool Write()
    {
        bool any = false;
        byte[]? buffer;
        while (IsUp && (buffer = Mapping.TakeOutput(out int count, Now)) != null)
        {
            any = true;
            Hub.Receive(buffer, count);
        }

        return any;
    }

    private bool Read()
    {
        bool any = Hub.Output.Count > 0;
        byte[] all = [.. Hub.Output.SelectMany(p => p)];
        Hub.Output.Clear();
        int at = 0;
        while (at < all.Length && IsUp)
        {
            int count = Math.Min(all.Length - at, 1 + _random.Next(_random.Next(3) == 0 ? 3 : 600));
            byte[] piece = all[at..(at + count)];
            Mapping.HandleReceived(piece, 0, count, Now);
            Array.Fill(piece, (byte)0xEE);
            at += count;
        }

        return any;
    }

    private sealed class PoolBuffers : BufferSource
    {
        public override byte[] Rent(int minimumBytes) => new byte[minimumBytes];

        public override void Return(byte[] buffer) => Array.Fill(buffer, (byte)0xDD);
    }
}
