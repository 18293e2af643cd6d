using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

[TestClass]
public sealed class MqttMappingTests
{
    [TestMethod]
    [DataRow(int.MaxValue)]
    [DataRow(1)]
    [DataRow(7)]
    public void Mqtt_WholeRegistration_HasTheServicesShapes(int chunk)
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        bench.Expect(ProvisioningWishKind.OpenTransport);
        broker.Mapping.HandleTransportReady("SharedAccessSignature x", bench.Now);
        Assert.AreEqual("CONNECT flags=c2 reg-001 0ne00000A0A/registrations/reg-001/api-version=2019-03-31 SharedAccessSignature x", broker.Read());
        broker.Write(0x20, 0, 0);
        string subscribe = broker.Read();
        Assert.StartsWith("SUBSCRIBE $dps/registrations/res/# 1 ", subscribe);
        Assert.AreEqual(ProvisioningState.Connecting, bench.Session.State);
        int id = int.Parse(subscribe.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
        broker.Write(0x90, (byte)(id >> 8), (byte)id, 1);

        string rid = broker.Carry(ProvisioningWishKind.SendRegister);
        Assert.AreEqual($"PUBLISH2 $dps/registrations/PUT/iotdps-register/?$rid={rid} {{\"registrationId\":\"reg-001\"}}", broker.Read());
        broker.Publish("$dps/registrations/res/202/?retry-after=3&$rid=" + rid, Bench.Assigning, chunk: chunk);
        Assert.AreEqual("PUBACK 9", broker.Read());
        Assert.IsGreaterThanOrEqualTo(3000, bench.Jump());

        rid = broker.Carry(ProvisioningWishKind.SendPoll);
        Assert.AreEqual($"PUBLISH2 $dps/registrations/GET/iotdps-get-operationstatus/?$rid={rid}&operationId=4.op ", broker.Read());
        broker.Publish("$dps/registrations/res/200/?$rid=" + rid, Bench.Assigned, 0x30, chunk);
        Assert.AreEqual("", broker.Read());
        Assert.IsTrue(bench.TakeResult().IsAssigned);
        bench.Expect(ProvisioningWishKind.CloseTransport);
        broker.Mapping.TryDisconnect();
        Assert.AreEqual("DISCONNECT", broker.Read());
        broker.Mapping.HandleTransportClosed();
        Assert.AreEqual(0, broker.Connection.InFlight);
        Assert.AreEqual(0, broker.Mapping.UnknownTopics);
    }

