using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace DeviceClient.Emulator;

/// <content>What devices ask: authentication, register, operation status, look-up.</content>
public sealed partial class HubProvisioning
{
    // Beyond this many the oldest finished registrations could pile up on a bench that registers for months.
    private const int MaximumOperations = 10_000;

    private readonly Queue<string> _operationOrder = new();
    private volatile int _retryAfterSeconds = 2;
    private volatile int _assigningAnswers = 1;

    /// <summary>Seconds that devices are told to wait between polls.</summary>
    /// <value>0 to 3600. Default 2, the shortest wait that official SDKs keep.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int RetryAfterSeconds
    {
        get => _retryAfterSeconds;
        set
        {
            HubEmulatorOptions.RequireRange(value, 0, 3600, nameof(RetryAfterSeconds));
            _retryAfterSeconds = value;
        }
    }

    /// <summary>How many answers say <c>assigning</c> before the result: the one to the register request is the first.</summary>
    /// <value>0 to 1000. Default 1. 0 answers the register request with the result, which some SDKs do not take.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int AssigningAnswers
    {
        get => _assigningAnswers;
        set
        {
            HubEmulatorOptions.RequireRange(value, 0, 1000, nameof(AssigningAnswers));
            _assigningAnswers = value;
        }
    }

    /// <summary>Checks a device's token against the enrollment or the groups.</summary>
    /// <exception cref="HubServiceException">401 or 404, with the reason for the emulator's log.</exception>
    internal ProvisioningIdentity Authenticate(string idScope, string registrationId, string? tokenText)
    {
        if (!string.Equals(idScope, IdScope, StringComparison.OrdinalIgnoreCase))
        {
            throw ProvisioningErrors.UnknownScope(idScope);
        }

        EnrollmentRules.CheckId(registrationId, "registration id");
        if (string.IsNullOrEmpty(tokenText))
        {
            throw ProvisioningErrors.Unauthorized("No shared access signature was sent; this service attests by symmetric key.");
        }

        if (!SharedAccessToken.TryParse(tokenText, out SharedAccessToken? token))
        {
            throw ProvisioningErrors.Unauthorized("The shared access signature is malformed: it needs sr, sig and se, each once.");
        }

        CheckToken(token!, idScope, registrationId);
        lock (_gate)
        {
            return Admit(registrationId, token!);
        }
    }

    internal ProvisioningReply Register(ProvisioningIdentity identity, JsonNode? payload)
    {
        ProvisioningOperation operation;
        HubRegistration state;
        lock (_gate)
        {
            // The enrollment may have changed since the connection was admitted.
            HubEnrollment enrollment = Entries(identity.Enrollment.IsGroup).GetValueOrDefault(identity.Enrollment.Id)
                ?? throw ProvisioningErrors.NotEnrolled(identity.RegistrationId);
            state = Allocate(identity, enrollment, payload);
            _registrations[state.RegistrationId] = state;
            Save(state);
            operation = Start(state.RegistrationId);
        }

        _hub.Log.Write(
            HubLogEvent.Provisioning, state.ErrorCode, identity.RegistrationId,
            $"Registered: {state.Status}{(state.Status == "assigned" ? $" to {state.AssignedHub} as '{state.DeviceId}' ({state.Substatus})" : "")}.");
        return Answer(operation, state);
    }

    internal ProvisioningReply GetOperation(ProvisioningIdentity identity, string operationId)
    {
        if (!_operations.TryGetValue(operationId, out ProvisioningOperation? operation)
            || !string.Equals(operation.RegistrationId, identity.RegistrationId, StringComparison.OrdinalIgnoreCase))
        {
            throw ProvisioningErrors.OperationNotFound(operationId);
        }

        HubRegistration state = GetRegistration(identity.RegistrationId)
            ?? throw ProvisioningErrors.RegistrationNotFound(identity.RegistrationId);
        return Answer(operation, state);
    }

    internal ProvisioningReply LookUp(ProvisioningIdentity identity)
    {
        HubRegistration state = GetRegistration(identity.RegistrationId)
            ?? throw ProvisioningErrors.RegistrationNotFound(identity.RegistrationId);
        return new ProvisioningReply(200, null, ProvisioningJson.WriteRegistration(state, forDevice: true));
    }

    private void CheckToken(SharedAccessToken token, string idScope, string registrationId)
    {
        if (!token.Covers($"{idScope}/registrations/{registrationId}"))
        {
            throw ProvisioningErrors.Unauthorized(
                $"The token is for '{token.Resource}', not for '{idScope}/registrations/{registrationId}'.");
        }

        if (token.KeyName != "registration")
        {
            throw ProvisioningErrors.Unauthorized($"The token names the policy '{token.KeyName}'; devices use skn=registration.");
        }

        if (token.IsExpired(_hub.Time.GetUtcNow()))
        {
            throw ProvisioningErrors.Unauthorized($"The token expired at {token.ExpiryUnixSeconds} (seconds since 1970); make a new one.");
        }
    }

