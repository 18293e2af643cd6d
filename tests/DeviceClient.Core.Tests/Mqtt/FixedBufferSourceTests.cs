using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Mqtt;

[TestClass]
public sealed class FixedBufferSourceTests
{
    [TestMethod]
    public void Rent_TwoSizes_GivesTheSmallestThatFits()
    {
        var source = new FixedBufferSource(256, 2, 1024, 1);
        Assert.AreEqual(1024, source.LargestBytes);
        Assert.HasCount(256, source.Rent(256));
        Assert.HasCount(1024, source.Rent(257));
        Assert.HasCount(256, source.Rent(1));
        Assert.AreEqual(0, source.Available);
    }

    [TestMethod]
    public void Rent_Exhausted_ThrowsWithNumbers()
    {
        var source = new FixedBufferSource(256, 1);
        byte[] only = source.Rent(10);
        var e = Assert.ThrowsExactly<InvalidOperationException>(() => source.Rent(10));
        Assert.Contains("No buffer of 10 bytes is free: 0 of 1 are free and the longest has 256 bytes.", e.Message);
        source.Return(only);
        Assert.AreSame(only, source.Rent(256));
    }

    [TestMethod]
    public void Return_TwiceOrForeign_Throws()
    {
        var source = new FixedBufferSource(256, 1);
        byte[] only = source.Rent(1);
        source.Return(only);
        Assert.ThrowsExactly<ArgumentException>(() => source.Return(only));
        Assert.ThrowsExactly<ArgumentException>(() => source.Return(new byte[256]));
    }

    [TestMethod]
    [DataRow(0, 1, 0, 0)]
    [DataRow(1, 0, 0, 0)]
    [DataRow(1, 1, 2, -1)]
    [DataRow(2, 1, 2, 1)]
    [DataRow(2, 1, 1, 1)]
    public void Constructor_OutsideTheRanges_Throws(int smallBytes, int smallCount, int largeBytes, int largeCount)
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FixedBufferSource(smallBytes, smallCount, largeBytes, largeCount));
    }

    [TestMethod]
    public void Connection_LimitsAboveTheLongestBuffer_AreRefused()
    {
        var source = new FixedBufferSource(1024, 3);
        Assert.ThrowsExactly<ArgumentException>(() => new MqttConnection(new MqttConnectionOptions(source)));
        Assert.ThrowsExactly<ArgumentException>(() => new MqttConnection(new MqttConnectionOptions(source) { OutputBufferBytes = 1024 }));
        _ = new MqttConnection(new MqttConnectionOptions(source) { OutputBufferBytes = 1024, MaxInboundPacketBytes = 1024 });
    }
}
