using System;

namespace DeviceClient.Protocol;

/// <content>Twin: requests matched by id, comparison after every connect, gaps.</content>
public sealed partial class HubSession
{
    private readonly string _requestIdPrefix;
    private TwinRequest[] _requests = new TwinRequest[4];
    private int _requestCount;
    private int _lastRequest;
    private long _lastDesiredVersion;
    private long _newestPushed;
    private bool _syncNeeded;
    private int _twinAttempt;

    /// <summary>The version of desired properties the application was last told; -1 before the first.</summary>
    public long LastDesiredVersion
    {
        get { return _lastDesiredVersion; }
    }

    /// <summary>Answers that belonged to no waiting request; they are dropped.</summary>
    public long LateReplies { get; private set; }

    /// <summary>Pushed changes of desired properties that were older than what is known; they are dropped.</summary>
    public long StaleChanges { get; private set; }

    /// <summary>Asks for the twin. A lost connection or a busy hub is answered by asking again until the deadline.</summary>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <param name="deadline">When the operation gives up, in monotonic milliseconds.</param>
    /// <returns>The operation; its notification carries the twin in <see cref="HubNotification.Body"/>.</returns>
    public int GetTwin(long now, long deadline)
    {
        SessionOperation operation = AddOperation(SessionOperationKind.GetTwin, now, deadline);
        SetFeature(HubFeature.TwinResponses, true, now);
        FailRefusedOperations();
        IssueTwinWork(now);
        return operation.Id;
    }

    /// <summary>The hub pushed a change of desired properties.</summary>
    /// <param name="version">The version in the topic.</param>
    /// <param name="buffer">Holds the patch.</param>
    /// <param name="offset">Start of the patch.</param>
    /// <param name="count">Length of the patch.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleDesiredChanged(long version, byte[] buffer, int offset, int count, long now)
    {
        if (version > _newestPushed)
        {
            _newestPushed = version;
        }

        if (_lastDesiredVersion >= 0 && version == _lastDesiredVersion + 1)
        {
            TellDesired(version, buffer, offset, count, false);
        }
        else if (_lastDesiredVersion >= 0 && version <= _lastDesiredVersion)
        {
            StaleChanges++;
        }
        else
        {
            // A gap, or nothing is known yet: the whole section tells what the missing changes were.
            _syncNeeded = true;
            IssueTwinWork(now);
        }
    }

    /// <summary>The hub answered a twin request.</summary>
    /// <param name="requestId">The request id as received.</param>
    /// <param name="status">200 to 599.</param>
    /// <param name="version">The version in the topic; -1 when absent.</param>
    /// <param name="retryAfterSeconds">The wait the service asked for; 0 for none.</param>
    /// <param name="buffer">Holds the body.</param>
    /// <param name="offset">Start of the body.</param>
    /// <param name="count">Length of the body.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void HandleTwinAnswered(string requestId, int status, long version, int retryAfterSeconds, byte[] buffer, int offset, int count, long now)
    {
        TwinRequest? request = TakeRequest(requestId);
        if (request == null)
        {
            LateReplies++;
            return;
        }

        ServiceAnswer answer = new ServiceAnswer(status, version, retryAfterSeconds, buffer, offset, count);
        switch (request.Kind)
        {
            case TwinRequestKind.Synchronize:
                HandleSynchronizeAnswered(answer, now);
                break;
            case TwinRequestKind.Get:
                HandleGetAnswered(request.OperationId, answer, now);
                break;
            default:
                HandleReportAnswered(answer, now);
                break;
        }

        IssueTwinWork(now);
        CheckDrained(now);
    }

    private static string CreateRequestIdPrefix(RandomSource random)
    {
        char[] text = new char[6];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = "0123456789abcdef"[random.Next(16)];
        }

