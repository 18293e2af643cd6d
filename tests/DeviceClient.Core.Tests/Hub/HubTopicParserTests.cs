using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests.Hub;

[TestClass]
public sealed class HubTopicParserTests
{
    private static readonly HubTopicParser s_device = new(new HubTopics("h", "d1", null));
    private static readonly HubTopicParser s_module = new(new HubTopics("h", "d1", "m1"));

    [TestMethod]
    [DataRow("devices/d1/messages/devicebound/", "")]
    [DataRow("devices/d1/messages/devicebound/prop=v&%24.to=%2Fdevices%2Fd1", "prop=v&%24.to=%2Fdevices%2Fd1")]
    public void CloudToDevice_Matches(string topic, string bag)
    {
        HubTopicMatch match = Parse(s_device, topic, HubTopicKind.CloudToDevice);
        Assert.AreEqual(bag, topic.Substring(match.BagOffset - 3, match.BagCount));
    }

    [TestMethod]
    [DataRow("$iothub/methods/POST/reboot/?$rid=1", "reboot", "1")]
    [DataRow("$iothub/methods/POST/set%20interval/?$rid=a0ff", "set interval", "a0ff")]
    [DataRow("$iothub/methods/POST/a/?x=1&$rid=z&y", "a", "z")]
    [DataRow("$iothub/methods/POST/100%/?$rid=1", "100%", "1")]
    public void DirectMethod_Matches(string topic, string name, string requestId)
    {
        HubTopicMatch match = Parse(s_device, topic, HubTopicKind.DirectMethod);
        Assert.AreEqual(name, match.Name);
        Assert.AreEqual(requestId, match.RequestId);
    }

    [TestMethod]
    [DataRow("$iothub/twin/res/200/?$rid=a-1", 200, "a-1", -1L, 0)]
    [DataRow("$iothub/twin/res/204/?$rid=a-1&$version=12", 204, "a-1", 12L, 0)]
    [DataRow("$iothub/twin/res/204/?$version=12&$rid=a-1", 204, "a-1", 12L, 0)]
    [DataRow("$iothub/twin/res/429/?$rid=x&retry-after=9", 429, "x", -1L, 9)]
    [DataRow("$iothub/twin/res/429/?$rid=x&retry-after=999999999999", 429, "x", -1L, 86400)]
    [DataRow("$iothub/twin/res/429/?$rid=x&retry-after=soon", 429, "x", -1L, 0)]
    public void TwinResponse_Matches(string topic, int status, string requestId, long version, int retryAfter)
    {
        HubTopicMatch match = Parse(s_device, topic, HubTopicKind.TwinResponse);
        Assert.AreEqual(status, match.Status);
        Assert.AreEqual(requestId, match.RequestId);
        Assert.AreEqual(version, match.Version);
        Assert.AreEqual(retryAfter, match.RetryAfterSeconds);
    }

    [TestMethod]
    public void DesiredProperties_Matches()
    {
        Assert.AreEqual(77, Parse(s_device, "$iothub/twin/PATCH/properties/desired/?$version=77", HubTopicKind.DesiredProperties).Version);
    }

    [TestMethod]
    [DataRow("devices/d1/modules/m1/inputs/in1/a=b", "in1", "a=b")]
    [DataRow("devices/d1/modules/m1/inputs/in1/", "in1", "")]
    [DataRow("devices/d1/modules/m1/inputs/in1", "in1", "")]
    public void ModuleInput_Matches(string topic, string input, string bag)
    {
        HubTopicMatch match = Parse(s_module, topic, HubTopicKind.ModuleInput);
        Assert.AreEqual(input, match.Name);
        Assert.AreEqual(bag, topic.Substring(match.BagOffset - 3, match.BagCount));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("devices/d2/messages/devicebound/")]
    [DataRow("devices/d1/messages/devicebound")]
    [DataRow("devices/d1/messages/events/")]
    [DataRow("devices/d1/modules/m1/inputs/in1/")]
    [DataRow("$iothub/methods/POST/")]
    [DataRow("$iothub/methods/POST//?$rid=1")]
    [DataRow("$iothub/methods/POST/reboot")]
    [DataRow("$iothub/methods/POST/reboot/")]
    [DataRow("$iothub/methods/POST/reboot/?")]
    [DataRow("$iothub/methods/POST/reboot/?$rid=")]
    [DataRow("$iothub/methods/POST/reboot/$rid=1")]
    [DataRow("$iothub/methods/res/200/?$rid=1")]
    [DataRow("$iothub/twin/res/20/?$rid=1")]
    [DataRow("$iothub/twin/res/2000/?$rid=1")]
    [DataRow("$iothub/twin/res/abc/?$rid=1")]
    [DataRow("$iothub/twin/res/-12/?$rid=1")]
    [DataRow("$iothub/twin/res/200/?rid=1")]
    [DataRow("$iothub/twin/res/200/?$rid=1&$version=x")]
    [DataRow("$iothub/twin/PATCH/properties/desired/")]
    [DataRow("$iothub/twin/PATCH/properties/desired/?$version=-1")]
    [DataRow("$iothub/twin/PATCH/properties/desired/?version=1")]
    [DataRow("$iothub/twin/PATCH/properties/reported/?$version=1")]
    [DataRow("$dps/registrations/res/200/?$rid=1")]
    public void OtherTopics_AreNoMatch(string topic)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(topic);
        HubTopicMatch match = new();
        Assert.IsFalse(s_device.Parse(bytes, 0, bytes.Length, match));
        Assert.AreEqual(HubTopicKind.NoMatch, match.Kind);
        Assert.AreEqual(string.Empty, match.RequestId);
    }

    [TestMethod]
    [DataRow("devices/d1/modules/m1/inputs/")]
    [DataRow("devices/d1/modules/m2/inputs/in1/")]
    [DataRow("devices/d1/messages/devicebound/a=b")]
    public void TopicsOfOtherIdentities_AreNoMatchForAModule(string topic)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(topic);
        Assert.IsFalse(s_module.Parse(bytes, 0, bytes.Length, new HubTopicMatch()));
    }

    [TestMethod]
    [DataRow(11u)]
    [DataRow(12u)]
    public void MutatedTopics_NeverThrow(uint seed)
    {
        string[] valid =
        [
            "devices/d1/messages/devicebound/a=b", "$iothub/methods/POST/reboot/?$rid=1", "$iothub/twin/res/204/?$rid=a&$version=1&retry-after=3",
            "$iothub/twin/PATCH/properties/desired/?$version=77", "devices/d1/modules/m1/inputs/in1/a=b",
        ];
        XorShiftRandom random = new(seed);
        HubTopicMatch match = new();
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(valid[random.Next(valid.Length)]);
            for (int m = random.Next(4); m >= 0; m--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            int count = random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length;
            try
            {
                s_device.Parse(bytes, 0, count, match);
                s_module.Parse(bytes, 0, count, match);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed} round {i} topic {Convert.ToHexString(bytes, 0, count)}: {e}");
            }
        }
    }

    private static HubTopicMatch Parse(HubTopicParser parser, string topic, HubTopicKind kind)
    {
        // Three bytes before and after must not be looked at.
        byte[] bytes = Encoding.UTF8.GetBytes("xyz" + topic + "&$v");
        HubTopicMatch match = new();
        Assert.IsTrue(parser.Parse(bytes, 3, bytes.Length - 6, match), topic);
        Assert.AreEqual(kind, match.Kind);
        return match;
    }
}
