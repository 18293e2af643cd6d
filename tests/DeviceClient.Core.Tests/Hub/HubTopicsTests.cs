using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Hub;

/// <summary>Golden names and topics (P56): what stands here is what goes over the wire.</summary>
[TestClass]
public sealed class HubTopicsTests
{
    private readonly HubTopics _device = new("contoso.azure-devices.net", "dev-1", null);
    private readonly HubTopics _module = new("contoso.azure-devices.net", "dev-1", "mod a");

    [TestMethod]
    public void P56_DeviceNames_AreGolden()
    {
        Assert.AreEqual("dev-1", _device.ClientId);
        Assert.AreEqual("contoso.azure-devices.net/dev-1/?api-version=2021-04-12", _device.GetUserName("2021-04-12", null, null));
        Assert.AreEqual(
            "contoso.azure-devices.net/dev-1/?api-version=2021-04-12&DeviceClientType=my%20fw%2F1.0%20%28x%3B%20y%29&model-id=dtmi%3Acom%3Aexample%3AThermostat%3B1",
            _device.GetUserName("2021-04-12", "my fw/1.0 (x; y)", "dtmi:com:example:Thermostat;1"));
        Assert.AreEqual("devices/dev-1/messages/events/", Text(_device.TelemetryPrefix));
        Assert.AreEqual("devices/dev-1/messages/devicebound/#", Text(_device.GetFilter(HubFeature.CloudToDevice)));
        Assert.IsNull(_device.GetFilter(HubFeature.ModuleInputs));
    }

    [TestMethod]
    public void P56_ModuleNames_AreGolden()
    {
        Assert.AreEqual("dev-1/mod a", _module.ClientId);
        Assert.AreEqual("contoso.azure-devices.net/dev-1/mod a/?api-version=2021-04-12", _module.GetUserName("2021-04-12", null, null));
        Assert.AreEqual("devices/dev-1/modules/mod a/messages/events/", Text(_module.TelemetryPrefix));
        Assert.AreEqual("devices/dev-1/modules/mod a/#", Text(_module.GetFilter(HubFeature.ModuleInputs)));
        Assert.IsNull(_module.GetFilter(HubFeature.CloudToDevice));
    }

    [TestMethod]
    public void P56_SharedTopics_AreGolden()
    {
        Assert.AreEqual("$iothub/methods/POST/#", Text(_device.GetFilter(HubFeature.DirectMethods)));
        Assert.AreEqual("$iothub/twin/res/#", Text(_device.GetFilter(HubFeature.TwinResponses)));
        Assert.AreEqual("$iothub/twin/PATCH/properties/desired/#", Text(_device.GetFilter(HubFeature.DesiredProperties)));
        Assert.IsNull(_device.GetFilter(HubFeature.None));
        Assert.AreEqual("$iothub/twin/GET/?$rid=r1", Text(HubTopics.GetTwinTopic("r1")));
        Assert.AreEqual("$iothub/twin/PATCH/properties/reported/?$rid=r2", Text(HubTopics.GetReportedTopic("r2")));
        Assert.AreEqual("$iothub/methods/res/-7/?$rid=ff", Text(HubTopics.GetMethodAnswerTopic(-7, "ff")));
    }

    [TestMethod]
    public void Constructor_WithoutNames_Throws()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => new HubTopics(null!, "d", null));
        Assert.ThrowsExactly<ArgumentNullException>(() => new HubTopics("h", null!, null));
    }

    private static string? Text(byte[]? bytes) => bytes == null ? null : Encoding.UTF8.GetString(bytes);
}
