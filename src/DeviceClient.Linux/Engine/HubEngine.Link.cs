using System.Diagnostics.CodeAnalysis;
using DeviceClient.Diagnostics;
using DeviceClient.Identity;
using DeviceClient.Protocol;
using DeviceClient.Transport;

namespace DeviceClient.Engine;

/// <content>Credential, connection attempt, bytes in and out, end of a connection.</content>
internal sealed partial class HubEngine
{
    private TransportLink? _link;
    private Task _lastLinkEnded = Task.CompletedTask;
    private CancellationTokenSource? _credentialWork;

    /// <summary>Feeds received bytes to the machines.</summary>
    /// <param name="link">The link they came by.</param>
    /// <param name="buffer">The bytes; free again when the call returns.</param>
    /// <param name="count">Their number.</param>
    /// <returns>False when the link is no longer the current one.</returns>
    internal bool HandleReceived(TransportLink link, byte[] buffer, int count)
    {
        lock (_gate)
        {
            if (_link != link)
            {
                return false;
            }

            long now = Now;
            _mapping.HandleReceived(buffer, 0, count, now);
            Pump(now);
            if (_link is { IsWriting: false } && _mqtt.HasOutput)
            {
                // Written by this thread, after the continuations that this batch releases have added theirs.
                _continuations.DeferFlush();
            }
        }

        HubMetrics.Bytes.Add(count, _settings.ReceivedTag);
        return true;
    }

    /// <summary>Hands out the next bytes to write, and refills meanwhile.</summary>
    /// <param name="link">The asking link.</param>
    /// <param name="buffer">The bytes; the link returns the buffer.</param>
    /// <param name="count">Their number.</param>
    /// <param name="mustClose">True when the answer is false because the last bytes are out: the writer closes the stream.</param>
    /// <returns>False when there is nothing, and the link's writer is at rest from then on.</returns>
    internal bool TakeOutput(TransportLink link, out byte[] buffer, out int count, out bool mustClose)
    {
        lock (_gate)
        {
            mustClose = link.IsClosing;
            if (link.IsClosing)
            {
                return link.TryTakeFarewell(out buffer, out count);
            }

            byte[]? output = _mapping.TakeOutput(out count, Now);
            if (output is null)
            {
                link.IsWriting = false;
                buffer = [];
                return false;
            }

            // The next buffer is filled while this one is on its way.
            long now = Now;
            CarryWishes(now);
            buffer = output;
        }

        HubMetrics.Bytes.Add(count, _settings.SentTag);
        return true;
    }

    /// <summary>The stream ended or failed.</summary>
    /// <param name="link">The link.</param>
    /// <param name="error">What it threw; null when the hub closed it.</param>
    internal void HandleLinkLost(TransportLink link, Exception? error)
    {
        lock (_gate)
        {
            if (_link != link)
            {
                return;
            }

            HubErrorCode code = error is null or IOException ? HubErrorCode.ConnectionLost : HubErrorCode.NetworkUnavailable;
            string detail = error is null ? "The hub closed the connection." : $"The connection broke: {error.Message}";
            long now = Now;
            LoseLink(code, detail, now);
            Pump(now);
        }

        _continuations.RunOnPool();
    }

    /// <summary>Starts a write if there is something to write and nobody writes; the gate is not held.</summary>
    private void Flush()
    {
        if (_continuations.TryDeferFlush())
        {
            return;
        }

        FlushDeferred(here: false);
    }

