namespace DeviceClient.Emulator;

/// <summary>Adds what a seed names and the hub does not have yet; what exists is left as it is.</summary>
internal static class SeedLoader
{
    /// <exception cref="JsonInputException">The hub refuses an entry; the message names its path. Entries before it stay.</exception>
    internal static SeedResult Apply(HubSeed seed, HubState hub, HubProvisioning provisioning)
    {
        int devices = 0;
        int modules = 0;
        foreach (SeedIdentity device in seed.Devices)
        {
            devices += Guard(seed, device.Path, () => AddDevice(hub, device));
            foreach (SeedIdentity module in device.Modules)
            {
                modules += Guard(seed, module.Path, () => AddModule(hub, device.Id, module));
            }
        }

        int enrollments = 0;
        int groups = 0;
        foreach ((string path, HubEnrollment entry) in seed.Enrollments)
        {
            int added = Guard(seed, path, () => AddEnrollment(provisioning, entry));
            enrollments += entry.IsGroup ? 0 : added;
            groups += entry.IsGroup ? added : 0;
        }

        return new SeedResult(devices, modules, enrollments, groups);
    }

    private static int Guard(HubSeed seed, string path, Func<bool> add)
    {
        try
        {
            return add() ? 1 : 0;
        }
        catch (HubServiceException error)
        {
            throw new JsonInputException($"{seed.Source}: {path}: {error.Message}");
        }
    }

    private static bool AddDevice(HubState hub, SeedIdentity device)
    {
        if (hub.Devices.TryGet(device.Id, out _))
        {
            return false;
        }

        hub.Devices.Add(device.Id, device.Settings);
        SetTwin(hub, device.Id, null, device);
        return true;
    }

    private static bool AddModule(HubState hub, string deviceId, SeedIdentity module)
    {
        if (hub.Devices.TryGetIdentity(deviceId, module.Id, out _))
        {
            return false;
        }

        hub.Devices.AddModule(deviceId, module.Id, module.Settings.Authentication, module.ManagedBy);
        SetTwin(hub, deviceId, module.Id, module);
        return true;
    }

    private static void SetTwin(HubState hub, string deviceId, string? moduleId, SeedIdentity identity)
    {
        if (identity.Tags is not null || identity.Desired is not null)
        {
            hub.Twins.Initialize(deviceId, moduleId, identity.Tags, identity.Desired);
        }
    }

    private static bool AddEnrollment(HubProvisioning provisioning, HubEnrollment entry)
    {
        HubEnrollment? present = entry.IsGroup ? provisioning.GetGroup(entry.Id) : provisioning.GetIndividual(entry.Id);
        if (present is null)
        {
            provisioning.Put(entry);
        }

        return present is null;
    }
}
