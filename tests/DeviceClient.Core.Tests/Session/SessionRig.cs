using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

/// <summary>A session with a scripted hub below it, a virtual clock, and everything it said in lists.</summary>
internal sealed class SessionRig
{
    public const long StartUnixSeconds = 1_900_000_000;

    private readonly HubWish _wish = new();
    private readonly HubNotification _notification = new();

    public SessionRig(Action<HubSessionOptions>? configure = null, uint seed = 7)
    {
        Options = new HubSessionOptions();
        configure?.Invoke(Options);
        Session = new HubSession(Options, new XorShiftRandom(seed));
    }

    public HubSessionOptions Options { get; }

    public HubSession Session { get; }

    public long Now { get; private set; } = 1_000;

    /// <summary>Seconds a new token lives.</summary>
    public long TokenLifeSeconds { get; set; } = 3600;

    /// <summary>Answers credential, transport and subscription wishes as a healthy hub does.</summary>
    public bool AutoConnect { get; set; } = true;

    /// <summary>Acknowledges telemetry at once.</summary>
    public bool AutoAcknowledge { get; set; } = true;

    /// <summary>The twin section a comparison is answered with; null leaves twin requests to the test.</summary>
    public long? DesiredVersion { get; set; } = 1;

    public List<SessionState> States { get; } = [];

    public List<(HubNotificationKind Kind, HubErrorCode Error, string? Detail, int Operation, long Version, string Body, long Token, string? Name, bool Full)> Told { get; } = [];

    public List<(long Token, HubErrorCode Error)> Settled { get; } = [];

    public List<string> Wishes { get; } = [];

    public List<(long Token, int PacketId, string Bag, string Payload)> Sent { get; } = [];

    public List<(string RequestId, string Body)> Reported { get; } = [];

    public List<string> TwinGets { get; } = [];

    public int NextPacketId { get; set; } = 1;

    public SessionRig TrustClock()
    {
        Session.HandleClock((StartUnixSeconds * 1000) + Now, true, Now);
        return this;
    }

    public SessionRig OpenOnline(HubFeature features = HubFeature.None)
    {
        TrustClock();
        if (features != HubFeature.None)
        {
            Session.SetFeature(features, true, Now);
        }

        Session.Open(Now, Now + 60_000);
        Pump();
        Assert.AreEqual(SessionState.Online, Session.State);
        return this;
    }

    /// <summary>Jumps from deadline to deadline until <paramref name="milliseconds"/> have passed.</summary>
    public void Advance(long milliseconds)
    {
        long until = Now + milliseconds;
        for (int guard = 0; guard < 100_000; guard++)
        {
            long next = Session.NextDeadline;
            if (next > until)
            {
                Now = until;
                Session.HandleTimeout(Now);
                Pump();
                return;
            }

            Now = Math.Max(next, Now);
            Session.HandleTimeout(Now);
            Pump();
        }

        Assert.Fail("The session's deadlines do not move on: " + Session.NextDeadline + " at " + Now);
    }

    public void Lose(HubErrorCode error = HubErrorCode.NetworkUnavailable)
    {
        Session.HandleTransportClosed(error, "test", Now);
        Pump();
    }

    public HubErrorCode Send(string payload, out long token, long timeToLive = long.MaxValue)
    {
        long expires = timeToLive == long.MaxValue ? long.MaxValue : Now + timeToLive;
        HubErrorCode error = Session.SendTelemetry(new TelemetryMessage(Encoding.UTF8.GetBytes(payload)), expires, Now, out token);
        Pump();
        return error;
    }

