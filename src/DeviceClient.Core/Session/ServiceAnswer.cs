using System;

namespace DeviceClient.Protocol;

/// <summary>An answer of the service: status, version, body; and what the status means.</summary>
internal struct ServiceAnswer
{
    internal int Status { get; }

    internal long Version { get; }

    internal int RetryAfterSeconds { get; }

    internal byte[] Buffer { get; }

    internal int Offset { get; }

    internal int Count { get; }

    internal ServiceAnswer(int status, long version, int retryAfterSeconds, byte[] buffer, int offset, int count)
    {
        Status = status;
        Version = version;
        RetryAfterSeconds = retryAfterSeconds;
        Buffer = buffer;
        Offset = offset;
        Count = count;
    }

    internal bool IsSuccess
    {
        get { return Status >= 200 && Status < 300; }
    }

    internal bool IsTransient
    {
        get { return Status == 408 || Status == 429 || Status >= 500; }
    }

    internal HubErrorCode Error
    {
        get { return IsSuccess ? HubErrorCode.None : FromStatus(Status); }
    }

    internal static HubErrorCode FromStatus(int status)
    {
        switch (status)
        {
            case 400:
                return HubErrorCode.BadRequest;
            case 401:
            case 403:
                return HubErrorCode.Unauthorized;
            case 404:
                return HubErrorCode.NotFound;
            case 408:
            case 504:
                return HubErrorCode.Timeout;
            case 409:
            case 412:
                return HubErrorCode.Conflict;
            case 413:
                return HubErrorCode.MessageTooLarge;
            case 429:
                return HubErrorCode.Throttled;
            case 503:
                return HubErrorCode.ServiceUnavailable;
            default:
                return status >= 500 ? HubErrorCode.ServiceError : HubErrorCode.Unknown;
        }
    }

    internal byte[] CopyBody()
    {
        byte[] body = new byte[Count];
        Array.Copy(Buffer, Offset, body, 0, Count);
        return body;
    }

    internal string? ReadTrackingId()
    {
        return IsSuccess ? null : ReadString("trackingId");
    }

    internal string ReadMessage()
    {
        string? message = ReadString("message");
        return "The hub answered " + Status.ToString() + (message == null ? "." : ": " + message);
    }

    private string? ReadString(string name)
    {
        string? value;
        return JsonMember.TryGetString(Buffer, Offset, Count, name, out value) ? value : null;
    }
}
