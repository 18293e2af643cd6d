using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Hub;

[TestClass]
public sealed class MqttFailureTextTests
{
    public static IEnumerable<MqttFailure> Failures => Enum.GetValues<MqttFailure>().Where(f => f != MqttFailure.None);

    [TestMethod]
    [DynamicData(nameof(Failures))]
    public void Failure_OfTheMachine_IsATimeoutOrABreachAndHasASentence(MqttFailure failure)
    {
        bool isTimeout = failure is MqttFailure.ConnectTimeout or MqttFailure.AckTimeout or MqttFailure.PingTimeout;
        Assert.AreEqual(isTimeout ? HubErrorCode.Timeout : HubErrorCode.ProtocolError, MqttFailureText.GetError(failure));
        string text = MqttFailureText.Get(failure);
        Assert.EndsWith(".", text);
        Assert.IsGreaterThan(20, text.Length);
    }

    [TestMethod]
    public void Failure_WithoutASentenceOfItsOwn_NamesItsNumber() =>
        Assert.Contains("failure " + (int)MqttFailure.InvalidUtf8, MqttFailureText.Get(MqttFailure.InvalidUtf8));

    [TestMethod]
    public void Mapping_SilentHub_FailsAsATimeoutWithItsSentence()
    {
        MqttConnection connection = new(new MqttConnectionOptions(new FixedBufferSource(512, 3)) { OutputBufferBytes = 256, MaxInboundPacketBytes = 256 });
        HubSession session = new(new HubSessionOptions(), new XorShiftRandom(1));
        MqttHubMapping mapping = new(new MqttHubMappingOptions { HostName = "hub.example", DeviceId = "dev" }, session, connection);
        mapping.HandleTransportReady("token", 0);
        Assert.IsFalse(mapping.IsFailed);
        mapping.HandleTimeout(mapping.NextDeadline);
        Assert.IsTrue(mapping.IsFailed);
        Assert.AreEqual(HubErrorCode.Timeout, mapping.FailureError);
        Assert.Contains("CONNECT", mapping.FailureDetail);
    }

    [TestMethod]
    public void Mapping_MissingArguments_AreRefused()
    {
        MqttConnection connection = new(new MqttConnectionOptions(new FixedBufferSource(512, 3)) { OutputBufferBytes = 256, MaxInboundPacketBytes = 256 });
        HubSession session = new(new HubSessionOptions(), new XorShiftRandom(1));
        MqttHubMappingOptions options = new() { HostName = "hub.example", DeviceId = "dev" };
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttHubMapping(null!, session, connection));
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttHubMapping(options, null!, connection));
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttHubMapping(options, session, null!));
    }
}
