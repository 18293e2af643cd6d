namespace DeviceClient.Emulator;

/// <summary>One registration under way: how many more polls are answered <c>assigning</c>.</summary>
internal sealed class ProvisioningOperation(string id, string registrationId, int assigningAnswers)
{
    private int _assigningAnswers = assigningAnswers;

    internal string Id => id;

    internal string RegistrationId => registrationId;

    /// <summary>Takes one poll; true once the result may be told.</summary>
    internal bool TryComplete() => Interlocked.Decrement(ref _assigningAnswers) < 0;
}
