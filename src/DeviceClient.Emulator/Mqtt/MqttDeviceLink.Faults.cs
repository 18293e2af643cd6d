using MQTTnet.Packets;

namespace DeviceClient.Emulator;

/// <summary>Where the fault script takes hold of a connection.</summary>
internal sealed partial class MqttDeviceLink
{
    internal override void Suffer(HubFaultRule fault)
    {
        switch (fault.Action)
        {
            case HubFaultAction.Drop:
                Cut(404104, "The connection was cut by the fault script.");
                break;
            case HubFaultAction.ExpireToken:
                Cut(401003, "The token counts as expired by the fault script.");
                break;
            case HubFaultAction.TakeOver:
                Cut(400027, "The connection counts as taken over by the fault script.");
                break;
            case HubFaultAction.Stall:
                _wire.Stall();
                if (fault.Delay > TimeSpan.Zero)
                {
                    StartTimer(_wire.Resume, fault.Delay);
                }

                break;
            case HubFaultAction.ChangeDesired:
                ChangeDesired(fault);
                break;
            default:
                break;
        }
    }

    /// <summary>Carries out a fault on something that arrived; true when it goes on its way.</summary>
    private bool Pass(HubFaultRule fault)
    {
        Suffer(fault);
        return fault.Action is HubFaultAction.ChangeDesired or HubFaultAction.Stall;
    }

    /// <summary>Sends a packet unless a fault at this point has other plans.</summary>
    private void Emit(HubFaultPoint point, MqttPacket packet)
    {
        if (_hub.Faults.Take(point, Identity) is HubFault fault)
        {
            Emit(fault.Rule, packet);
        }
        else
        {
            _wire.Send(packet);
        }
    }

    private void Emit(HubFaultRule fault, MqttPacket packet)
    {
        Suffer(fault);
        switch (fault.Action)
        {
            case HubFaultAction.Delay:
                SendLater(packet, fault.Delay);
                break;
            case HubFaultAction.Stall or HubFaultAction.ChangeDesired:
                _wire.Send(packet);
                break;
            default:
                break;
        }
    }

    /// <summary>Closes at once but tidies up on another thread: a fault may strike while the caller holds the locks that tidying needs.</summary>
    private void Cut(int code, string reason)
    {
        if (TryCut())
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Finish(code, reason), null);
        }
    }

    private void SendLater(MqttPacket packet, TimeSpan delay) => StartTimer(() => _wire.SendAndFlush(packet), delay);

    private void ChangeDesired(HubFaultRule fault)
    {
        try
        {
            _hub.Twins.UpdateDesired(Identity.DeviceId, fault.Patch!, Identity.ModuleId);
        }
        catch (HubServiceException error)
        {
            _hub.Log.Write(HubLogEvent.Fault, error.Code, Identity.Id, $"The fault script could not change the desired properties: {error.Message}");
        }
    }
}
