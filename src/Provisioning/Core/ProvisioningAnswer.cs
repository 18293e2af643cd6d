using System;

namespace DeviceClient.Protocol;

/// <summary>Reads the bodies that DPS answers with, and judges them.</summary>
/// <remarks>Sources: RegistrationOperationStatus, DeviceRegistrationResult and ProvisioningServiceErrorDetails in azure-rest-api-specs. Both status words are open
/// strings: an unknown one means that the service is still at work.</remarks>
internal sealed class ProvisioningAnswer
{
    private readonly byte[] _body;
    private readonly int _offset;
    private readonly int _count;
    private int _stateOffset;
    private int _stateCount;

    internal ProvisioningAnswer(int status, int retryAfterSeconds, byte[] body, int offset, int count)
    {
        ServiceStatus = status;
        RetryAfterSeconds = retryAfterSeconds < 0 ? 0 : retryAfterSeconds;
        _body = body;
        _offset = offset;
        _count = count;
        IsObject = JsonMember.IsObject(body, offset, count);
        if (IsObject)
        {
            Status = GetText("status");
            OperationId = GetText("operationId");
            JsonMember.TryFind(body, offset, count, "registrationState", out _stateOffset, out _stateCount);
        }
    }

    internal int ServiceStatus { get; }

    internal int RetryAfterSeconds { get; }

    internal bool IsObject { get; }

    internal string? Status { get; }

    internal string? OperationId { get; }

    /// <summary>429 and 5xx, and 408 from a proxy: the same request may succeed later.</summary>
    internal bool IsRetryable
    {
        get { return ServiceStatus == 429 || ServiceStatus == 408 || (ServiceStatus >= 500 && ServiceStatus <= 599); }
    }

    internal bool IsTerminal
    {
        get { return Status == "assigned" || Status == "failed" || Status == "disabled"; }
    }

    /// <summary>What an answer means that is not retryable and does not say that the service is at work.</summary>
    internal ProvisioningResult ToResult()
    {
        if (ServiceStatus < 200 || ServiceStatus > 299)
        {
            return CreateRefusal();
        }

        if (!IsObject)
        {
            return new ProvisioningResult(HubErrorCode.ProtocolError, "The provisioning service answered " + ServiceStatus.ToString() + " with " + _count.ToString() + " bytes that are no JSON object.");
        }

        return Status == "assigned" ? CreateAssigned() : CreateRejected();
    }

    /// <summary>The part of an error answer for people.</summary>
    internal string Describe()
    {
        string text = "The provisioning service answered " + ServiceStatus.ToString();
        string? message = IsObject ? GetText("message") : null;
        if (ServiceErrorCode != 0)
        {
            text += " (" + ServiceErrorCode.ToString() + ")";
        }

        return message == null ? text + "." : text + ": " + message;
    }

    /// <summary>Copies what the answer says into a result.</summary>
    internal void Complete(ProvisioningResult result)
    {
        result.ServiceStatus = ServiceStatus;
        result.RetryAfterSeconds = RetryAfterSeconds;
        result.ServiceErrorCode = ServiceErrorCode;
        result.Status = Status;
        if (!IsObject)
        {
            return;
        }

        result.TrackingId = GetText("trackingId");
        result.Substatus = GetStateText("substatus");
        result.AssignedHub = GetStateText("assignedHub");
        result.DeviceId = GetStateText("deviceId");
        result.ConnectionProfile = GetStateText("connectionProfile");
        if (_stateCount == 0)
        {
            return;
        }

        if (JsonMember.TryFind(_body, _stateOffset, _stateCount, "symmetricKey", out int keyOffset, out int keyCount)
            && JsonMember.TryGetString(_body, keyOffset, keyCount, "enrollmentGroupId", out string? group))
        {
            result.EnrollmentGroupId = group;
        }

        if (JsonMember.TryFind(_body, _stateOffset, _stateCount, "payload", out int payloadOffset, out int payloadCount)
            && _body[payloadOffset] != (byte)'n')
        {
            byte[] payload = new byte[payloadCount];
            Array.Copy(_body, payloadOffset, payload, 0, payloadCount);
            result.Payload = payload;
        }
    }

    private int ServiceErrorCode
    {
        get
        {
            long code = 0;
            bool found = IsObject && (JsonMember.TryGetInt64(_body, _offset, _count, "errorCode", out code)
                || (_stateCount > 0 && JsonMember.TryGetInt64(_body, _stateOffset, _stateCount, "errorCode", out code)));
            return found && code > 0 && code <= int.MaxValue ? (int)code : 0;
        }
    }

    private static HubErrorCode GetErrorCode(int status)
    {
        switch (status)
        {
            case 401:
            case 403:
                return HubErrorCode.Unauthorized;
            case 404:
                return HubErrorCode.NotFound;
            case 409:
            case 412:
                return HubErrorCode.Conflict;
            case 413:
                return HubErrorCode.MessageTooLarge;
            default:
                return status >= 400 && status <= 499 ? HubErrorCode.BadRequest : HubErrorCode.ProtocolError;
        }
    }

    private ProvisioningResult CreateRefusal()
    {
        string remedy = ServiceStatus == 401 || ServiceStatus == 403 ? " Check the key or certificate, the clock, and that the enrollment is of this kind."
            : ServiceStatus == 404 ? " Check the ID scope and that there is an enrollment for this registration id."
            : "";
        return new ProvisioningResult(GetErrorCode(ServiceStatus), Describe() + remedy);
    }

    private ProvisioningResult CreateAssigned()
    {
        if (string.IsNullOrEmpty(GetStateText("assignedHub")) || string.IsNullOrEmpty(GetStateText("deviceId")))
        {
            return new ProvisioningResult(HubErrorCode.ProtocolError, "The provisioning service answered 'assigned' without a hub and a device id.");
        }

        string? profile = GetStateText("connectionProfile");
        return profile == null || profile == "classic"
            ? new ProvisioningResult(HubErrorCode.None, null)
            : new ProvisioningResult(HubErrorCode.NotSupported, "The assigned hub wants the connection profile '" + profile + "'; this client speaks 'classic' only. Assign the device to another hub.");
    }

    private ProvisioningResult CreateRejected()
    {
        string? reason = GetStateText("errorMessage");
        string text = Status == "disabled"
            ? "The enrollment is disabled; enable it at the provisioning service, then register again."
            : "The provisioning service could not assign the device" + (ServiceErrorCode == 0 ? "" : " (" + ServiceErrorCode.ToString() + ")") + ".";
        return new ProvisioningResult(HubErrorCode.RegistrationRejected, reason == null ? text : text + " It says: " + reason);
    }

    private string? GetText(string name)
    {
        return JsonMember.TryGetString(_body, _offset, _count, name, out string? value) ? value : null;
    }

    private string? GetStateText(string name)
    {
        return _stateCount > 0 && JsonMember.TryGetString(_body, _stateOffset, _stateCount, name, out string? value) ? value : null;
    }
}
