using DeviceClient.Protocol;

namespace DeviceClient.Engine;

/// <summary>Who an engine tells. Members are called under the engine's gate: they take what they need and queue, no more.</summary>
internal interface IEngineObserver
{
    /// <summary>The connection's condition changed.</summary>
    /// <param name="status">The new condition.</param>
    void HandleStatus(ConnectionStatus status);

    /// <summary>The session tells something for the application.</summary>
    /// <param name="told">Overwritten after the call.</param>
    void HandleNotification(HubNotification told);
}