    // An individual enrollment goes before every group, also when its key does not fit.
    private ProvisioningIdentity Admit(string registrationId, SharedAccessToken token)
    {
        DateTimeOffset expiry = token.Expiry;
        if (_enrollments.TryGetValue(registrationId, out HubEnrollment? individual))
        {
            return token.IsSignedBy(individual.PrimaryKey!) || token.IsSignedBy(individual.SecondaryKey!)
                ? new ProvisioningIdentity(registrationId, individual, individual.PrimaryKey!, individual.SecondaryKey!, expiry)
                : throw ProvisioningErrors.Unauthorized(
                    $"The token's signature was made by neither key of the individual enrollment '{individual.Id}'.");
        }

        foreach (HubEnrollment group in _groups.Values)
        {
            // Which letter case the service derives from is not documented; both spellings are admitted.
            foreach (string spelling in new[] { registrationId, registrationId.ToLowerInvariant() })
            {
                string primary = EnrollmentRules.DeriveKey(group.PrimaryKey!, spelling);
                string secondary = EnrollmentRules.DeriveKey(group.SecondaryKey!, spelling);
                if (token.IsSignedBy(primary) || token.IsSignedBy(secondary))
                {
                    return new ProvisioningIdentity(registrationId, group, primary, secondary, expiry);
                }
            }
        }

        throw _groups.Count == 0
            ? ProvisioningErrors.NotEnrolled(registrationId)
            : ProvisioningErrors.Unauthorized(
                $"There is no individual enrollment '{registrationId}', and no group's derived key made the token's signature.");
    }

    private HubRegistration Allocate(ProvisioningIdentity identity, HubEnrollment enrollment, JsonNode? payload)
    {
        HubRegistration? old = _registrations.GetValueOrDefault(identity.RegistrationId);
        DateTimeOffset now = _hub.Time.GetUtcNow();
        var state = new HubRegistration
        {
            RegistrationId = old?.RegistrationId ?? identity.RegistrationId,
            GroupId = enrollment.IsGroup ? enrollment.Id : null,
            Status = "disabled",
            DevicePayload = payload?.DeepClone(),
            ETag = EnrollmentRules.CreateETag(),
            Created = old?.Created ?? now,
            LastUpdated = now,
        };
        if (!enrollment.Enabled)
        {
            return state;
        }

        bool again = old?.Status == "assigned";
        bool reset = again && enrollment.Reprovision == ReprovisionPolicy.ResetData;
        bool keep = again && enrollment.Reprovision == ReprovisionPolicy.Never;
        string deviceId = keep ? old!.DeviceId! : enrollment.DeviceId ?? state.RegistrationId;
        try
        {
            ProvisionDevice(deviceId, identity, enrollment, reset, keepCredential: keep);
        }
        catch (HubServiceException error)
        {
            return state with { Status = "failed", ErrorCode = error.Code, ErrorMessage = error.Message };
        }

        return state with
        {
            Status = "assigned",
            AssignedHub = _hub.DialName,
            DeviceId = deviceId,
            Substatus = reset ? "deviceDataReset" : "initialAssignment",
        };
    }

    private void ProvisionDevice(
        string deviceId, ProvisioningIdentity identity, HubEnrollment enrollment, bool reset, bool keepCredential)
    {
        HubAuthentication keys = HubAuthentication.FromKeys(identity.PrimaryKey, identity.SecondaryKey);
        bool isNew = !_hub.Devices.TryGet(deviceId, out HubDevice? device);
        if (isNew)
        {
            _hub.Devices.Add(deviceId, new HubDeviceSettings { Authentication = keys, IotEdge = enrollment.IotEdge });
        }
        else if (!keepCredential && device!.Authentication != keys)
        {
            _hub.Devices.Update(deviceId, device.Settings with { Authentication = keys });
        }

        if (!isNew && !reset)
        {
            return;
        }

        try
        {
            _hub.Twins.Initialize(deviceId, null, enrollment.InitialTags, enrollment.InitialDesired);
        }
        catch (HubServiceException) when (isNew)
        {
            // A registration that fails leaves nothing behind.
            _hub.Devices.Remove(deviceId);
            throw;
        }
    }

    private ProvisioningOperation Start(string registrationId)
    {
        string id = $"4.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.{Guid.NewGuid():D}";
        var operation = new ProvisioningOperation(id, registrationId, _assigningAnswers);
        _operations[id] = operation;
        _operationOrder.Enqueue(id);
        if (_operationOrder.Count > MaximumOperations)
        {
            _operations.TryRemove(_operationOrder.Dequeue(), out _);
        }

        return operation;
    }

    private ProvisioningReply Answer(ProvisioningOperation operation, HubRegistration state)
    {
        bool done = operation.TryComplete();
        var body = new JsonObject { ["operationId"] = operation.Id, ["status"] = done ? state.Status : "assigning" };
        if (!done)
        {
            return new ProvisioningReply(202, _retryAfterSeconds, body, operation.Id);
        }

        body["registrationState"] = ProvisioningJson.WriteRegistration(state, forDevice: true);
        return new ProvisioningReply(200, null, body, operation.Id);
    }
}
