using System;

namespace DeviceClient.Protocol;

/// <content>Reported properties: one patch on its way, later ones merged into the next (P59, P63).</content>
public sealed partial class HubSession
{
    /// <summary>Patches that may wait because they cannot be made one. Our choice: a device that alternates a property between an object and a plain value this often has an error.</summary>
    private const int MaxPatches = 16;

    private static readonly byte[] s_emptyObject = { (byte)'{', (byte)'}' };

    // Oldest first; the first one is on its way when _isReportSent.
    private readonly ReportedPatch[] _patches = new ReportedPatch[MaxPatches];
    private int _patchCount;
    private int _lastPatchId;
    private bool _isReportSent;
    private int _reportAttempt;
    private ByteWriter? _scratch;

    /// <summary>Reports properties. While a patch is on its way, further ones are merged and sent together next.</summary>
    /// <param name="buffer">Holds the patch: a JSON object in UTF-8; null removes a property. It is copied.</param>
    /// <param name="offset">Start of the patch.</param>
    /// <param name="count">Length of the patch.</param>
    /// <param name="now">Monotonic time in milliseconds.</param>
    /// <param name="deadline">When the operation gives up, in monotonic milliseconds. A patch all of whose operations ended is not sent any more.</param>
    /// <param name="operationId">The operation; it completes with the version the hub accepted. 0 when refused.</param>
    /// <returns><see cref="HubErrorCode.None"/>; <see cref="HubErrorCode.BadRequest"/> when the patch is no JSON object; <see cref="HubErrorCode.MessageTooLarge"/> when it is larger than <see cref="HubSessionOptions.MaxPatchBytes"/>; <see cref="HubErrorCode.OutboxFull"/> when 16 patches wait that cannot be merged.</returns>
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

        if (!JsonMember.IsObject(buffer, offset, count) || !JsonReader.IsValid(buffer, offset, count))
        {
            return HubErrorCode.BadRequest;
        }

        if (!TryAppend(buffer, offset, count))
        {
            return HubErrorCode.OutboxFull;
        }

        SessionOperation operation = AddOperation(SessionOperationKind.Report, now, deadline);
        operation.PatchId = _patches[_patchCount - 1].Id;
        operationId = operation.Id;
        SetFeature(HubFeature.TwinResponses, true, now);
        FailRefusedOperations();
        IssueTwinWork(now);
        return HubErrorCode.None;
    }

    private bool TryAppend(byte[] buffer, int offset, int count)
    {
        int firstWaiting = _isReportSent ? 1 : 0;
        if (_patchCount > firstWaiting && TryMerge(_patches[_patchCount - 1], buffer, offset, count))
        {
            return true;
        }

        if (_patchCount == MaxPatches)
        {
            return false;
        }

        _lastPatchId = _lastPatchId == int.MaxValue ? 1 : _lastPatchId + 1;
        ReportedPatch patch = new ReportedPatch(_lastPatchId, _options.MaxPatchBytes);
        patch.Text.Write(s_emptyObject, 0, s_emptyObject.Length);

        // Merged into an empty object, so that spaces and repeated names are gone before it is sent.
        if (!TryMerge(patch, buffer, offset, count))
        {
            patch.Text.Clear();
            patch.Text.Write(buffer, offset, count);
        }

        _patches[_patchCount++] = patch;
        return true;
    }

    // Fails when both together are too large, or when no single patch does what both do in turn:
    // a value that is replaced or removed first and set to an object afterwards.
    private bool TryMerge(ReportedPatch below, byte[] buffer, int offset, int count)
    {
        if (_scratch == null)
        {
            _scratch = new ByteWriter(2, _options.MaxPatchBytes);
        }

        _scratch.Clear();
        if (!JsonMerge.TryMerge(below.Text.Buffer, 0, below.Text.Count, buffer, offset, count, true, _scratch))
        {
            return false;
        }

        ByteWriter swap = below.Text;
        below.Text = _scratch;
        _scratch = swap;
        return true;
    }

    private void IssueReport(long now)
    {
        bool waiting = _deadlines[(int)SessionDeadline.ReportedRetry] != long.MaxValue;
        if (_patchCount == 0 || _isReportSent || waiting)
        {
            return;
        }

        // What was refused or lost goes out again together with what came meanwhile.
        while (_patchCount > 1 && TryMerge(_patches[0], _patches[1].Text.Buffer, 0, _patches[1].Text.Count))
        {
            for (int i = 0; i < _operationCount; i++)
            {
                if (_operations[i].PatchId == _patches[1].Id)
                {
                    _operations[i].PatchId = _patches[0].Id;
                }
            }

            RemovePatch(1);
        }

        _isReportSent = true;
        HubWish wish = AddRequest(TwinRequestKind.Report, HubWishKind.PatchReported, 0, now);
        wish.Buffer = _patches[0].Text.Buffer;
        wish.PayloadOffset = 0;
        wish.PayloadCount = _patches[0].Text.Count;
    }

    private void HandleReportAnswered(ServiceAnswer answer, long now)
    {
        if (!_isReportSent)
        {
            // Given up meanwhile; its operations have ended.
            return;
        }

        // 409 and 412 are conflicts inside the service; the merged patch is simply sent again (P60).
        if (answer.IsTransient || answer.Status == 409 || answer.Status == 412)
        {
            _reportAttempt++;
            SetDeadline(SessionDeadline.ReportedRetry, now + _options.Retry.GetDelay(_reportAttempt, answer.RetryAfterSeconds, _random));
            TakeReportBack();
            return;
        }

        _reportAttempt = 0;
        _isReportSent = false;
        int patchId = _patches[0].Id;
        RemovePatch(0);
        int i = 0;
        while (i < _operationCount)
        {
            if (_operations[i].PatchId != patchId)
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

    // The patch on its way was not accepted: it waits again, first in line.
    private void TakeReportBack()
    {
        _isReportSent = false;
        DropUnwantedReports();
    }

    // A patch for which nobody waits any more is not sent: its senders were told that it failed (P62).
    private void DropUnwantedReports()
    {
        int index = _isReportSent ? 1 : 0;
        while (index < _patchCount)
        {
            if (IsReportAwaited(_patches[index].Id))
            {
                index++;
            }
            else
            {
                RemovePatch(index);
            }
        }
    }

    private bool IsReportAwaited(int patchId)
    {
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i].PatchId == patchId)
            {
                return true;
            }
        }

        return false;
    }

    private void RemovePatch(int index)
    {
        _patchCount--;
        Array.Copy(_patches, index + 1, _patches, index, _patchCount - index);
        _patches[_patchCount] = null!;
    }

    private void ClearReported()
    {
        while (_patchCount > 0)
        {
            RemovePatch(_patchCount - 1);
        }

        _isReportSent = false;
    }
}
