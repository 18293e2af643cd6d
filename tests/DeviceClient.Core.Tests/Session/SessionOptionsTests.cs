using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Session;

/// <summary>Mistakes in the settings end at the constructor, with the setting, the value and the range in the message.</summary>
[TestClass]
public sealed class SessionOptionsTests
{
    [TestMethod]
    [DataRow(nameof(HubSessionOptions.ConnectTimeoutMilliseconds), 0)]
    [DataRow(nameof(HubSessionOptions.SubscribeTimeoutMilliseconds), 0)]
    [DataRow(nameof(HubSessionOptions.RequestTimeoutMilliseconds), -1)]
    [DataRow(nameof(HubSessionOptions.RenewalDrainMilliseconds), -1)]
    [DataRow(nameof(HubSessionOptions.TakeOverBackOffMilliseconds), -1)]
    [DataRow(nameof(HubSessionOptions.MaxMessageBytes), 0)]
    [DataRow(nameof(HubSessionOptions.MaxPatchBytes), 1)]
    [DataRow(nameof(HubSessionOptions.MaxInFlight), 0)]
    [DataRow(nameof(HubSessionOptions.MaxInFlight), 1025)]
    public void Session_SettingOutOfRange_IsNamedWithItsValue(string setting, int value)
    {
        HubSessionOptions options = new();
        typeof(HubSessionOptions).GetProperty(setting)!.SetValue(options, value);
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new HubSession(options, new XorShiftRandom(1)));
        Assert.Contains("HubSessionOptions." + setting + " is " + value, error.Message);
    }

    [TestMethod]
    [DataRow(255, 10, "OutboxOptions.CapacityBytes is 255")]
    [DataRow((1024 * 1024 * 1024) + 1, 10, "OutboxOptions.CapacityBytes is 1073741825")]
    [DataRow(256, 0, "OutboxOptions.MaxMessages is 0")]
    [DataRow(256, (1024 * 1024) + 1, "OutboxOptions.MaxMessages is 1048577")]
    public void Outbox_BoundOutOfRange_IsNamedWithItsValue(int capacityBytes, int maxMessages, string expected)
    {
        OutboxOptions options = new() { CapacityBytes = capacityBytes, MaxMessages = maxMessages };
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Outbox(options));
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("a b")]
    [DataRow("a_b")]
    [DataRow("\u00e9")]
    public void Session_MessageIdPrefixOutsideItsSet_IsNamed(string prefix)
    {
        HubSessionOptions options = new() { MessageIdPrefix = prefix };
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new HubSession(options, new XorShiftRandom(1)));
        Assert.Contains("MessageIdPrefix", error.Message);
    }

    [TestMethod]
    public void Session_MessageIdPrefixLength_IsOneToAHundred()
    {
        _ = new HubSession(new HubSessionOptions { MessageIdPrefix = new string('a', 100) }, new XorShiftRandom(1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new HubSession(new HubSessionOptions { MessageIdPrefix = new string('a', 101) }, new XorShiftRandom(1)));
    }

    [TestMethod]
    public void Session_MissingArguments_AreRefused()
    {
        HubSession session = new(new HubSessionOptions(), new XorShiftRandom(1));
        Assert.ThrowsExactly<ArgumentNullException>(() => new HubSession(null!, new XorShiftRandom(1)));
        Assert.ThrowsExactly<ArgumentNullException>(() => new HubSession(new HubSessionOptions(), null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new Outbox(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => session.SendTelemetry(null!, long.MaxValue, 0, out _));
        Assert.ThrowsExactly<ArgumentNullException>(() => session.ReportProperties(null!, 0, 0, 0, 1, out _));
    }
}
