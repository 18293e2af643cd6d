using System.Diagnostics.CodeAnalysis;

namespace DeviceClient.Emulator;

/// <summary>The identity registry: devices. Modules are in the other part. All members are safe to call from any thread.</summary>
public sealed partial class HubDevices
{
    private readonly HubState _hub;
    private readonly SortedDictionary<string, HubDevice> _devices = new(StringComparer.Ordinal);

    internal HubDevices(HubState hub) => _hub = hub;

    /// <summary>Number of registered devices.</summary>
    public int Count
    {
        get
        {
            lock (_hub.Gate)
            {
                return _devices.Count;
            }
        }
    }

    /// <summary>Registers a device.</summary>
    /// <param name="deviceId">1 to 128 characters: ASCII letters, digits and <c>- : . + % _ # * ? ! ( ) , = @ ; $ '</c>.</param>
    /// <param name="settings">Null: enabled, with two new symmetric keys.</param>
    /// <returns>The live identity; its <see cref="HubRegistryIdentity.ConnectionString"/> is what the device needs.</returns>
    /// <exception cref="HubServiceException">400004 the id, a key or a thumbprint is malformed; 409001 the id is taken.</exception>
    public HubDevice Add(string deviceId, HubDeviceSettings? settings = null)
    {
        RequireId(deviceId, "Device id");
        HubDeviceSettings complete = (settings ?? new HubDeviceSettings()).Complete(null);
        HubDevice device;
        lock (_hub.Gate)
        {
            if (_devices.ContainsKey(deviceId))
            {
                throw HubErrors.DeviceExists(deviceId);
            }

            device = new HubDevice(_hub, deviceId, complete, _hub.NextGenerationId());
            _devices.Add(deviceId, device);
            _hub.Persist(device);
        }

        _hub.Log.Write(HubLogEvent.Registry, 0, deviceId, $"Device added ({complete.Authentication!.Type}).");
        return device;
    }

    /// <summary>Replaces what a service may set on a device.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="settings">New settings; without <see cref="HubDeviceSettings.Authentication"/> the present one stays.</param>
    /// <param name="ifMatch">Etag the identity must have, with or without quotes; null or <c>*</c>: any.</param>
    /// <exception cref="HubServiceException">404001 unknown; 412001 the etag differs; 400004 a malformed value.</exception>
    public HubDevice Update(string deviceId, HubDeviceSettings settings, string? ifMatch = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        HubDevice device;
        bool changedStatus;
        lock (_hub.Gate)
        {
            device = Get(deviceId);
            HubState.RequireETag(device.Id, device.ETag, ifMatch);
            HubDeviceSettings complete = settings.Complete(device.Authentication);
            changedStatus = complete.Enabled != device.Settings.Enabled;
            device.Settings = complete;
            device.ETag = _hub.NextIdentityETag();
            if (changedStatus)
            {
                device.StatusUpdatedTime = _hub.Time.GetUtcNow();
            }

            _hub.Persist(device);
        }

        _hub.Log.Write(HubLogEvent.Registry, 0, deviceId, $"Device updated ({(settings.Enabled ? "enabled" : "disabled")}).");
        if (changedStatus && !settings.Enabled)
        {
            CloseAll(device, 403012, "The device was disabled.");
        }

        return device;
    }

    /// <summary>Enables or disables a device. A disabled device's connections are dropped.</summary>
    /// <exception cref="HubServiceException">404001 unknown.</exception>
    public HubDevice SetEnabled(string deviceId, bool enabled, string? reason = null) =>
        Update(deviceId, Get(deviceId).Settings with { Enabled = enabled, StatusReason = reason });

    /// <summary>Removes a device with its modules, twins and queued messages, and drops its connections.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="ifMatch">Etag the identity must have; null or <c>*</c>: any.</param>
    /// <exception cref="HubServiceException">404001 unknown; 412001 the etag differs.</exception>
    public void Remove(string deviceId, string? ifMatch = null)
    {
        HubDevice device;
        lock (_hub.Gate)
        {
            device = Get(deviceId);
            HubState.RequireETag(device.Id, device.ETag, ifMatch);
            device.IsRemoved = true;
            _devices.Remove(deviceId);
            _hub.Forget(device);
        }

        device.Messages.Purge();
        _hub.Log.Write(HubLogEvent.Registry, 0, deviceId, "Device removed.");
        CloseAll(device, 404001, "The device was removed.");
    }

    /// <summary>The device with this id.</summary>
    /// <exception cref="HubServiceException">404001 unknown.</exception>
    public HubDevice Get(string deviceId) => TryGet(deviceId, out HubDevice? device) ? device : throw HubErrors.DeviceNotFound(deviceId);

    /// <summary>Looks a device up; ids are case-sensitive.</summary>
    public bool TryGet(string deviceId, [NotNullWhen(true)] out HubDevice? device)
    {
        ArgumentNullException.ThrowIfNull(deviceId);
        lock (_hub.Gate)
        {
            return _devices.TryGetValue(deviceId, out device);
        }
    }

    /// <summary>The devices in the order of their ids. A copy.</summary>
    /// <param name="maximum">Longest list wanted.</param>
    public IReadOnlyList<HubDevice> List(int maximum = int.MaxValue)
    {
        lock (_hub.Gate)
        {
            return _devices.Values.Take(maximum).ToArray();
        }
    }

    /// <summary>Adds a device read from the store; nothing is logged or saved.</summary>
    internal HubDevice Restore(string deviceId, HubDeviceSettings settings, string generationId)
    {
        HubDevice device = new(_hub, deviceId, settings, generationId);
        _devices.Add(deviceId, device);
        return device;
    }

    internal static void RequireId(string id, string what)
    {
        ArgumentNullException.ThrowIfNull(id);
        bool valid = id.Length is >= 1 and <= 128;
        foreach (char c in id)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || "-:.+%_#*?!(),=@;$'".Contains(c, StringComparison.Ordinal);
        }

        if (!valid)
        {
            throw HubErrors.ArgumentInvalid($"{what} '{id}' must be 1 to 128 ASCII letters, digits or -:.+%_#*?!(),=@;$' characters.");
        }
    }

    private void CloseAll(HubDevice device, int code, string reason)
    {
        if (!_hub.Behavior.DropDisabledAtOnce)
        {
            return;
        }

        device.Link?.Close(code, reason);
        foreach (HubModule module in ListModules(device))
        {
            module.Link?.Close(code, reason);
        }
    }
}
