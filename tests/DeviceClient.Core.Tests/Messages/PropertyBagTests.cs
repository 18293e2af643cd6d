using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class PropertyBagTests
{
    [TestMethod]
    public void Bag_AddSetTryGet_KeepOrder()
    {
        var bag = new PropertyBag();
        bag.Add("a", "1");
        bag.Add("b", null);
        bag.Set("a", "2");
        bag.Set("c", "");
        for (int i = 0; i < 10; i++)
        {
            bag.Add("x" + i, "y");
        }

        Assert.AreEqual(13, bag.Count);
        Assert.AreEqual("a", bag.GetName(0));
        Assert.AreEqual("2", bag.GetValue(0));
        Assert.IsTrue(bag.TryGet("b", out string? b));
        Assert.IsNull(b);
        Assert.IsFalse(bag.TryGet("B", out _));
        bag.Clear();
        Assert.AreEqual(0, bag.Count);
        Assert.IsFalse(bag.TryGet("a", out _));
    }

    [TestMethod]
    public void Bag_BadArguments_Throw()
    {
        var bag = new PropertyBag();
        Assert.ThrowsExactly<ArgumentNullException>(() => bag.Add(null!, ""));
        Assert.ThrowsExactly<ArgumentException>(() => bag.Add("", ""));
        Assert.ThrowsExactly<ArgumentException>(() => bag.Set("", ""));
        Assert.ThrowsExactly<ArgumentNullException>(() => bag.TryGet(null!, out _));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bag.GetName(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => bag.GetValue(-1));
    }

    [TestMethod]
    [DataRow("", "")]
    [DataRow("?", "")]
    [DataRow("/", "")]
    [DataRow("?/", "")]
    [DataRow("a=b", "a=b")]
    [DataRow("?prop1&prop2=", "prop1|prop2=")]
    [DataRow("a=b&c=d/", "a=b|c=d")]
    [DataRow("$.ct=application%2Fjson&$.ce=utf-8", "$.ct=application/json|$.ce=utf-8")]
    [DataRow("%24.mid=m1&%24.to=%2Fdevices%2Fd%2Fmessages%2FdeviceBound", "$.mid=m1|$.to=/devices/d/messages/deviceBound")]
    [DataRow("prop=v&%24.to=%2Fdevices%2Fd%2Fmessages%2FdeviceBound", "prop=v|$.to=/devices/d/messages/deviceBound")]
    [DataRow("a=1&a=2", "a=1|a=2")]
    [DataRow("a=b+c", "a=b+c")]
    [DataRow("a=%3D%26", "a==&")]
    [DataRow("iothub-ack=full", "iothub-ack=full")]
    public void TryDecode_GoldenBags_AreRead(string text, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("#" + text + "#");
        var bag = new PropertyBag();
        bag.Add("old", "gone");
        Assert.IsTrue(PropertyBagCodec.TryDecode(bytes, 1, bytes.Length - 2, bag));
        Assert.AreEqual(expected, Render(bag));
    }

    [TestMethod]
    [DataRow("=")]
    [DataRow("=v")]
    [DataRow("&")]
    [DataRow("a=b&")]
    [DataRow("a=b&&c=d")]
    [DataRow("a=b=c")]
    [DataRow("a=%")]
    [DataRow("%zz=b")]
    [DataRow("a=%ff")]
    public void TryDecode_BadBag_IsRefusedAndLeavesNothing(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var bag = new PropertyBag();
        Assert.IsFalse(PropertyBagCodec.TryDecode(bytes, 0, bytes.Length, bag));
        Assert.AreEqual(0, bag.Count);
    }

    [TestMethod]
    public void Encode_GoldenBag_IsExact()
    {
        var bag = new PropertyBag();
        bag.Add("$.mid", "m 1");
        bag.Add("none", null);
        bag.Add("empty", "");
        bag.Add("a&b", "c=d/\u00e9");
        Assert.AreEqual("%24.mid=m%201&none&empty=&a%26b=c%3Dd%2F%C3%A9", Encode(bag));
        Assert.AreEqual("", Encode(new PropertyBag()));
    }

    [TestMethod]
    public void Codec_RandomBags_ReadBack()
    {
        const int seed = 4711;
        var random = new Random(seed);
        for (int round = 0; round < 3000; round++)
        {
            var bag = new PropertyBag();
            for (int i = random.Next(8); i > 0; i--)
            {
                bag.Add(RandomText(random, 1), random.Next(5) == 0 ? null : RandomText(random, 0));
            }

            byte[] bytes = Encoding.UTF8.GetBytes(Encode(bag));
            var back = new PropertyBag();
            Assert.IsTrue(PropertyBagCodec.TryDecode(bytes, 0, bytes.Length, back), $"seed {seed}, round {round}");
            Assert.AreEqual(Render(bag), Render(back), $"seed {seed}, round {round}");
        }
    }

    [TestMethod]
    public void TryDecode_RandomBytes_NeverThrow()
    {
        const int seed = 4712;
        var random = new Random(seed);
        const string Alphabet = "ab%&=?/$.24fF\u00ff\u0000";
        var bag = new PropertyBag();
        int read = 0;
        for (int round = 0; round < 50000; round++)
        {
            byte[] bytes = new byte[random.Next(24)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = random.Next(10) == 0 ? (byte)random.Next(256) : (byte)Alphabet[random.Next(Alphabet.Length)];
            }

            bool good = PropertyBagCodec.TryDecode(bytes, 0, bytes.Length, bag);
            read += good ? 1 : 0;
            Assert.IsTrue(good || bag.Count == 0, $"seed {seed}, round {round}");
        }

        Assert.IsGreaterThan(100, read, $"seed {seed}");
    }

    [TestMethod]
    public void Codec_NullArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => PropertyBagCodec.Encode(null!, [], 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => PropertyBagCodec.Encode(new PropertyBag(), null!, 0));
        Assert.ThrowsExactly<ArgumentNullException>(() => PropertyBagCodec.GetEncodedLength(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => PropertyBagCodec.TryDecode([], 0, 0, null!));
    }

    private static string RandomText(Random random, int least)
    {
        var text = new StringBuilder();
        for (int i = least + random.Next(6); i > 0; i--)
        {
            text.Append(random.Next(8) == 0 ? char.ConvertFromUtf32(random.Next(0x10000, 0x110000)) : ((char)random.Next(1, 0xD800)).ToString());
        }

        return text.ToString();
    }

    private static string Encode(PropertyBag bag)
    {
        int length = PropertyBagCodec.GetEncodedLength(bag);
        byte[] buffer = new byte[length + 3];
        Assert.AreEqual(length, PropertyBagCodec.Encode(bag, buffer, 3));
        return Encoding.UTF8.GetString(buffer, 3, length);
    }

    private static string Render(PropertyBag bag) =>
        string.Join('|', Enumerable.Range(0, bag.Count).Select(i => bag.GetName(i) + (bag.GetValue(i) is { } value ? "=" + value : "")));
}
