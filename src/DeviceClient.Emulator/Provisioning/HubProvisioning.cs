using System.Collections.Concurrent;

namespace DeviceClient.Emulator;

/// <summary>The Device Provisioning Service of the emulator: enrollments, groups and registration states, in process.</summary>
/// <remarks>Devices reach it over MQTT and HTTPS, services over REST; see docs/emulator.md, "Provisioning". Safe for concurrent
/// use. Refusals are <see cref="HubServiceException"/> with the numbers of the real service.</remarks>
public sealed partial class HubProvisioning
{
    /// <summary>The ID scope of every emulator: devices keep it in their firmware, so it does not change.</summary>
    public const string DefaultIdScope = "0ne00000A0A";

    private readonly HubState _hub;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HubEnrollment> _enrollments = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, HubEnrollment> _groups = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, HubRegistration> _registrations = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ProvisioningOperation> _operations = new(StringComparer.Ordinal);

    internal HubProvisioning(HubState hub, string idScope = DefaultIdScope)
    {
        _hub = hub;
        IdScope = idScope;
        Policy = hub.CreatePolicy("provisioningserviceowner", HubRights.None, hub.Options.OwnerPolicyKey);
        Load();
        hub.ReleaseDocuments();
    }

    /// <summary>The policy that the provisioning service's REST asks for.</summary>
    public HubPolicy Policy { get; }

    /// <summary>The ID scope that devices send; it selects this instance.</summary>
    public string IdScope { get; }

    /// <summary>Adds an individual enrollment for a device with a key.</summary>
    /// <param name="registrationId">The registration id.</param>
    /// <param name="primaryKey">Base64 of 16 to 64 bytes; null makes one.</param>
    /// <returns>The enrollment with its keys.</returns>
    /// <exception cref="HubServiceException">The id exists (409) or breaks a rule (400).</exception>
    public HubEnrollment AddIndividual(string registrationId, string? primaryKey = null) =>
        Put(new HubEnrollment { Id = registrationId, PrimaryKey = primaryKey });

    /// <summary>Adds an enrollment group: any device with a key derived from the group's may register.</summary>
    /// <param name="groupId">The group's id.</param>
    /// <param name="primaryKey">Base64 of 16 to 64 bytes; null makes one.</param>
    /// <returns>The group with its keys.</returns>
    /// <exception cref="HubServiceException">The id exists (409) or breaks a rule (400).</exception>
    public HubEnrollment AddGroup(string groupId, string? primaryKey = null) =>
        Put(new HubEnrollment { Id = groupId, IsGroup = true, PrimaryKey = primaryKey });

