using System.Globalization;
using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class Utf8TextTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("plain")]
    [DataRow("\u00e9\u07ff\u0800\uffff")]
    [DataRow("a\ud83d\ude00b")]
    [DataRow("lone\ud800")]
    [DataRow("lone\ud800x")]
    [DataRow("\udc00lone")]
    public void GetBytes_AnyText_EqualsPlatformEncoding(string text)
    {
        byte[] expected = Encoding.UTF8.GetBytes(text);
        CollectionAssert.AreEqual(expected, Utf8Text.GetBytes(text));
        Assert.AreEqual(expected.Length, Utf8Text.GetByteCount(text));
        Assert.AreEqual(Encoding.UTF8.GetString(expected), Utf8Text.GetString(expected, 0, expected.Length));
    }

    [TestMethod]
    public void Utf8Text_NullArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => Utf8Text.GetBytes(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => Utf8Text.GetByteCount(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => Utf8Text.Write(null!, new byte[1], 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => Utf8Text.Write("a", null!, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => Utf8Text.WriteInt64(1, null!, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => Utf8Text.StartsWith([1], 0, 1, null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => Utf8Text.Equals([1], 0, 1, null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Utf8Text.GetString([1], 0, 2));
    }

    [TestMethod]
    public void EqualsAndStartsWith_Slices_AreCompared()
    {
        byte[] data = Utf8Text.GetBytes("xabcx");
        Assert.IsTrue(Utf8Text.Equals(data, 1, 3, Utf8Text.GetBytes("abc")));
        Assert.IsFalse(Utf8Text.Equals(data, 1, 4, Utf8Text.GetBytes("abc")));
        Assert.IsFalse(Utf8Text.Equals(data, 0, 3, Utf8Text.GetBytes("abc")));
        Assert.IsTrue(Utf8Text.StartsWith(data, 1, 4, Utf8Text.GetBytes("abc")));
        Assert.IsFalse(Utf8Text.StartsWith(data, 1, 2, Utf8Text.GetBytes("abc")));
        Assert.IsTrue(Utf8Text.StartsWith(data, 5, 0, []));
    }

    [TestMethod]
    [DataRow("0", 0L)]
    [DataRow("-0", 0L)]
    [DataRow("007", 7L)]
    [DataRow("9223372036854775807", long.MaxValue)]
    [DataRow("-9223372036854775808", long.MinValue)]
    public void TryParseInt64_GoodText_IsRead(string text, long expected)
    {
        byte[] bytes = Utf8Text.GetBytes("1" + text + "1");
        Assert.IsTrue(Utf8Text.TryParseInt64(bytes, 1, bytes.Length - 2, out long value));
        Assert.AreEqual(expected, value);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("-")]
    [DataRow("+1")]
    [DataRow(" 1")]
    [DataRow("1.0")]
    [DataRow("1-")]
    [DataRow("9223372036854775808")]
    [DataRow("-9223372036854775809")]
    [DataRow("99999999999999999999")]
    public void TryParseInt64_BadText_IsRefused(string text)
    {
        byte[] bytes = Utf8Text.GetBytes(text);
        Assert.IsFalse(Utf8Text.TryParseInt64(bytes, 0, bytes.Length, out long value));
        Assert.AreEqual(0, value);
    }

    [TestMethod]
    public void WriteInt64_EveryPowerAndExtreme_ReadsBack()
    {
        byte[] buffer = new byte[22];
        var values = new List<long> { 0, 9, -9, long.MaxValue, long.MinValue };
        for (long power = 1; power > 0 && power < long.MaxValue / 10; power *= 10)
        {
            values.AddRange([power, -power, power - 1, power + 1]);
        }

        foreach (long value in values)
        {
            int count = Utf8Text.WriteInt64(value, buffer, 1);
            Assert.AreEqual(value.ToString(CultureInfo.InvariantCulture), Utf8Text.GetString(buffer, 1, count));
        }
    }

    [TestMethod]
    public void IsValidUtf8_EveryOneTwoAndThreeBytePrefix_EqualsStrictDecoder()
    {
        var strict = new UTF8Encoding(false, true);
        int[] edges = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF];
        byte[] data = new byte[4];
        foreach (int a in edges)
        {
            foreach (int b in edges)
            {
                foreach (int c in edges)
                {
                    foreach (int d in edges)
                    {
                        data[0] = (byte)a;
                        data[1] = (byte)b;
                        data[2] = (byte)c;
                        data[3] = (byte)d;
                        for (int count = 0; count <= 4; count++)
                        {
                            if (IsStrict(strict, data, count) != Utf8Text.IsValidUtf8(data, 0, count))
                            {
                                Assert.Fail($"{Hex.Text(data)}, {count} bytes");
                            }
                        }
                    }
                }
            }
        }
    }

    private static bool IsStrict(UTF8Encoding strict, byte[] data, int count) => System.Text.Unicode.Utf8.IsValid(data.AsSpan(0, count)) && strict.GetCharCount(data, 0, count) >= 0;
}
