using System.Diagnostics.CodeAnalysis;

namespace DeviceClient.Emulator;

/// <summary>The identity registry: modules.</summary>
public sealed partial class HubDevices
{
    /// <summary>Modules a device may have. Source: service-rest facts, section 5 (50, error 413003).</summary>
    public const int MaximumModulesPerDevice = 50;

    /// <summary>Registers a module of a device.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="moduleId">Same rules as a device id.</param>
    /// <param name="authentication">Null: two new symmetric keys.</param>
    /// <param name="managedBy">Who manages it, or null.</param>
    /// <exception cref="HubServiceException">404001 unknown device; 409301 taken; 413003 already 50 modules; 400004 a malformed value.</exception>
    public HubModule AddModule(string deviceId, string moduleId, HubAuthentication? authentication = null, string? managedBy = null)
    {
        RequireId(moduleId, "Module id");
        HubAuthentication complete = (authentication ?? HubAuthentication.NewSymmetricKeys()).Complete();
        HubModule module;
        lock (_hub.Gate)
        {
            HubDevice device = Get(deviceId);
            if (device.Modules.ContainsKey(moduleId))
            {
                throw HubErrors.ModuleExists(deviceId, moduleId);
            }

            if (device.Modules.Count >= MaximumModulesPerDevice)
            {
                throw HubErrors.TooManyModules(deviceId, MaximumModulesPerDevice);
            }

            module = new HubModule(_hub, device, moduleId, complete, _hub.NextGenerationId()) { ManagedBy = managedBy };
            device.Modules.Add(moduleId, module);
            _hub.Persist(module);
        }

        _hub.Log.Write(HubLogEvent.Registry, 0, module.Id, $"Module added ({complete.Type}).");
        return module;
    }

    /// <summary>Changes a module's credential and manager.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="moduleId">A registered module.</param>
    /// <param name="authentication">Null: the present one stays.</param>
    /// <param name="managedBy">New manager, or null.</param>
    /// <param name="ifMatch">Etag the identity must have; null or <c>*</c>: any.</param>
    /// <exception cref="HubServiceException">404001, 404010 unknown; 412001 the etag differs; 400004 a malformed value.</exception>
    public HubModule UpdateModule(
        string deviceId, string moduleId, HubAuthentication? authentication, string? managedBy = null, string? ifMatch = null)
    {
        HubModule module;
        lock (_hub.Gate)
        {
            module = GetModule(deviceId, moduleId);
            HubState.RequireETag(module.Id, module.ETag, ifMatch);
            module.SetAuthentication((authentication ?? module.Authentication).Complete());
            module.ManagedBy = managedBy;
            module.ETag = _hub.NextIdentityETag();
            _hub.Persist(module);
        }

        _hub.Log.Write(HubLogEvent.Registry, 0, module.Id, "Module updated.");
        return module;
    }

    /// <summary>Removes a module and drops its connection.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="moduleId">A registered module.</param>
    /// <param name="ifMatch">Etag the identity must have; null or <c>*</c>: any.</param>
    /// <exception cref="HubServiceException">404001, 404010 unknown; 412001 the etag differs.</exception>
    public void RemoveModule(string deviceId, string moduleId, string? ifMatch = null)
    {
        HubModule module;
        lock (_hub.Gate)
        {
            module = GetModule(deviceId, moduleId);
            HubState.RequireETag(module.Id, module.ETag, ifMatch);
            module.IsRemoved = true;
            module.Device.Modules.Remove(moduleId);
            _hub.Forget(module);
        }

        _hub.Log.Write(HubLogEvent.Registry, 0, module.Id, "Module removed.");
        if (_hub.Behavior.DropDisabledAtOnce)
        {
            module.Link?.Close(404010, "The module was removed.");
        }
    }

    /// <summary>The module with this id.</summary>
    /// <exception cref="HubServiceException">404001 unknown device; 404010 unknown module.</exception>
    public HubModule GetModule(string deviceId, string moduleId)
    {
        ArgumentNullException.ThrowIfNull(moduleId);
        lock (_hub.Gate)
        {
            return Get(deviceId).Modules.TryGetValue(moduleId, out HubModule? module)
                ? module
                : throw HubErrors.ModuleNotFound(deviceId, moduleId);
        }
    }

    /// <summary>The device's modules in the order of their ids. A copy.</summary>
    /// <exception cref="HubServiceException">404001 unknown device.</exception>
    public IReadOnlyList<HubModule> ListModules(string deviceId) => ListModules(Get(deviceId));

    /// <summary>A device, or one of its modules.</summary>
    /// <param name="deviceId">Device id.</param>
    /// <param name="moduleId">Module id; null: the device itself.</param>
    /// <param name="identity">The live identity.</param>
    public bool TryGetIdentity(string deviceId, string? moduleId, [NotNullWhen(true)] out HubRegistryIdentity? identity)
    {
        identity = null;
        lock (_hub.Gate)
        {
            if (!_devices.TryGetValue(deviceId, out HubDevice? device))
            {
                return false;
            }

            if (moduleId is null)
            {
                identity = device;
            }
            else if (device.Modules.TryGetValue(moduleId, out HubModule? module))
            {
                identity = module;
            }

            return identity is not null;
        }
    }

    /// <summary>A device, or one of its modules.</summary>
    /// <exception cref="HubServiceException">404001 unknown device; 404010 unknown module.</exception>
    public HubRegistryIdentity GetIdentity(string deviceId, string? moduleId) =>
        moduleId is null ? Get(deviceId) : GetModule(deviceId, moduleId);

    /// <summary>Adds a module read from the store; nothing is logged or saved.</summary>
    internal HubModule RestoreModule(HubDevice device, string moduleId, HubAuthentication authentication, string generationId)
    {
        HubModule module = new(_hub, device, moduleId, authentication, generationId);
        device.Modules.Add(moduleId, module);
        return module;
    }

    private HubModule[] ListModules(HubDevice device)
    {
        lock (_hub.Gate)
        {
            return device.Modules.Values.ToArray();
        }
    }
}
