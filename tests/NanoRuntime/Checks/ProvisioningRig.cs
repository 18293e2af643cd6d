using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>A registration on a virtual clock; what the machine wants and ends with comes as text.</summary>
internal sealed class ProvisioningRig
{
    private readonly ProvisioningWish _wish = new ProvisioningWish();
    private string _requestId = "";

    internal ProvisioningRig()
    {
        Options = new ProvisioningOptions("0ne00000A0A", "reg-001");
        Session = new ProvisioningSession(Options, new XorShiftRandom(3));
    }

    internal ProvisioningOptions Options { get; }

    internal ProvisioningSession Session { get; }

    internal long Now { get; private set; } = 1000;

    /// <summary>A registration whose first request is under way.</summary>
    internal static ProvisioningRig Registering()
    {
        ProvisioningRig rig = new ProvisioningRig();
        rig.Session.Register(rig.Now);
        rig.Drain();
        rig.Session.HandleTransportOpened(rig.Now);
        rig.Drain();
        return rig;
    }

    /// <summary>Wishes and result since the last call.</summary>
    internal string Drain()
    {
        string text = "";
        while (Session.TryTakeWish(_wish))
        {
            text += Describe();
            _requestId = _wish.RequestId.Length > 0 ? _wish.RequestId : _requestId;
        }

        if (Session.TryTakeResult(out ProvisioningResult? result))
        {
            text += "result " + ((int)result!.ErrorCode).ToString() + " " + result.Status + " " + result.AssignedHub + " " + result.DeviceId
                + (result.Payload == null ? "" : " " + Utf8Text.GetString(result.Payload, 0, result.Payload.Length)) + ";";
        }

        return text;
    }

    /// <summary>Answers the last request.</summary>
    internal bool Answer(int status, int retryAfterSeconds, string body)
    {
        byte[] bytes = Utf8Text.GetBytes(body);
        return Session.HandleAnswer(_requestId, status, retryAfterSeconds, bytes, 0, bytes.Length, Now);
    }

    /// <summary>Jumps to the next deadline.</summary>
    internal void RunToDeadline()
    {
        Now = Session.NextDeadline;
        Session.HandleTimeout(Now);
    }

    private string Describe()
    {
        switch (_wish.Kind)
        {
            case ProvisioningWishKind.OpenTransport:
                return "open;";
            case ProvisioningWishKind.CloseTransport:
                return "close;";
            case ProvisioningWishKind.SendRegister:
                return "register " + Utf8Text.GetString(_wish.Body, 0, _wish.BodyCount) + ";";
            default:
                return "poll " + _wish.OperationId + ";";
        }
    }
}
