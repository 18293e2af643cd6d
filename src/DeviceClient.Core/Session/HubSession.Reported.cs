using System;

namespace DeviceClient.Protocol;

/// <content>Reported properties: one patch on its way, later ones merged into the next (P59, P63).</content>
public sealed partial class HubSession
{
    private static readonly byte[] s_emptyObject = { (byte)'{', (byte)'}' };

    private ByteWriter? _waitingPatch;
    private ByteWriter? _sentPatch;
    private ByteWriter? _scratch;
    private bool _hasWaitingPatch;
    private bool _hasSentPatch;
    private int _reportAttempt;

    /// <summary>Reports properties. While a patch is on its way, further ones are merged and sent together next.</summary>
    /// <param name="buffer">Holds the patch: a JSON object in UTF-8; null removes a property. It is copied.</param>
    /// <param name="offset">Start of the patch.</param>
    /// <param name="count">Length of the patch.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <param name="deadline">When the operation gives up, in monotonic milliseconds. A patch all of whose operations ended is not sent any more.</param>
    /// <param name="operationId">The operation; it completes with the version the hub accepted. 0 when refused.</param>
    /// <returns><see cref="HubErrorCode.None"/>; <see cref="HubErrorCode.BadRequest"/> when the patch is no JSON object; <see cref="HubErrorCode.MessageTooLarge"/> when it, or what it merges into, is larger than <see cref="HubSessionOptions.MaxPatchBytes"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="buffer"/> is null.</exception>
    public HubErrorCode ReportProperties(byte[] buffer, int offset, int count, long now, long deadline, out int operationId)
    {
        if (buffer == null)
        {
            throw new ArgumentNullException(nameof(buffer));
        }

        operationId = 0;
        if (count > _options.MaxPatchBytes)
        {
            return HubErrorCode.MessageTooLarge;
        }

        EnsurePatchBuffers();
        byte[] below = _hasWaitingPatch ? _waitingPatch!.Buffer : s_emptyObject;
        int belowCount = _hasWaitingPatch ? _waitingPatch!.Count : s_emptyObject.Length;
        _scratch!.Clear();
        if (!JsonMember.IsObject(buffer, offset, count)
            || !JsonMerge.TryMerge(below, 0, belowCount, buffer, offset, count, true, _scratch))
        {
            return _scratch.Overflowed ? HubErrorCode.MessageTooLarge : HubErrorCode.BadRequest;
        }

        ByteWriter swap = _waitingPatch!;
        _waitingPatch = _scratch;
        _scratch = swap;
        _hasWaitingPatch = true;
        operationId = AddOperation(SessionOperationKind.ReportWaiting, now, deadline).Id;
        SetFeature(HubFeature.TwinResponses, true, now);
        FailRefusedOperations();
        IssueTwinWork(now);
        return HubErrorCode.None;
    }

    private void IssueReport(long now)
    {
        bool waiting = _deadlines[(int)SessionDeadline.ReportedRetry] != long.MaxValue;
        if (!_hasWaitingPatch || _hasSentPatch || waiting)
        {
            return;
        }

        ByteWriter swap = _sentPatch!;
        _sentPatch = _waitingPatch!;
        _waitingPatch = swap;
        _hasSentPatch = true;
        _hasWaitingPatch = false;
        MoveReports(SessionOperationKind.ReportWaiting, SessionOperationKind.ReportSent);
        HubWish wish = AddRequest(TwinRequestKind.Report, HubWishKind.PatchReported, 0, now);
        wish.Buffer = _sentPatch.Buffer;
        wish.PayloadOffset = 0;
        wish.PayloadCount = _sentPatch.Count;
    }

    private void HandleReportAnswered(ServiceAnswer answer, long now)
    {
        // 409 and 412 are conflicts inside the service; the merged patch is simply sent again (P60).
        if (answer.IsTransient || answer.Status == 409 || answer.Status == 412)
        {
            _reportAttempt++;
            SetDeadline(SessionDeadline.ReportedRetry, now + _options.Retry.GetDelay(_reportAttempt, answer.RetryAfterSeconds, _random));
            TakeReportBack();
            return;
        }

        _reportAttempt = 0;
        _hasSentPatch = false;
        int i = 0;
        while (i < _operationCount)
        {
            if (_operations[i].Kind != SessionOperationKind.ReportSent)
            {
                i++;
                continue;
            }

            HubNotification told = CompleteOperation(_operations[i], answer.Error, answer.IsSuccess ? null : answer.ReadMessage());
            told.ServiceStatus = answer.Status;
            told.Version = answer.Version;
            told.RetryAfterSeconds = answer.RetryAfterSeconds;
            told.TrackingId = answer.ReadTrackingId();
        }

        ScheduleOperations();
    }

    // The patch on its way was not accepted: it goes below what waits, so that the newest value of each property wins.
    private void TakeReportBack()
    {
        if (!_hasSentPatch)
        {
            return;
        }

        _hasSentPatch = false;
        MoveReports(SessionOperationKind.ReportSent, SessionOperationKind.ReportWaiting);
        if (!_hasWaitingPatch)
        {
            ByteWriter swap = _waitingPatch!;
            _waitingPatch = _sentPatch!;
            _sentPatch = swap;
            _hasWaitingPatch = true;
        }
        else
        {
            _scratch!.Clear();
            if (JsonMerge.TryMerge(_sentPatch!.Buffer, 0, _sentPatch.Count, _waitingPatch!.Buffer, 0, _waitingPatch.Count, true, _scratch))
            {
                ByteWriter swap = _waitingPatch;
                _waitingPatch = _scratch;
                _scratch = swap;
            }
            else
            {
                // Together they exceed the bound. Both were accepted, so both must be told.
                CompleteOperations(SessionOperationKind.ReportWaiting, HubErrorCode.MessageTooLarge, "The waiting reported properties exceed " + _options.MaxPatchBytes.ToString() + " bytes together; report fewer or smaller properties at once.");
                _hasWaitingPatch = false;
            }
        }

        DropUnwantedReport();
    }

    // A patch for which nobody waits any more is not sent: its senders were told that it failed (P62).
    private void DropUnwantedReport()
    {
        if (!_hasWaitingPatch)
        {
            return;
        }

        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i].Kind == SessionOperationKind.ReportWaiting)
            {
                return;
            }
        }

        _hasWaitingPatch = false;
    }

    private void MoveReports(SessionOperationKind from, SessionOperationKind to)
    {
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i].Kind == from)
            {
                _operations[i].Kind = to;
            }
        }
    }

    private void ClearReported()
    {
        _hasWaitingPatch = false;
        _hasSentPatch = false;
    }

    // Made on first use: a device that reports nothing pays nothing.
    private void EnsurePatchBuffers()
    {
        if (_scratch == null)
        {
            _scratch = new ByteWriter(2, _options.MaxPatchBytes);
            _waitingPatch = new ByteWriter(2, _options.MaxPatchBytes);
            _sentPatch = new ByteWriter(2, _options.MaxPatchBytes);
        }
    }
}
