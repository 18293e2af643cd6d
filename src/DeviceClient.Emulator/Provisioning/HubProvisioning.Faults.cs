using System.Globalization;

namespace DeviceClient.Emulator;

/// <content>Refusals on demand, over MQTT and HTTPS alike.</content>
public sealed partial class HubProvisioning
{
    private readonly Lock _faultGate = new();
    private int _faultsLeft;
    private int _faultStatus;
    private int? _faultRetryAfterSeconds;

    /// <summary>Refuses the next requests of authenticated devices: register, operation status and look-up.</summary>
    /// <param name="requests">How many; 0 ends a fault that is still set.</param>
    /// <param name="status">The HTTP status, 400 to 599; 429 and 5xx mean "wait and try again" to a device.</param>
    /// <param name="retryAfterSeconds">What the answer tells the device to wait, 0 to 86 400; null tells nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void FailNext(int requests, int status = 429, int? retryAfterSeconds = null)
    {
        HubEmulatorOptions.RequireRange(requests, 0, int.MaxValue, nameof(requests));
        HubEmulatorOptions.RequireRange(status, 400, 599, nameof(status));
        HubEmulatorOptions.RequireRange(retryAfterSeconds ?? 0, 0, 86_400, nameof(retryAfterSeconds));
        lock (_faultGate)
        {
            _faultsLeft = requests;
            _faultStatus = status;
            _faultRetryAfterSeconds = retryAfterSeconds;
        }
    }

    internal void ThrowIfFaulted()
    {
        lock (_faultGate)
        {
            if (_faultsLeft == 0)
            {
                return;
            }

            _faultsLeft--;
            string left = _faultsLeft.ToString(CultureInfo.InvariantCulture);
            throw new HubServiceException(_faultStatus * 1000 + 1, "ScriptedFault", $"The fault script refuses this request; {left} more will be.")
            {
                RetryAfterSeconds = _faultRetryAfterSeconds,
            };
        }
    }
}
