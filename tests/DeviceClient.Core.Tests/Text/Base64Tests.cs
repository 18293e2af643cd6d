using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class Base64Tests
{
    [TestMethod]
    public void Encode_EveryLength_EqualsPlatformAndReadsBack()
    {
        byte[] data = new byte[300];
        new Random(3).NextBytes(data);
        for (int count = 0; count < data.Length; count++)
        {
            string text = Base64.Encode(data, 1, count);
            Assert.AreEqual(Convert.ToBase64String(data, 1, count), text);
            Assert.IsTrue(Base64.TryDecode(text, out byte[] back));
            CollectionAssert.AreEqual(data[1..(count + 1)], back);
        }
    }

    [TestMethod]
    public void TryDecode_NonZeroTrailingBits_AreIgnored()
    {
        Assert.IsTrue(Base64.TryDecode("AB==", out byte[] data));
        CollectionAssert.AreEqual(new byte[] { 0 }, data);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("A")]
    [DataRow("AA")]
    [DataRow("AAA")]
    [DataRow("====")]
    [DataRow("A===")]
    [DataRow("=AAA")]
    [DataRow("AA=A")]
    [DataRow("AA==AAAA")]
    [DataRow("AAA AAAA")]
    [DataRow("AA\nA")]
    [DataRow("AA-_")]
    [DataRow("AAA\u0100")]
    [DataRow("AA@[")]
    [DataRow("AA`{")]
    public void TryDecode_BadText_IsRefused(string? text)
    {
        Assert.IsFalse(Base64.TryDecode(text, out byte[] data));
        Assert.IsEmpty(data);
    }
}
