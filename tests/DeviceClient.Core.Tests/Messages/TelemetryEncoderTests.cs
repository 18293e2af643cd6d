using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class TelemetryEncoderTests
{
    [TestMethod]
    public void WriteBag_EverySystemProperty_HasItsKey()
    {
        var message = new TelemetryMessage([1, 2, 3])
        {
            MessageId = "1",
            CorrelationId = "2",
            UserId = "3",
            ContentType = "application/json",
            ContentEncoding = "utf-8",
            CreationTimeUtc = "2026-01-31T12:00:00.000Z",
            ExpiryTimeUtc = "2026-02-01",
            ComponentName = "thermostat1",
            InterfaceId = "urn:x",
            OutputName = "out",
            Schema = "s",
        };
        message.Properties.Add("alert", "true");
        Assert.AreEqual(
            "%24.mid=1&%24.cid=2&%24.uid=3&%24.ct=application%2Fjson&%24.ce=utf-8&%24.ctime=2026-01-31T12%3A00%3A00.000Z"
            + "&%24.exp=2026-02-01&%24.sub=thermostat1&%24.ifid=urn%3Ax&%24.on=out&%24.schema=s&alert=true",
            Write(message));

        var bag = new PropertyBag();
        byte[] bytes = Encoding.ASCII.GetBytes(Write(message));
        Assert.IsTrue(PropertyBagCodec.TryDecode(bytes, 0, bytes.Length, bag));
        string[] names =
        [
            SystemProperties.MessageId, SystemProperties.CorrelationId, SystemProperties.UserId, SystemProperties.ContentType, SystemProperties.ContentEncoding,
            SystemProperties.CreationTime, SystemProperties.ExpiryTime, SystemProperties.Component, SystemProperties.InterfaceId, SystemProperties.OutputName,
            SystemProperties.Schema, "alert",
        ];
        CollectionAssert.AreEqual(names, Enumerable.Range(0, bag.Count).Select(bag.GetName).ToArray());
    }

    [TestMethod]
    public void SystemProperties_NamesNotSentByDevices_AreTheHubs()
    {
        Assert.AreEqual(
            "$.to $.cdid $.cmid $.diagid $.diagctx iothub-ack iothub-operation",
            string.Join(' ', SystemProperties.To, SystemProperties.ConnectionDeviceId, SystemProperties.ConnectionModuleId, SystemProperties.DiagnosticId, SystemProperties.DiagnosticContext, SystemProperties.Ack, SystemProperties.Operation));
    }

    [TestMethod]
    public void WriteBag_EmptyMessage_IsEmpty()
    {
        Assert.AreEqual("", Write(new TelemetryMessage([])));
    }

    [TestMethod]
    public void WriteBag_OnlyApplicationProperties_HasNoSeparatorInFront()
    {
        var message = new TelemetryMessage([]);
        message.Properties.Add("a", null);
        message.Properties.Add("b", "");
        Assert.AreEqual("a&b=", Write(message));
    }

    [TestMethod]
    public void GetHubSize_BodyValuesAndNames_AreCounted()
    {
        var message = new TelemetryMessage(new byte[10], 2, 5) { MessageId = "\u00e9" };
        message.Properties.Add("ab", "cde");
        message.Properties.Add("f", null);
        Assert.AreEqual(5 + 2 + 5 + 1, TelemetryEncoder.GetHubSize(message));
        Assert.AreEqual(2, message.PayloadOffset);
        Assert.AreEqual(5, message.PayloadCount);
        Assert.HasCount(10, message.Payload);
        Assert.AreEqual(262144, TelemetryEncoder.MaxHubSize);
    }

    [TestMethod]
    public void WriteBag_AnyText_AllocatesNothing()
    {
        var message = new TelemetryMessage([1]) { MessageId = "abc", ContentType = "application/json" };
        message.Properties.Add("caf\u00e9", "\ud83d\ude00");
        byte[] buffer = new byte[TelemetryEncoder.GetBagLength(message)];
        TelemetryEncoder.WriteBag(message, buffer, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            TelemetryEncoder.GetBagLength(message);
            TelemetryEncoder.WriteBag(message, buffer, 0);
            TelemetryEncoder.GetHubSize(message);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Telemetry_BadArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => new TelemetryMessage(null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TelemetryMessage([1], 1, 1));
        Assert.ThrowsExactly<ArgumentNullException>(() => TelemetryEncoder.WriteBag(null!, [], 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => TelemetryEncoder.WriteBag(new TelemetryMessage([]), null!, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => TelemetryEncoder.GetBagLength(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => TelemetryEncoder.GetHubSize(null!));
    }

    private static string Write(TelemetryMessage message)
    {
        int length = TelemetryEncoder.GetBagLength(message);
        byte[] buffer = new byte[length + 2];
        Assert.AreEqual(length, TelemetryEncoder.WriteBag(message, buffer, 2));
        return Encoding.ASCII.GetString(buffer, 2, length);
    }
}