    public int Report(string patch, long timeout = 30_000)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(patch);
        HubErrorCode error = Session.ReportProperties(bytes, 0, bytes.Length, Now, Now + timeout, out int operation);
        Assert.AreEqual(HubErrorCode.None, error);
        Pump();
        return operation;
    }

    public void AnswerTwin(string requestId, int status, long version = -1, string body = "", int retryAfter = 0)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        Session.HandleTwinAnswered(requestId, status, version, retryAfter, bytes, 0, bytes.Length, Now);
        Pump();
    }

    public void PushDesired(long version, string patch)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(patch);
        Session.HandleDesiredChanged(version, bytes, 0, bytes.Length, Now);
        Pump();
    }

    public IEnumerable<(HubNotificationKind Kind, HubErrorCode Error, string? Detail, int Operation, long Version, string Body, long Token, string? Name, bool Full)> Of(HubNotificationKind kind)
        => Told.Where(t => t.Kind == kind);

    public HubErrorCode? Result(int operation)
    {
        var found = Of(HubNotificationKind.OperationCompleted).Where(t => t.Operation == operation).ToList();
        Assert.IsLessThanOrEqualTo(1, found.Count, "an operation completed twice");
        return found.Count == 0 ? null : found[0].Error;
    }

    public static string TwinBody(long version, string desired = "\"a\":1")
        => $"{{\"desired\":{{{desired},\"$version\":{version}}},\"reported\":{{\"$version\":1}}}}";

    public void Pump()
    {
        bool busy = true;
        while (busy)
        {
            busy = false;
            while (Session.TryTakeSettled(out long token, out HubErrorCode error))
            {
                Settled.Add((token, error));
            }

            while (Session.TryTakeNotification(_notification))
            {
                if (_notification.Kind == HubNotificationKind.StateChanged)
                {
                    States.Add(_notification.State);
                }

                Told.Add((_notification.Kind, _notification.Error, _notification.Detail, _notification.OperationId, _notification.Version,
                    _notification.Body == null ? string.Empty : Encoding.UTF8.GetString(_notification.Body), _notification.Token, _notification.Name, _notification.IsFullDocument));
            }

            while (Session.TryTakeWish(_wish))
            {
                busy = true;
                Carry();
            }
        }
    }

    private void Carry()
    {
        Wishes.Add(_wish.Kind.ToString() + (_wish.Feature == HubFeature.None ? string.Empty : ":" + _wish.Feature));
        switch (_wish.Kind)
        {
            case HubWishKind.RequestCredential when AutoConnect:
                bool hasToken = Options.Credential != CredentialKind.Certificate;
                Session.HandleCredential(hasToken ? "token" : null, StartUnixSeconds + (Now / 1000) + TokenLifeSeconds, Now);
                break;
            case HubWishKind.OpenTransport when AutoConnect:
                Session.HandleTransportOpened(Now);
                break;
            case HubWishKind.Subscribe when AutoConnect:
                Session.HandleSubscribed(_wish.Feature, true, Now);
                break;
            case HubWishKind.SendTelemetry:
                int packetId = _wish.PacketId != 0 ? _wish.PacketId : NextPacketId++;
                Sent.Add((_wish.Token, _wish.PacketId, Text(_wish.BagOffset, _wish.BagCount), Text(_wish.PayloadOffset, _wish.PayloadCount)));
                Session.HandleTelemetryCarried(_wish.Token, packetId);
                if (AutoAcknowledge)
                {
                    Session.HandleTelemetryAccepted(_wish.Token, Now);
                }

                break;
            case HubWishKind.GetTwin:
                TwinGets.Add(_wish.RequestId!);
                if (DesiredVersion != null)
                {
                    byte[] body = Encoding.UTF8.GetBytes(TwinBody(DesiredVersion.Value));
                    Session.HandleTwinAnswered(_wish.RequestId!, 200, -1, 0, body, 0, body.Length, Now);
                }

                break;
            case HubWishKind.PatchReported:
                Reported.Add((_wish.RequestId!, Text(_wish.PayloadOffset, _wish.PayloadCount)));
                break;
            default:
                break;
        }
    }

    private string Text(int offset, int count) => count == 0 ? string.Empty : Encoding.UTF8.GetString(_wish.Buffer!, offset, count);
}
