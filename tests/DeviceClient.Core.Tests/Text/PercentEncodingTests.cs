using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class PercentEncodingTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("aZ09-._~")]
    [DataRow("a b+c%/?#[]@!$&'()*,;=:\"<>\\^`{|}")]
    [DataRow("\u00e9\u0800\ud83d\ude00")]
    [DataRow("\u0001\u007f")]
    public void Encode_AnyText_EqualsRfc3986AndReadsBack(string text)
    {
        string expected = Uri.EscapeDataString(text);
        Assert.AreEqual(expected, PercentEncoding.Encode(text));
        Assert.AreEqual(expected.Length, PercentEncoding.GetEncodedLength(text));
        byte[] bytes = Utf8Text.GetBytes("%" + expected + "%");
        Assert.IsTrue(PercentEncoding.TryDecode(bytes, 1, bytes.Length - 2, out string back));
        Assert.AreEqual(text, back);
    }

    [TestMethod]
    public void Encode_LoneSurrogate_BecomesReplacement()
    {
        Assert.AreEqual("a%EF%BF%BDb", PercentEncoding.Encode("a\ud800b"));
    }

    [TestMethod]
    [DataRow("%2f", "/")]
    [DataRow("a+b", "a+b")]
    [DataRow("%c3%A9", "\u00e9")]
    [DataRow("=&", "=&")]
    public void TryDecode_LooseForms_AreRead(string encoded, string expected)
    {
        byte[] bytes = Utf8Text.GetBytes(encoded);
        Assert.IsTrue(PercentEncoding.TryDecode(bytes, 0, bytes.Length, out string text));
        Assert.AreEqual(expected, text);
    }

    [TestMethod]
    [DataRow("%")]
    [DataRow("a%2")]
    [DataRow("%g0")]
    [DataRow("%0g")]
    [DataRow("%/0")]
    [DataRow("%:0")]
    [DataRow("%ff")]
    [DataRow("%ed%a0%80")]
    public void TryDecode_BadEscape_IsRefused(string encoded)
    {
        byte[] bytes = Utf8Text.GetBytes(encoded);
        Assert.IsFalse(PercentEncoding.TryDecode(bytes, 0, bytes.Length, out string text));
        Assert.AreEqual("", text);
    }

    [TestMethod]
    public void TryDecode_RawInvalidUtf8_IsRefused()
    {
        Assert.IsFalse(PercentEncoding.TryDecode([0x61, 0xFF], 0, 2, out _));
    }

    [TestMethod]
    public void PercentEncoding_NullArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => PercentEncoding.Encode(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => PercentEncoding.Encode(null!, new byte[1], 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => PercentEncoding.Encode("a", null!, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => PercentEncoding.TryDecode(null!, 0, 0, out _));
    }
}
