using System.Security.Cryptography.X509Certificates;

namespace Quickstart;

/// <summary>What the far side of this lesson does. An emulator can be told all of it; a real hub is told by you.</summary>
internal interface ICloud : IAsyncDisposable
{
    /// <summary>Where devices register, and what a device of the group needs for it.</summary>
    ProvisioningPlace Provisioning { get; }

    /// <summary>The root certificate that the device has to trust here.</summary>
    X509Certificate2 Root { get; }

    /// <summary>Changes one desired property of the device's twin.</summary>
    Task SetDesiredIntervalAsync(string deviceId, int seconds, CancellationToken cancellationToken);

    /// <summary>Calls a direct method and returns status and body.</summary>
    Task<(int Status, string Body)> CallMethodAsync(string deviceId, string method, CancellationToken cancellationToken);

    /// <summary>Sends a cloud-to-device message.</summary>
    Task SendMessageAsync(string deviceId, string text, CancellationToken cancellationToken);

    /// <summary>Cuts the device's connection without a word, as a failing network does.</summary>
    Task DropConnectionAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>How much telemetry of the device has arrived.</summary>
    Task<int> CountTelemetryAsync(string deviceId, CancellationToken cancellationToken);
}
