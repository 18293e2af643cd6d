using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Provisioning.Tests;

[TestClass]
public sealed class DpsTopicsTests
{
    [TestMethod]
    public void Topics_Golden_AreExact()
    {
        var options = new ProvisioningOptions("0ne00000A0A", "reg-001");
        Assert.AreEqual("0ne00000A0A/registrations/reg-001/api-version=2019-03-31", DpsTopics.GetUserName(options));
        options.ProductInfo = "my device/1.0";
        options.ApiVersion = ProvisioningOptions.ApiVersion20210601;
        Assert.AreEqual("0ne00000A0A/registrations/reg-001/api-version=2021-06-01&ClientVersion=my%20device%2F1.0", DpsTopics.GetUserName(options));
        Assert.AreEqual("$dps/registrations/res/#", Encoding.ASCII.GetString(DpsTopics.Filter));
        Assert.AreEqual("$dps/registrations/PUT/iotdps-register/?$rid=r1", Encoding.ASCII.GetString(DpsTopics.GetRegisterTopic("r1")));
        Assert.AreEqual("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r1&operationId=4.d0a6%2F1", Encoding.ASCII.GetString(DpsTopics.GetPollTopic("r1", "4.d0a6/1")));
        Assert.AreEqual("0ne00000A0A/registrations/reg-001", options.TokenResource);
        Assert.ThrowsExactly<ArgumentNullException>(() => DpsTopics.GetUserName(null!));
    }

    [TestMethod]
    [DataRow("202/?$rid=r1", 202, "r1", 0)]
    [DataRow("202/?$rid=r1&retry-after=3", 202, "r1", 3)]
    [DataRow("429/?retry-after=3&$rid=r1", 429, "r1", 3)]
    [DataRow("429/?x=y&Retry-After=3&%24rid=r%201&z", 429, "r 1", 3)]
    [DataRow("429/?RETRY-AFTER=3&$rid=r1", 429, "r1", 3)]
    [DataRow("200/?$rid=r1&retry-after=", 200, "r1", 0)]
    [DataRow("200/?$rid=r1&retry-after", 200, "r1", 0)]
    [DataRow("200/?$rid=r1&retry-after=soon", 200, "r1", 0)]
    [DataRow("200/?$rid=r1&retry-after=-1", 200, "r1", 0)]
    [DataRow("200/?$rid=r1&retry-after=99999999999", 200, "r1", 86400)]
    [DataRow("200/?$rid=r1&retryXafter=4", 200, "r1", 0)]
    public void P49_TryParseAnswer_ParametersInAnyOrder_AreRead(string rest, int status, string requestId, int retryAfter)
    {
        byte[] topic = Encoding.UTF8.GetBytes("#$dps/registrations/res/" + rest);
        Assert.IsTrue(DpsTopics.TryParseAnswer(topic, 1, topic.Length - 1, out int readStatus, out string readId, out int readAfter));
        Assert.AreEqual($"{status} {requestId} {retryAfter}", $"{readStatus} {readId} {readAfter}");
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("$dps/registrations/res/")]
    [DataRow("$dps/registrations/res/200")]
    [DataRow("$dps/registrations/res/200/")]
    [DataRow("$dps/registrations/res/200/?")]
    [DataRow("$dps/registrations/res/200/?$rid=")]
    [DataRow("$dps/registrations/res/200/?$rid")]
    [DataRow("$dps/registrations/res/200/?rid=1")]
    [DataRow("$dps/registrations/res/200/$rid=1")]
    [DataRow("$dps/registrations/res/abc/?$rid=1")]
    [DataRow("$dps/registrations/res/99/?$rid=1")]
    [DataRow("$dps/registrations/res/1000/?$rid=1")]
    [DataRow("$dps/registrations/res/200/?$rid=%zz")]
    [DataRow("$dps/registrations/PUT/iotdps-register/?$rid=1")]
    [DataRow("$iothub/twin/res/200/?$rid=1")]
    [DataRow("devices/d/messages/devicebound/%24.mid=1")]
    public void TryParseAnswer_OtherTopics_AreNoMatch(string text)
    {
        byte[] topic = Encoding.UTF8.GetBytes(text);
        Assert.IsFalse(DpsTopics.TryParseAnswer(topic, 0, topic.Length, out int status, out string requestId, out _));
        Assert.AreEqual(0, status);
        Assert.AreEqual("", requestId);
    }

    [TestMethod]
    [DataRow(null, 0)]
    [DataRow("", 0)]
    [DataRow(" 5 ", 5)]
    [DataRow("Wed, 21 Oct 2026 07:28:00 GMT", 0)]
    public void ParseRetryAfter_Header_SecondsOnly(string? text, int expected)
    {
        Assert.AreEqual(expected, DpsTopics.ParseRetryAfter(text));
    }

    [TestMethod]
    public void TryParseAnswer_MutatedTopics_NeverThrow()
    {
        const int seed = 31;
        var random = new Random(seed);
        byte[] good = Encoding.UTF8.GetBytes("$dps/registrations/res/202/?$rid=abc&retry-after=3");
        int read = 0;
        for (int round = 0; round < 30000; round++)
        {
            byte[] topic = (byte[])good.Clone();
            for (int i = random.Next(3); i > 0; i--)
            {
                topic[random.Next(20, topic.Length)] = (byte)random.Next(256);
            }

            int count = random.Next(4) == 0 ? random.Next(topic.Length) : topic.Length;
            if (DpsTopics.TryParseAnswer(topic, 0, count, out int status, out string requestId, out int retryAfter))
            {
                read++;
                Assert.IsTrue(status is >= 100 and <= 999 && requestId.Length > 0 && retryAfter is >= 0 and <= 86400, $"seed {seed}, round {round}");
            }
        }

        Assert.IsGreaterThan(1000, read);
    }
}
