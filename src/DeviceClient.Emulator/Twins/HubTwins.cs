using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <summary>
/// Twins of devices and modules: merge rules, versions, limits, etags, and the notices to connected devices. All members are
/// safe to call from any thread; changes of one twin reach its device in the order in which they were accepted.
/// </summary>
public sealed partial class HubTwins
{
    private readonly HubState _hub;

    internal HubTwins(HubState hub) => _hub = hub;

    /// <summary>Raised after each accepted change, on the thread that made it. Handlers must not block.</summary>
    public event EventHandler<HubTwinChangedEventArgs>? Changed;

    /// <summary>A copy of the twin.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="moduleId">One of its modules, or null.</param>
    /// <exception cref="HubServiceException">404001 unknown device; 404010 unknown module.</exception>
    public HubTwin Get(string deviceId, string? moduleId = null)
    {
        HubRegistryIdentity identity = _hub.Devices.GetIdentity(deviceId, moduleId);
        lock (identity.Gate)
        {
            return identity.Twin.ToTwin(identity);
        }
    }

    /// <summary>Merges a patch into the desired properties and tells the connected device.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="patch">Merge patch; <c>null</c> removes a property.</param>
    /// <param name="moduleId">One of its modules, or null.</param>
    /// <returns>The twin afterwards.</returns>
    /// <exception cref="HubServiceException">404001, 404010 unknown; 400004 a limit is exceeded.</exception>
    public HubTwin UpdateDesired(string deviceId, JsonObject patch, string? moduleId = null)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return Update(deviceId, moduleId, new HubTwinUpdate { Desired = patch });
    }

    /// <summary>Changes tags and desired properties in one step, as a service does.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="moduleId">One of its modules, or null.</param>
    /// <param name="update">What to change.</param>
    /// <returns>The twin afterwards.</returns>
    /// <exception cref="HubServiceException">404001, 404010 unknown; 400004 a limit is exceeded; 412001 the etag differs.</exception>
    public HubTwin Update(string deviceId, string? moduleId, HubTwinUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        HubRegistryIdentity identity = _hub.Devices.GetIdentity(deviceId, moduleId);
        JsonObject? desired = WithoutReserved(update.Desired);
        JsonObject? tags = WithoutReserved(update.Tags);
        HubTwin result;
        long desiredVersion = 0;
        lock (identity.Gate)
        {
            TwinRecord twin = identity.Twin;
            HubState.RequireETag(identity.Id, twin.ETag, update.IfMatch);
            JsonObject? newTags = tags is null ? null : CheckTags(twin, tags, update.Replace);
            JsonObject? newDesired = desired is null ? null : CheckSection(twin.Desired, desired, update.Replace, "desired");
            if (newTags is not null)
            {
                twin.Tags = newTags;
            }

            if (newDesired is not null && IsChange(twin.Desired, newDesired))
            {
                twin.Desired.Store(newDesired, desired!, update.Replace, versionInMetadata: true, _hub.Time.GetUtcNow());
                desiredVersion = twin.Desired.Version;
                Notify(identity, update.Replace ? newDesired : desired!, desiredVersion);
            }

            if (newTags is not null || desiredVersion != 0)
            {
                twin.Version++;
                _hub.PersistTwin(identity);
            }

            result = twin.ToTwin(identity);
        }

        Report(identity, HubTwinSection.Tags, tags, result.Version);
        Report(identity, HubTwinSection.Desired, desiredVersion == 0 ? null : desired, desiredVersion);
        return result;
    }

    /// <summary>Merges a patch into the reported properties, as the device does.</summary>
    /// <param name="deviceId">A registered device.</param>
    /// <param name="patch">Merge patch; <c>null</c> removes a property.</param>
    /// <param name="moduleId">One of its modules, or null.</param>
    /// <param name="expectedVersion"><c>$version</c> the reported section must have; null: any.</param>
    /// <returns>The new <c>$version</c> of the reported section.</returns>
    /// <exception cref="HubServiceException">404001, 404010 unknown; 400004 a limit is exceeded (413001 for the size, if the behavior says so); 412001 another version.</exception>
    public long UpdateReported(string deviceId, JsonObject patch, string? moduleId = null, long? expectedVersion = null)
    {
        ArgumentNullException.ThrowIfNull(patch);
        HubRegistryIdentity identity = _hub.Devices.GetIdentity(deviceId, moduleId);
        long version;
        lock (identity.Gate)
        {
            TwinSection reported = identity.Twin.Reported;
            if (expectedVersion is long expected && expected != reported.Version)
            {
                throw new HubServiceException(
                    412001, "PreconditionFailed", $"The reported properties have $version {reported.Version}, the patch expects {expected}. Read the twin and repeat the change.");
            }

            JsonObject values = CheckSection(reported, patch, replace: false, "reported");
            if (IsChange(reported, values))
            {
                reported.Store(values, patch, replace: false, versionInMetadata: false, _hub.Time.GetUtcNow());
                identity.Twin.Version++;
                _hub.PersistTwin(identity);
            }

            version = reported.Version;
        }

        Report(identity, HubTwinSection.Reported, patch, version);
        return version;
    }

    internal void SetModelId(HubRegistryIdentity identity, string modelId)
    {
        lock (identity.Gate)
        {
            if (identity.Twin.ModelId != modelId)
            {
                identity.Twin.ModelId = modelId;
                _hub.PersistTwin(identity);
            }
        }
    }

    private bool IsChange(TwinSection section, JsonObject values) =>
        _hub.Behavior.UnchangedPatchRaisesVersion || !JsonNode.DeepEquals(section.Values, values);

    private static void Notify(HubRegistryIdentity identity, JsonObject patch, long version)
    {
        if (identity.Link is DeviceLink link)
        {
            JsonObject body = (JsonObject)patch.DeepClone();
            body["$version"] = version;
            link.DesiredChanged(HubJson.ToUtf8(body), version);
        }
    }

    private JsonObject CheckSection(TwinSection section, JsonObject patch, bool replace, string name)
    {
        RefuseFault(TwinLimits.FindFault(patch), name);
        JsonObject values = section.Preview(patch, replace);
        RefuseFault(TwinLimits.FindFault(values), name);
        int size = TwinLimits.Measure(values);
        if (size <= TwinLimits.SectionBytes)
        {
            return values;
        }

        string message = $"The {name} properties would have {size} bytes, at most {TwinLimits.SectionBytes} are allowed.";
        throw _hub.Behavior.TwinTooLargeStatus == 413
            ? new HubServiceException(413001, "MessageTooLarge", message)
            : HubErrors.ArgumentInvalid(message);
    }

    private static JsonObject CheckTags(TwinRecord twin, JsonObject patch, bool replace)
    {
        RefuseFault(TwinLimits.FindFault(patch), "tags");
        JsonObject values = replace ? [] : (JsonObject)twin.Tags.DeepClone();
        TwinMerge.Apply(values, patch);
        int size = TwinLimits.Measure(values);
        return size <= TwinLimits.TagsBytes
            ? values
            : throw HubErrors.ArgumentInvalid($"The tags would have {size} bytes, at most {TwinLimits.TagsBytes} are allowed.");
    }

    private static void RefuseFault(string? fault, string section)
    {
        if (fault is not null)
        {
            throw HubErrors.ArgumentInvalid($"The patch of {section} is refused: {fault}");
        }
    }

    /// <summary>Services send back what they read: <c>$version</c> and <c>$metadata</c> at the top are not theirs to write.</summary>
    private static JsonObject? WithoutReserved(JsonObject? section)
    {
        if (section is null)
        {
            return null;
        }

        JsonObject copy = (JsonObject)section.DeepClone();
        copy.Remove("$version");
        copy.Remove("$metadata");
        return copy;
    }

    private void Report(HubRegistryIdentity identity, HubTwinSection section, JsonObject? patch, long version)
    {
        if (patch is null)
        {
            return;
        }

        _hub.Log.Write(HubLogEvent.Twin, 0, identity.Id, $"{section} changed, version {version}.");
        Changed?.Invoke(this, new HubTwinChangedEventArgs(new HubTwinChange(identity.DeviceId, identity.ModuleId, section, patch, version)));
    }
}