        return new string(text) + "-";
    }

    private void HandleSynchronizeAnswered(ServiceAnswer answer, long now)
    {
        int desiredOffset = 0;
        int desiredCount = 0;
        long version = -1;
        bool understood = answer.IsSuccess
            && JsonMember.TryFind(answer.Buffer, answer.Offset, answer.Count, "desired", out desiredOffset, out desiredCount)
            && TryReadVersion(answer.Buffer, desiredOffset, desiredCount, out version);
        if (!understood)
        {
            RetrySynchronize(answer.RetryAfterSeconds, now);
            return;
        }

        _twinAttempt = 0;
        if (version < _newestPushed)
        {
            // The answer crossed a push on the wire and is older: ask again rather than go back.
            return;
        }

        _syncNeeded = false;
        bool changed = version != _lastDesiredVersion;
        if (Move(SessionInput.Synchronized, HubErrorCode.None, null, now))
        {
            EnterOnline(now);
        }

        if (changed)
        {
            TellDesired(version, answer.Buffer, desiredOffset, desiredCount, true);
        }
    }

    private void RetrySynchronize(int retryAfterSeconds, long now)
    {
        _twinAttempt++;
        SetDeadline(SessionDeadline.TwinRetry, now + _options.Retry.GetDelay(_twinAttempt, retryAfterSeconds, _random));

        // A busy twin store must not hold up telemetry and methods (P46): the comparison goes on beside the work.
        if (Move(SessionInput.Synchronized, HubErrorCode.None, null, now))
        {
            EnterOnline(now);
        }
    }

    private void HandleGetAnswered(int operationId, ServiceAnswer answer, long now)
    {
        SessionOperation? operation = FindOperation(operationId);
        if (operation == null)
        {
            return;
        }

        if (answer.IsTransient)
        {
            operation.Issued = false;
            operation.Attempt++;
            operation.RetryAt = now + _options.Retry.GetDelay(operation.Attempt, answer.RetryAfterSeconds, _random);
            ScheduleOperations();
            return;
        }

        HubNotification told = CompleteOperation(operation, answer.Error, answer.IsSuccess ? null : answer.ReadMessage());
        told.ServiceStatus = answer.Status;
        told.RetryAfterSeconds = answer.RetryAfterSeconds;
        told.TrackingId = answer.ReadTrackingId();
        told.Body = answer.IsSuccess ? answer.CopyBody() : null;
        ScheduleOperations();
    }

    private void TellDesired(long version, byte[] buffer, int offset, int count, bool isFullDocument)
    {
        _lastDesiredVersion = version;
        HubNotification told = _queue.AddNotification(HubNotificationKind.DesiredPropertiesChanged);
        told.Version = version;
        told.IsFullDocument = isFullDocument;
        byte[] body = new byte[count];
        Array.Copy(buffer, offset, body, 0, count);
        told.Body = body;
    }

    private static bool TryReadVersion(byte[] buffer, int offset, int count, out long version)
    {
        int valueOffset;
        int valueCount;
        version = -1;
        return JsonMember.TryFind(buffer, offset, count, "$version", out valueOffset, out valueCount)
            && Utf8Text.TryParseInt64(buffer, valueOffset, valueCount, out version) && version >= 0;
    }

    private bool IsTwinReady()
    {
        bool open = State == SessionState.Synchronizing || State == SessionState.Online;
        return open && (Subscribed & HubFeature.TwinResponses) != 0;
    }

    // Sends whatever twin work is due: at most one comparison and one reported patch at a time.
    private void IssueTwinWork(long now)
    {
        if (!IsTwinReady())
        {
            return;
        }

        bool waiting = _deadlines[(int)SessionDeadline.TwinRetry] != long.MaxValue;
        if (_syncNeeded && !waiting && (Wanted & HubFeature.DesiredProperties) != 0 && !HasRequest(TwinRequestKind.Synchronize))
        {
            _newestPushed = 0;
            AddRequest(TwinRequestKind.Synchronize, HubWishKind.GetTwin, 0, now);
        }

        for (int i = 0; i < _operationCount; i++)
        {
            SessionOperation operation = _operations[i];
            if (operation.Kind == SessionOperationKind.GetTwin && !operation.Issued && operation.RetryAt <= now)
            {
                operation.Issued = true;
                operation.RetryAt = 0;
                AddRequest(TwinRequestKind.Get, HubWishKind.GetTwin, operation.Id, now);
            }
        }

        IssueReport(now);
        ScheduleOperations();
    }

    private HubWish AddRequest(TwinRequestKind kind, HubWishKind wishKind, int operationId, long now)
    {
        if (_requestCount == _requests.Length)
        {
            TwinRequest[] grown = new TwinRequest[_requestCount * 2];
            Array.Copy(_requests, 0, grown, 0, _requestCount);
            _requests = grown;
        }

        TwinRequest request = new TwinRequest();
        _lastRequest = _lastRequest == int.MaxValue ? 1 : _lastRequest + 1;
        request.Id = _requestIdPrefix + _lastRequest.ToString();
        request.Kind = kind;
        request.OperationId = operationId;
        request.Deadline = now + _options.RequestTimeoutMilliseconds;
        _requests[_requestCount++] = request;
        ScheduleRequests();
        HubWish wish = _queue.AddWish(wishKind);
        wish.RequestId = request.Id;
        return wish;
    }

    private TwinRequest? TakeRequest(string id)
    {
        for (int i = 0; i < _requestCount; i++)
        {
            if (_requests[i].Id == id)
            {
                TwinRequest request = _requests[i];
                RemoveRequest(i);
                return request;
            }
        }

        return null;
    }

    private void RemoveRequest(int index)
    {
        _requestCount--;
        Array.Copy(_requests, index + 1, _requests, index, _requestCount - index);
        _requests[_requestCount] = null!;
        ScheduleRequests();
    }

    private bool HasRequest(TwinRequestKind kind)
    {
        for (int i = 0; i < _requestCount; i++)
        {
            if (_requests[i].Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    private SessionOperation? FindOperation(int id)
    {
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i].Id == id)
            {
                return _operations[i];
            }
        }

        return null;
    }

    private void ExpireRequests(long now)
    {
        int i = 0;
        while (i < _requestCount)
        {
            if (_requests[i].Deadline > now)
            {
                i++;
                continue;
            }

            TwinRequest request = _requests[i];
            RemoveRequest(i);
            ReviveRequest(request);
            if (request.Kind == TwinRequestKind.Synchronize)
            {
                RetrySynchronize(0, now);
            }
        }

        IssueTwinWork(now);
        ScheduleRequests();
        CheckDrained(now);
    }

    // The request is gone unanswered; what it was for is taken up again.
    private void ReviveRequest(TwinRequest request)
    {
        if (request.Kind == TwinRequestKind.Get)
        {
            SessionOperation? operation = FindOperation(request.OperationId);
            if (operation != null)
            {
                operation.Issued = false;
            }
        }
        else if (request.Kind == TwinRequestKind.Report)
        {
            TakeReportBack();
        }
    }

    private void ForgetRequests()
    {
        while (_requestCount > 0)
        {
            TwinRequest request = _requests[0];
            RemoveRequest(0);
            ReviveRequest(request);
        }

        _newestPushed = 0;
        ClearDeadline(SessionDeadline.TwinRetry);
        ClearDeadline(SessionDeadline.ReportedRetry);
    }

    private void ScheduleRequests()
    {
        long earliest = long.MaxValue;
        for (int i = 0; i < _requestCount; i++)
        {
            if (_requests[i].Deadline < earliest)
            {
                earliest = _requests[i].Deadline;
            }
        }

        SetDeadline(SessionDeadline.Requests, earliest);
    }
}
