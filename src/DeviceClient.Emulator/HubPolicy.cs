namespace DeviceClient.Emulator;

/// <summary>A shared access policy of the hub.</summary>
/// <param name="Name">Policy name, the <c>skn</c> of its tokens.</param>
/// <param name="Rights">What its tokens allow.</param>
/// <param name="PrimaryKey">First key, base64.</param>
/// <param name="SecondaryKey">Second key, base64.</param>
public sealed record HubPolicy(string Name, HubRights Rights, string PrimaryKey, string SecondaryKey)
{
    /// <summary>Name and rights, without the keys.</summary>
    public override string ToString() => $"{Name} ({Rights})";
}