    [TestMethod]
    public void Mqtt_Certificate_SendsNoPassword()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        broker.Mapping.HandleTransportReady(null, bench.Now);
        Assert.AreEqual("CONNECT flags=82 reg-001 0ne00000A0A/registrations/reg-001/api-version=2019-03-31", broker.Read());
    }

    [TestMethod]
    [DataRow(1, HubErrorCode.NotSupported)]
    [DataRow(2, HubErrorCode.Unauthorized)]
    [DataRow(4, HubErrorCode.Unauthorized)]
    [DataRow(5, HubErrorCode.Unauthorized)]
    public void Mqtt_RefusedConnect_EndsWithAReason(int code, HubErrorCode expected)
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        broker.Mapping.HandleTransportReady("t", bench.Now);
        broker.Read();
        broker.Write(0x20, 0, (byte)code);
        ProvisioningResult result = bench.TakeResult();
        Assert.AreEqual(expected, result.ErrorCode);
        Assert.Contains("CONNACK " + code, result.Message!);
        Assert.IsFalse(broker.Mapping.IsFailed);
    }

    [TestMethod]
    public void Mqtt_BusyService_IsTriedAgain()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        bench.Take();
        broker.Mapping.HandleTransportReady("t", bench.Now);
        broker.Read();
        broker.Write(0x20, 0, 3);
        bench.Expect(ProvisioningWishKind.CloseTransport);
        broker.Mapping.HandleTransportClosed();
        bench.Jump();
        broker.Open();
        Assert.AreEqual(ProvisioningState.Registering, bench.Session.State);
    }

    [TestMethod]
    public void Mqtt_RefusedSubscription_Ends()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        broker.Mapping.HandleTransportReady("t", bench.Now);
        broker.Read();
        broker.Write(0x20, 0, 0);
        int id = int.Parse(broker.Read().Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
        broker.Write(0x90, (byte)(id >> 8), (byte)id, 0x80);
        Assert.AreEqual(HubErrorCode.ProtocolError, bench.TakeResult().ErrorCode);
    }

    [TestMethod]
    public void Mqtt_HugeToken_EndsInsteadOfConnecting()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        broker.Mapping.HandleTransportReady(new string('x', 70000), bench.Now);
        Assert.AreEqual(HubErrorCode.BadRequest, bench.TakeResult().ErrorCode);
    }

    [TestMethod]
    public void Mqtt_LostConnection_ForgetsItsPacketsAndGoesOn()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        string rid = broker.Open();
        broker.Read();
        Assert.AreEqual(1, broker.Connection.InFlight);
        broker.Mapping.HandleTransportClosed();
        bench.Session.HandleTransportClosed("cut", bench.Now);
        Assert.AreEqual(0, broker.Connection.InFlight);
        bench.Jump();
        string second = broker.Open();
        Assert.AreNotEqual(rid, second);
        broker.Publish("$dps/registrations/res/200/?$rid=" + rid, Bench.Assigned);
        Assert.IsFalse(bench.Session.TryTakeResult(out _));
        broker.Publish("$dps/registrations/res/200/?$rid=" + second, Bench.Assigned);
        Assert.IsTrue(bench.TakeResult().IsAssigned);
    }

    [TestMethod]
    public void Mqtt_OtherTopics_AreCountedAndDropped()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        broker.Open();
        broker.Publish("$iothub/twin/res/200/?$rid=1", "{}");
        Assert.AreEqual(1, broker.Mapping.UnknownTopics);
        Assert.AreEqual(ProvisioningState.Registering, bench.Session.State);
    }

    [TestMethod]
    public void Mqtt_BrokenBytes_FailTheMachineNotTheSession()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        broker.Open();
        broker.Write(0xF0, 1, 2);
        Assert.IsTrue(broker.Mapping.IsFailed);
        Assert.AreEqual(ProvisioningState.Registering, bench.Session.State);
    }

    [TestMethod]
    public void Mqtt_KeepAlive_IsTheMachines()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        string rid = broker.Open();
        broker.Read();
        broker.Publish("$dps/registrations/res/429/?$rid=" + rid + "&retry-after=280", "");
        broker.Write(0x40, 0, 1);
        broker.Read();

        // The machine's deadlines may be early, never late.
        string written = "";
        while (written.Length == 0 && broker.Mapping.NextDeadline < bench.Session.NextDeadline)
        {
            bench.Now = broker.Mapping.NextDeadline;
            broker.Mapping.HandleTimeout(bench.Now);
            written = broker.Read();
        }

        Assert.AreEqual("PINGREQ", written);
    }

    [TestMethod]
    public void TryCarry_DriversWishOrNull_Throws()
    {
        var bench = new Bench();
        var broker = new ScriptedBroker(bench);
        bench.Session.Register(bench.Now);
        bench.Take();
        Assert.ThrowsExactly<ArgumentException>(() => broker.Mapping.TryCarry(bench.Wish, bench.Now));
        Assert.ThrowsExactly<ArgumentNullException>(() => broker.Mapping.TryCarry(null!, bench.Now));
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttProvisioningMapping(null!, bench.Session, broker.Connection));
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttProvisioningMapping(bench.Options, null!, broker.Connection));
        Assert.ThrowsExactly<ArgumentNullException>(() => new MqttProvisioningMapping(bench.Options, bench.Session, null!));
    }
}
