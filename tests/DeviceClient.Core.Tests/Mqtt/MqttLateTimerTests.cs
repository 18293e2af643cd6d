using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

/// <summary>A driver's timer may fire late; what was due is done all the same.</summary>
[TestClass]
public sealed class MqttLateTimerTests
{
    [TestMethod]
    public void HandleTimeout_LateForThePing_PingsOnce()
    {
        MqttBench bench = MqttBench.Connected();
        bench.Now = bench.Connection.NextDeadline + 1_000;
        bench.Connection.HandleTimeout(bench.Now);
        Assert.AreEqual("C0 00", bench.TakeHex());
    }

    [TestMethod]
    public void HandleTimeout_LateForTheAcknowledgement_EndsTheConnection()
    {
        MqttBench bench = MqttBench.Connected(o => o.AckTimeoutMilliseconds = 5_000);
        bench.Publish("t", token: 1);
        bench.TakeAll();
        bench.Now += 5_001;
        bench.Connection.HandleTimeout(bench.Now);
        Assert.AreEqual(MqttFailure.AckTimeout, bench.Connection.Failure);
    }
}