    private void FlushDeferred(bool here)
    {
        TransportLink? link;
        lock (_gate)
        {
            link = _link;
            if (link is null || !link.IsOpen || link.IsWriting || !_mqtt.HasOutput)
            {
                return;
            }

            link.IsWriting = true;
        }

        if (here)
        {
            _ = link.WriteAsync();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.WriteAsync(), link, preferLocal: false);
        }
    }

    private void StartCredential()
    {
        _credentialWork?.Cancel();
        CancellationTokenSource work = new();
        _credentialWork = work;
        ReadClock(Now);
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Engine.MakeCredentialAsync(state.Work), (Engine: this, Work: work), preferLocal: false);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A provider may throw anything; it counts as a failed attempt.")]
    private async Task MakeCredentialAsync(CancellationTokenSource work)
    {
        HubCredential credential = default;
        HubErrorCode failure = HubErrorCode.None;
        string? detail = null;
        try
        {
            credential = await _settings.Identity.CreateCredentialAsync(_settings.Clock.UtcNow, _settings.TokenLifetime, work.Token).ConfigureAwait(false);
        }
        catch (HubClientException error)
        {
            failure = error.ErrorCode;
            detail = error.Message;
        }
        catch (Exception error)
        {
            failure = HubErrorCode.Unknown;
            detail = $"The credential could not be made: {error.GetType().Name}: {error.Message}";
        }

        lock (_gate)
        {
            if (_credentialWork != work)
            {
                return;
            }

            _credentialWork = null;
            long now = Now;
            if (failure == HubErrorCode.None)
            {
                _session.HandleCredential(credential.Token, credential.ExpiryUnixSeconds, now);
            }
            else
            {
                _session.HandleCredentialFailed(failure, detail, now);
            }

            Pump(now);
        }

        Flush();
        _continuations.RunOnPool();
    }

    private void StartLink(string? credential)
    {
        if (_link is not null)
        {
            // The session closes before it opens; a link that is left here would be lost.
            CloseLink(graceful: false);
        }

        TransportLink link = new(this);
        _link = link;
        _lastLinkEnded = Task.WhenAll(_lastLinkEnded, link.Ended);
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Engine.ConnectAsync(state.Link, state.Credential), (Engine: this, Link: link, Credential: credential), preferLocal: false);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever dialling throws, the attempt failed.")]
    private async Task ConnectAsync(TransportLink link, string? credential)
    {
        Stream? stream = null;
        HubClientException? failure = null;
        try
        {
            stream = await TransportDialer.DialAsync(_settings.Transport, _settings.ClientChain, link.Stopping).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error as HubClientException ?? new HubClientException(HubErrorCode.NetworkUnavailable, error.Message, error);
        }

        bool isCurrent;
        lock (_gate)
        {
            isCurrent = _link == link;
            if (isCurrent)
            {
                long now = Now;
                if (stream is not null)
                {
                    link.Attach(stream);
                    _mapping.HandleTransportReady(credential, now);
                }
                else
                {
                    _link = null;
                    _session.HandleTransportFailed(failure!.ErrorCode, failure.Message, now);
                }

                Pump(now);
                isCurrent = _link == link;
            }
        }

        if (stream is null)
        {
            link.EndWithoutStream();
        }
        else if (isCurrent || link.IsOpen)
        {
            link.StartReading();
        }
        else
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            link.EndWithoutStream();
        }

        Flush();
        _continuations.RunOnPool();
    }

    /// <summary>The session wants the transport closed. The gate is held.</summary>
    private void CloseLink(bool graceful)
    {
        TransportLink? link = _link;
        if (link is null)
        {
            return;
        }

        byte[]? farewell = null;
        int count = 0;
        if (graceful && link.IsOpen)
        {
            _mapping.TryDisconnect();
            farewell = _mapping.TakeOutput(out count, Now);
        }

        ReleaseLink(link, farewell, count);
    }

    /// <summary>The transport is gone without the session's doing. The gate is held.</summary>
    private void LoseLink(HubErrorCode error, string? detail, long now)
    {
        ReleaseLink(_link!, null, 0);
        _session.HandleTransportClosed(error, detail, now);
    }

    private void ReleaseLink(TransportLink link, byte[]? farewell, int count)
    {
        _link = null;
        _holdsWish = false;
        bool writes = !link.IsWriting;
        link.IsWriting = true;
        link.Detach(farewell, count);
        _mapping.HandleTransportClosed();
        // Off this thread: closing a socket and TLS's goodbye have no place under the gate.
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Link.Finish(state.Writes), (Link: link, Writes: writes), preferLocal: false);
    }
}
