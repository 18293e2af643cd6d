using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DeviceClient.Diagnostics;
using DeviceClient.Engine;
using DeviceClient.Protocol;
using DeviceClient.Threading;

namespace DeviceClient;

/// <content>Twin.</content>
public abstract partial class HubClient
{
    /// <summary>Changes that may wait for a slow handler one by one; beyond that the newest replaces those in between.</summary>
    private const int DesiredCapacity = 32;

    /// <summary>Bound of the merged section; the hub's own is 32 KB of keys and values, JSON marks come on top.</summary>
    private const int MaxDesiredBytes = 512 * 1024;

    private readonly HandlerLane _desired;
    private readonly Lock _desiredLock = new();
    private Func<DesiredPropertiesChange, CancellationToken, Task>? _desiredHandler;
    private TwinProperties? _knownDesired;
    private DesiredPropertiesChange? _overflowedDesired;

    /// <summary>Sets, replaces or removes the handler of changes of desired properties.</summary>
    /// <param name="handler">
    /// Called once after the first connection with the whole section, after every change, and once after each reconnect
    /// that missed changes, with the final values. One call at a time, in order. Null removes it.
    /// A handler that throws is logged; the change counts as told.
    /// </param>
    /// <remarks>A handler that falls far behind gets the newest state instead of every step: the change's patch is then null.</remarks>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual void OnDesiredProperties(Func<DesiredPropertiesChange, CancellationToken, Task>? handler)
    {
        Volatile.Write(ref _desiredHandler, handler);
        Engine.SetFeature(HubFeature.DesiredProperties, handler is not null);
    }

    /// <summary>Reads the twin from the hub.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Desired and reported properties.</returns>
    /// <exception cref="HubClientException">The hub refused, or did not answer within <see cref="HubDeviceClientOptions.OperationTimeout"/>.</exception>
    /// <exception cref="InvalidOperationException">The client was not opened.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual async Task<Twin> GetTwinAsync(CancellationToken cancellationToken = default)
    {
        using Activity? activity = HubMetrics.Activities.StartActivity("deviceclient.twin.get", ActivityKind.Client);
        activity?.SetTag("device.id", DeviceId);
        OperationResult result = await Engine.GetTwinAsync(cancellationToken).ConfigureAwait(false);
        return ReadTwin(result.Body ?? []);
    }

    /// <summary>Changes reported properties and waits until the hub has accepted the change.</summary>
    /// <param name="patch">Merge patch in UTF-8, a JSON object: members are set, null removes. Copied before the call returns.</param>
    /// <param name="cancellationToken">Ends the call; a patch on its way may still arrive.</param>
    /// <returns>The version of the reported properties that the hub gave this change.</returns>
    /// <remarks>
    /// One patch is on its way at a time; those called meanwhile are merged into the next, in order, and share its version.
    /// </remarks>
    /// <exception cref="HubClientException">The hub refused, or did not answer within <see cref="HubDeviceClientOptions.OperationTimeout"/>.</exception>
    /// <exception cref="ArgumentException">The patch is not a JSON object.</exception>
    /// <exception cref="InvalidOperationException">The client was not opened.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public virtual async Task<long> UpdateReportedPropertiesAsync(ReadOnlyMemory<byte> patch, CancellationToken cancellationToken = default)
    {
        using Activity? activity = HubMetrics.Activities.StartActivity("deviceclient.twin.report", ActivityKind.Client);
        activity?.SetTag("device.id", DeviceId);
        OperationResult result = await Engine.ReportAsync(patch.ToArray(), cancellationToken).ConfigureAwait(false);
        return result.Version;
    }

    /// <summary>Changes reported properties, given as JSON text.</summary>
    /// <param name="patchJson">Merge patch, a JSON object.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The version of the reported properties that the hub gave this change.</returns>
    /// <exception cref="HubClientException">The hub refused or did not answer in time.</exception>
    /// <exception cref="ArgumentException">The text is not a JSON object.</exception>
    public virtual Task<long> UpdateReportedPropertiesAsync(string patchJson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patchJson);
        return UpdateReportedPropertiesAsync(Encoding.UTF8.GetBytes(patchJson), cancellationToken);
    }

    private static Twin ReadTwin(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return new Twin(ReadSection(document.RootElement, "desired"), ReadSection(document.RootElement, "reported"));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new HubClientException(HubErrorCode.ProtocolError, $"The hub's twin ({body.Length} bytes) is not the JSON object it should be.", error);
        }
    }

    private static TwinProperties ReadSection(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out JsonElement section))
        {
            return new TwinProperties(-1, "{}"u8.ToArray());
        }

        long version = section.TryGetProperty("$version", out JsonElement value) && value.TryGetInt64(out long number) ? number : -1;
        return new TwinProperties(version, Encoding.UTF8.GetBytes(section.GetRawText()));
    }

    private void PostDesired(long version, byte[] body, bool isFullDocument)
    {
        DesiredPropertiesChange change;
        lock (_desiredLock)
        {
            change = Merge(version, body, isFullDocument);
            _knownDesired = change.Desired;
        }

        if (!_desired.TryPost(() => HandleDesiredAsync(change)))
        {
            lock (_desiredLock)
            {
                _overflowedDesired = new DesiredPropertiesChange(change.Desired);
            }
        }
    }

    private DesiredPropertiesChange Merge(long version, byte[] body, bool isFullDocument)
    {
        if (isFullDocument)
        {
            return new DesiredPropertiesChange(new TwinProperties(version, body));
        }

        TwinProperties patch = new(version, body);
        byte[] known = _knownDesired?.Json.ToArray() ?? "{}"u8.ToArray();
        ByteWriter merged = new(known.Length + body.Length, MaxDesiredBytes);
        bool isMerged = JsonMerge.TryMerge(known, 0, known.Length, body, 0, body.Length, false, merged);
        return new DesiredPropertiesChange(isMerged ? new TwinProperties(version, merged.ToArray()) : patch, patch);
    }

    private async Task HandleDesiredAsync(DesiredPropertiesChange change)
    {
        try
        {
            if (Volatile.Read(ref _desiredHandler) is { } handler)
            {
                await handler(change, _disposing.Token).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Reason: an application's handler may throw anything; it must not end the session.
        catch (Exception error)
#pragma warning restore CA1031
        {
            HubLog.HandlerFailed(_logger, nameof(OnDesiredProperties), error);
        }

        DesiredPropertiesChange? newest;
        lock (_desiredLock)
        {
            newest = _overflowedDesired;
            _overflowedDesired = null;
        }

        if (newest is not null && !_desired.TryPost(() => HandleDesiredAsync(newest)))
        {
            lock (_desiredLock)
            {
                _overflowedDesired ??= newest;
            }
        }
    }
}
