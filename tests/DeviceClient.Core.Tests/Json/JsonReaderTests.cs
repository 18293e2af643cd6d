using System.Text;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class JsonReaderTests
{
    [TestMethod]
    public void Read_Document_GivesTokensSlicesAndDepth()
    {
        byte[] json = Encoding.UTF8.GetBytes(" {\"a\" : [1,\"x\",true,false,null]} ");
        var reader = new JsonReader(json, 0, json.Length);
        var log = new StringBuilder();
        while (reader.Read())
        {
            log.Append(reader.TokenType).Append(':').Append(Encoding.UTF8.GetString(json, reader.ValueStart, reader.ValueCount)).Append(':').Append(reader.Depth).Append(' ');
        }

        Assert.AreEqual("StartObject:{:1 Name:\"a\":1 StartArray:[:2 Number:1:2 String:\"x\":2 True:true:2 False:false:2 Null:null:2 EndArray:]:1 EndObject:}:0 ", log.ToString());
    }

    [TestMethod]
    public void Skip_ValuesOfEveryKind_CoverThemWhole()
    {
        byte[] json = Encoding.UTF8.GetBytes("{\"a\":{\"b\":[1,{}]},\"c\":[ ],\"d\":12,\"e\":\"x\"}");
        var reader = new JsonReader(json, 0, json.Length);
        var values = new List<string>();
        Assert.IsFalse(reader.Skip());
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.Name)
        {
            Assert.IsTrue(reader.Skip());
            Assert.AreEqual(1, reader.Depth);
            values.Add(Encoding.UTF8.GetString(json, reader.ValueStart, reader.ValueCount));
            Assert.IsTrue(reader.Skip());
        }

        CollectionAssert.AreEqual(new[] { "{\"b\":[1,{}]}", "[ ]", "12", "\"x\"" }, values);
        Assert.AreEqual(JsonTokenType.EndObject, reader.TokenType);
    }

    [TestMethod]
    [DataRow("{\"a\":")]
    [DataRow("{\"a\":[1")]
    [DataRow("{\"a\":{\"b\":tru}}")]
    public void Skip_MalformedValue_IsFalse(string text)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        var reader = new JsonReader(json, 0, json.Length);
        reader.Read();
        reader.Read();
        Assert.IsFalse(reader.Skip());
        Assert.IsNotNull(reader.Error);
    }

    [TestMethod]
    [DataRow("\"\"", "")]
    [DataRow("\"abc\"", "abc")]
    [DataRow("\"caf\u00e9\"", "caf\u00e9")]
    [DataRow("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t")]
    [DataRow("\"\\u0041\\u00E9\\u20ac\\uD83D\\uDE00!\"", "A\u00e9\u20ac\ud83d\ude00!")]
    [DataRow("\"a\\u0000b\"", "a\0b")]
    public void GetString_Text_IsUnescaped(string text, string expected)
    {
        JsonReader reader = ReadOne(text);
        Assert.AreEqual(expected, reader.GetString());
        Assert.IsTrue(reader.ValueEquals(expected));
        Assert.IsFalse(reader.ValueEquals(expected + "x"));
        Assert.IsFalse(reader.ValueEquals("?" + (expected.Length > 0 ? expected[1..] : "")));
        byte[] copy = new byte[reader.ValueCount + 1];
        int count = reader.CopyString(copy, 1);
        Assert.AreEqual(expected, Encoding.UTF8.GetString(copy, 1, count));
    }

    [TestMethod]
    [DataRow("0", 0L)]
    [DataRow("-0", 0L)]
    [DataRow("-0.0", 0L)]
    [DataRow("9223372036854775807", long.MaxValue)]
    [DataRow("-9223372036854775808", long.MinValue)]
    [DataRow("9223372036854775807.000", long.MaxValue)]
    [DataRow("-9.223372036854775808e18", long.MinValue)]
    [DataRow("1e3", 1000L)]
    [DataRow("12.50e1", 125L)]
    [DataRow("1200e-2", 12L)]
    [DataRow("0e99999999999", 0L)]
    public void TryGetInt64_WholeNumbers_AreExact(string text, long expected)
    {
        Assert.IsTrue(ReadOne(text).TryGetInt64(out long value));
        Assert.AreEqual(expected, value);
    }

    [TestMethod]
    [DataRow("0.5")]
    [DataRow("1e-1")]
    [DataRow("9223372036854775808")]
    [DataRow("-9223372036854775809")]
    [DataRow("1e19")]
    [DataRow("1e99999999999999")]
    [DataRow("1e-99999999999999")]
    [DataRow("true")]
    [DataRow("\"1\"")]
    public void TryGetInt64_Others_AreRefused(string text)
    {
        Assert.IsFalse(ReadOne(text).TryGetInt64(out long value));
        Assert.AreEqual(0, value);
    }

    [TestMethod]
    public void Getters_WrongToken_Throw()
    {
        JsonReader number = ReadOne("1");
        Assert.ThrowsExactly<InvalidOperationException>(() => number.GetString());
        Assert.ThrowsExactly<InvalidOperationException>(() => number.CopyString(new byte[9], 0));
        Assert.ThrowsExactly<InvalidOperationException>(() => number.ValueEquals("1"));
        JsonReader text = ReadOne("\"1\"");
        Assert.ThrowsExactly<InvalidOperationException>(() => text.GetDouble());
        Assert.ThrowsExactly<ArgumentNullException>(() => text.ValueEquals(null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => text.CopyString(new byte[2], 0));
    }

    [TestMethod]
    public void Constructor_BadArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => new JsonReader(null!, 0, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new JsonReader([1], 0, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new JsonReader([1], 0, 1, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new JsonReader([1], 0, 1, 65));
        Assert.ThrowsExactly<ArgumentNullException>(() => JsonMember.TryFind([1], 0, 1, null!, out _, out _));
    }

    [TestMethod]
    public void MaxDepth_Sixty4_IsRead()
    {
        byte[] json = Encoding.UTF8.GetBytes(new string('[', 64) + new string(']', 64));
        Assert.IsTrue(JsonReader.IsValid(json, 0, json.Length, 64));
        Assert.IsFalse(JsonReader.IsValid(json, 0, json.Length, 63));
        json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":[", 32)) + string.Concat(Enumerable.Repeat("]}", 32)));
        Assert.IsTrue(JsonReader.IsValid(json, 0, json.Length, 64));
    }

    [TestMethod]
    [DataRow("{\"a\":1,\"b\":{\"a\":2}}", "b", "{\"a\":2}")]
    [DataRow("{\"a\":1,\"a\":2}", "a", "1")]
    [DataRow("{\"\\u0061\":[]}", "a", "[]")]
    [DataRow("{\"caf\u00e9\":null}", "caf\u00e9", "null")]
    [DataRow("{\"b\":1}", "a", null)]
    [DataRow("{}", "a", null)]
    [DataRow("[\"a\",1]", "a", null)]
    [DataRow("", "a", null)]
    [DataRow("{\"b\":[1", "a", null)]
    [DataRow("{\"a\":[1", "a", null)]
    public void TryFind_Object_GivesTheValuesSlice(string text, string name, string? expected)
    {
        byte[] json = Encoding.UTF8.GetBytes("##" + text);
        bool found = JsonMember.TryFind(json, 2, json.Length - 2, name, out int offset, out int count);
        Assert.AreEqual(expected, found ? Encoding.UTF8.GetString(json, offset, count) : null);
    }

    [TestMethod]
    public void Member_Getters_ReadOneMember()
    {
        byte[] json = Encoding.UTF8.GetBytes("{\"n\":{\"s\":1},\"s\":\"t\\n\",\"v\":7,\"f\":0.5}");
        Assert.IsTrue(JsonMember.TryGetString(json, 0, json.Length, "s", out string? text));
        Assert.AreEqual("t\n", text);
        Assert.IsFalse(JsonMember.TryGetString(json, 0, json.Length, "v", out text));
        Assert.IsNull(text);
        Assert.IsTrue(JsonMember.TryGetInt64(json, 0, json.Length, "v", out long value));
        Assert.AreEqual(7, value);
        Assert.IsFalse(JsonMember.TryGetInt64(json, 0, json.Length, "f", out value));
        Assert.IsFalse(JsonMember.TryGetInt64(json, 0, json.Length, "x", out value));
        Assert.IsFalse(JsonMember.TryGetInt64(json, 0, 3, "v", out value));
        Assert.AreEqual(0, value);
        Assert.IsTrue(JsonMember.IsObject(json, 0, json.Length));
        Assert.IsFalse(JsonMember.IsObject(json, 0, json.Length - 1));
        Assert.IsFalse(JsonMember.IsObject(Encoding.UTF8.GetBytes("[]"), 0, 2));
        Assert.IsFalse(JsonMember.IsObject([], 0, 0));
    }

    private static JsonReader ReadOne(string text)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        var reader = new JsonReader(json, 0, json.Length);
        Assert.IsTrue(reader.Read(), text);
        return reader;
    }
}