    /// <summary>The key of a group's member: base64 of HMAC-SHA256 over the registration id, by the group's key.</summary>
    /// <param name="groupKey">The group's primary or secondary key, base64.</param>
    /// <param name="registrationId">The registration id, in lower case as devices should use it.</param>
    public static string DeriveDeviceKey(string groupKey, string registrationId)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupKey);
        ArgumentException.ThrowIfNullOrEmpty(registrationId);
        return EnrollmentRules.DeriveKey(groupKey, registrationId);
    }

    /// <summary>Creates or updates an entry.</summary>
    /// <param name="enrollment">The entry; keys that are null are made, or kept on an update.</param>
    /// <param name="ifMatch">Null creates; an etag or <c>*</c> updates the entry that has it.</param>
    /// <returns>The entry as stored, with keys and a new etag.</returns>
    /// <exception cref="HubServiceException">400 a rule is broken; 404 nothing to update; 409 nothing to create, the entry
    /// exists; 412 the etag is stale.</exception>
    public HubEnrollment Put(HubEnrollment enrollment, string? ifMatch = null)
    {
        ArgumentNullException.ThrowIfNull(enrollment);
        Check(enrollment);
        lock (_gate)
        {
            Dictionary<string, HubEnrollment> entries = Entries(enrollment.IsGroup);
            bool exists = entries.TryGetValue(enrollment.Id, out HubEnrollment? old);
            if (ifMatch is null && exists)
            {
                throw ProvisioningErrors.EnrollmentExists(Kind(enrollment.IsGroup), enrollment.Id);
            }

            if (ifMatch is not null)
            {
                CheckMatch(old, enrollment.Id, enrollment.IsGroup, ifMatch);
            }

            DateTimeOffset now = _hub.Time.GetUtcNow();
            HubEnrollment stored = enrollment with
            {
                Id = old?.Id ?? enrollment.Id,
                PrimaryKey = EnrollmentRules.CheckKey(enrollment.PrimaryKey ?? old?.PrimaryKey, "primary key"),
                SecondaryKey = EnrollmentRules.CheckKey(enrollment.SecondaryKey ?? old?.SecondaryKey, "secondary key"),
                ETag = EnrollmentRules.CreateETag(),
                Created = old?.Created ?? now,
                LastUpdated = now,
            };
            entries[stored.Id] = stored;
            Save(stored);
            _hub.Log.Write(
                HubLogEvent.Registry, 0, stored.Id, $"{Kind(stored.IsGroup)} {(old is null ? "added" : "updated")}.");
            return stored;
        }
    }

    /// <summary>An individual enrollment, or null.</summary>
    /// <param name="registrationId">The registration id, in any letter case.</param>
    public HubEnrollment? GetIndividual(string registrationId) => Find(registrationId, isGroup: false);

    /// <summary>An enrollment group, or null.</summary>
    /// <param name="groupId">The group's id, in any letter case.</param>
    public HubEnrollment? GetGroup(string groupId) => Find(groupId, isGroup: true);

    /// <summary>All individual enrollments, or all groups, by id.</summary>
    /// <param name="groups">True for groups.</param>
    public IReadOnlyList<HubEnrollment> List(bool groups)
    {
        lock (_gate)
        {
            return [.. Entries(groups).Values.OrderBy(entry => entry.Id, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <summary>Deletes an entry. Devices that it admitted stay in the hub; their registration states stay too.</summary>
    /// <param name="id">The registration id, or the group's id.</param>
    /// <param name="isGroup">True for a group.</param>
    /// <param name="ifMatch">Null or <c>*</c> deletes whatever is there.</param>
    /// <exception cref="HubServiceException">404 there is none; 412 the etag is stale.</exception>
    public void Delete(string id, bool isGroup, string? ifMatch = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_gate)
        {
            HubEnrollment entry = CheckMatch(Entries(isGroup).GetValueOrDefault(id), id, isGroup, ifMatch ?? "*");
            Entries(isGroup).Remove(entry.Id);
            Forget(entry);
            _hub.Log.Write(HubLogEvent.Registry, 0, entry.Id, $"{Kind(isGroup)} removed.");
        }
    }

    /// <summary>The registration state of a device, or null when it never registered.</summary>
    /// <param name="registrationId">The registration id, in any letter case.</param>
    public HubRegistration? GetRegistration(string registrationId)
    {
        ArgumentNullException.ThrowIfNull(registrationId);
        lock (_gate)
        {
            return _registrations.TryGetValue(registrationId, out HubRegistration? state) ? Current(state) : null;
        }
    }

    /// <summary>The registration states of a group's members, or all of them.</summary>
    /// <param name="groupId">The group, or null for all.</param>
    public IReadOnlyList<HubRegistration> ListRegistrations(string? groupId = null)
    {
        lock (_gate)
        {
            return
            [
                .. _registrations.Values
                    .Where(state => groupId is null || string.Equals(state.GroupId, groupId, StringComparison.OrdinalIgnoreCase))
                    .OrderBy(state => state.RegistrationId, StringComparer.OrdinalIgnoreCase)
                    .Select(Current),
            ];
        }
    }

    /// <summary>Forgets a device's assignment; the device itself stays in the hub.</summary>
    /// <param name="registrationId">The registration id, in any letter case.</param>
    /// <param name="ifMatch">Null or <c>*</c> deletes whatever is there.</param>
    /// <exception cref="HubServiceException">404 there is none; 412 the etag is stale.</exception>
    public void DeleteRegistration(string registrationId, string? ifMatch = null)
    {
        ArgumentNullException.ThrowIfNull(registrationId);
        lock (_gate)
        {
            HubRegistration state = _registrations.GetValueOrDefault(registrationId)
                ?? throw ProvisioningErrors.RegistrationNotFound(registrationId);
            if (ifMatch is not null && !EnrollmentRules.Matches(ifMatch, state.ETag))
            {
                throw ProvisioningErrors.StaleETag($"Registration '{registrationId}'", ifMatch, state.ETag);
            }

            _registrations.Remove(registrationId);
            _hub.Delete(RegistrationKind, Key(state.RegistrationId));
        }
    }

    private static string Kind(bool isGroup) => isGroup ? "Enrollment group" : "Enrollment";

    // There is one hub; its port may be another one since the assignment was stored.
    private HubRegistration Current(HubRegistration state) =>
        state.AssignedHub is null ? state : state with { AssignedHub = _hub.DialName };

    private static HubEnrollment CheckMatch(HubEnrollment? entry, string id, bool isGroup, string ifMatch)
    {
        if (entry is null)
        {
            throw ProvisioningErrors.EnrollmentNotFound(Kind(isGroup), id);
        }

        return EnrollmentRules.Matches(ifMatch, entry.ETag)
            ? entry
            : throw ProvisioningErrors.StaleETag($"{Kind(isGroup)} '{id}'", ifMatch, entry.ETag);
    }

    private void Check(HubEnrollment enrollment)
    {
        EnrollmentRules.CheckId(enrollment.Id, enrollment.IsGroup ? "enrollment group id" : "registration id");
        if (enrollment.IsGroup && enrollment.DeviceId is not null)
        {
            throw ProvisioningErrors.InvalidEnrollment("An enrollment group has no deviceId: each member's is its registration id.");
        }

        IEnumerable<string> named = enrollment.IotHubHostName is null
            ? enrollment.IotHubs : enrollment.IotHubs.Append(enrollment.IotHubHostName);
        string? unknown = named.FirstOrDefault(hub => !IsThisHub(hub));
        if (unknown is not null)
        {
            throw ProvisioningErrors.InvalidEnrollment(
                $"The hub '{unknown}' is not linked to this provisioning service; the only linked hub is '{_hub.HostName}'.");
        }

        if (enrollment.Allocation == AllocationPolicy.Static && enrollment.IotHubHostName is null && enrollment.IotHubs.Count != 1)
        {
            throw ProvisioningErrors.InvalidEnrollment(
                $"Static allocation needs iotHubHostName, or exactly one entry in iotHubs; there are {enrollment.IotHubs.Count}.");
        }
    }

    private bool IsThisHub(string hub) =>
        string.Equals(hub, _hub.HostName, StringComparison.OrdinalIgnoreCase)
        || string.Equals(hub, _hub.DialName, StringComparison.OrdinalIgnoreCase);

    private Dictionary<string, HubEnrollment> Entries(bool groups) => groups ? _groups : _enrollments;

    private HubEnrollment? Find(string id, bool isGroup)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_gate)
        {
            return Entries(isGroup).GetValueOrDefault(id);
        }
    }
}
