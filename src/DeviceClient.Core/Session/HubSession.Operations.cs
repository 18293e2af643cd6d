using System;

namespace DeviceClient.Protocol;

/// <content>The application's operations: each ends exactly once, by its answer, its deadline, its cancellation or the end of the client.</content>
public sealed partial class HubSession
{
    private SessionOperation[] _operations = new SessionOperation[4];
    private int _operationCount;
    private int _lastOperationId;

    /// <summary>Gives an operation up; it completes with <see cref="HubErrorCode.Cancelled"/>. An unknown or completed one is ignored.</summary>
    /// <param name="operationId">The operation.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    public void CancelOperation(int operationId, long now)
    {
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i].Id == operationId)
            {
                CompleteOperation(_operations[i], HubErrorCode.Cancelled, "The caller cancelled the operation.");
                DropUnwantedReports();
                ScheduleOperations();
                return;
            }
        }
    }

    private SessionOperation AddOperation(SessionOperationKind kind, long now, long deadline)
    {
        if (_operationCount == _operations.Length)
        {
            SessionOperation[] grown = new SessionOperation[_operationCount * 2];
            Array.Copy(_operations, 0, grown, 0, _operationCount);
            _operations = grown;
        }

        SessionOperation operation = new SessionOperation();
        _lastOperationId = _lastOperationId == int.MaxValue ? 1 : _lastOperationId + 1;
        operation.Id = _lastOperationId;
        operation.Kind = kind;
        operation.Deadline = deadline < now ? now : deadline;
        _operations[_operationCount++] = operation;
        ScheduleOperations();
        return operation;
    }

    private HubNotification CompleteOperation(SessionOperation operation, HubErrorCode error, string? detail)
    {
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i] == operation)
            {
                _operationCount--;
                Array.Copy(_operations, i + 1, _operations, i, _operationCount - i);
                _operations[_operationCount] = null!;
                break;
            }
        }

        HubNotification told = _queue.AddNotification(HubNotificationKind.OperationCompleted);
        told.OperationId = operation.Id;
        told.Error = error;
        told.Detail = detail;
        return told;
    }

    private void CompleteOperations(SessionOperationKind kind, HubErrorCode error, string? detail)
    {
        int i = 0;
        while (i < _operationCount)
        {
            if (_operations[i].Kind == kind)
            {
                CompleteOperation(_operations[i], error, detail);
            }
            else
            {
                i++;
            }
        }

        ScheduleOperations();
    }

    private void CompleteAllOperations(HubErrorCode error, string? detail)
    {
        while (_operationCount > 0)
        {
            CompleteOperation(_operations[0], error, detail);
        }

        ScheduleOperations();
    }

    // Operations of the twin cannot succeed on this connection once the hub refused its answers.
    private void FailRefusedOperations()
    {
        if ((_refused & HubFeature.TwinResponses) == 0)
        {
            return;
        }

        string detail = "The hub refuses twin operations for this identity; a Basic or Free tier may not have them.";
        CompleteOperations(SessionOperationKind.GetTwin, HubErrorCode.NotSupported, detail);
        CompleteOperations(SessionOperationKind.Report, HubErrorCode.NotSupported, detail);
        ClearReported();
    }

    private void ExpireOperations(long now)
    {
        int i = 0;
        while (i < _operationCount)
        {
            SessionOperation operation = _operations[i];
            if (operation.Deadline <= now)
            {
                CompleteOperation(operation, HubErrorCode.Timeout, DescribeTimeout());
            }
            else
            {
                if (operation.RetryAt <= now)
                {
                    // Due; it goes out as soon as the twin can be reached.
                    operation.RetryAt = 0;
                }

                i++;
            }
        }

        DropUnwantedReports();
        IssueTwinWork(now);
        ScheduleOperations();
    }

    private string DescribeTimeout()
    {
        if (State == SessionState.Online || State == SessionState.Synchronizing)
        {
            return "The hub did not answer before the operation's deadline.";
        }

        if (State == SessionState.WaitingForTime)
        {
            return "The deadline passed while the client waited for a trusted wall clock.";
        }

        return _lastFailure == HubErrorCode.None
            ? "The deadline passed before the connection was ready."
            : "The deadline passed before the connection was ready. Last failure: " + (_lastFailureDetail == null ? "unknown." : _lastFailureDetail);
    }

    private void ScheduleOperations()
    {
        long earliest = long.MaxValue;
        for (int i = 0; i < _operationCount; i++)
        {
            SessionOperation operation = _operations[i];
            if (operation.Deadline < earliest)
            {
                earliest = operation.Deadline;
            }

            if (operation.RetryAt > 0 && operation.RetryAt < earliest)
            {
                earliest = operation.RetryAt;
            }
        }

        SetDeadline(SessionDeadline.Operations, earliest);
    }
}
