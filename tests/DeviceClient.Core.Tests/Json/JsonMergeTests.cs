using System.Text;
using System.Text.Json.Nodes;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class JsonMergeTests
{
    // RFC 7386 appendix A, all rows.
    [TestMethod]
    [DataRow("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}")]
    [DataRow("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}")]
    [DataRow("{\"a\":\"b\"}", "{\"a\":null}", "{}")]
    [DataRow("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}")]
    [DataRow("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}")]
    [DataRow("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}")]
    [DataRow("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}")]
    [DataRow("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}")]
    [DataRow("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]")]
    [DataRow("{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]")]
    [DataRow("{\"a\":\"foo\"}", "null", "null")]
    [DataRow("{\"a\":\"foo\"}", "\"bar\"", "\"bar\"")]
    [DataRow("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}")]
    [DataRow("[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}")]
    [DataRow("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}")]
    public void TryMerge_Rfc7386Row_GivesItsResult(string target, string patch, string expected)
    {
        Assert.AreEqual(expected, Merge(target, patch, false));
    }

    [TestMethod]
    [DataRow("{\"a\":1}", "{\"a\":2}", "{\"a\":2}")]
    [DataRow("{\"a\":1}", "{\"a\":null}", "{\"a\":null}")]
    [DataRow("{\"a\":null}", "{\"a\":1}", "{\"a\":1}")]
    [DataRow("{\"a\":null}", "{\"b\":null}", "{\"a\":null,\"b\":null}")]
    [DataRow("{\"a\":{\"x\":1,\"y\":null}}", "{\"a\":{\"x\":null,\"z\":{\"q\":null}}}", "{\"a\":{\"x\":null,\"y\":null,\"z\":{\"q\":null}}}")]
    [DataRow("{\"a\":{\"x\":1}}", "{\"a\":null}", "{\"a\":null}")]
    [DataRow("{\"a\":{\"x\":1}}", "{\"a\":5}", "{\"a\":5}")]
    public void P59_TryMerge_TwoPatches_BecomeOneThatKeepsNulls(string first, string second, string expected)
    {
        Assert.AreEqual(expected, Merge(first, second, true));
    }

    [TestMethod]
    [DataRow("{\"a\":null}", "{\"a\":{\"y\":2}}")]
    [DataRow("{\"a\":5}", "{\"a\":{}}")]
    [DataRow("{\"b\":{\"a\":[]}}", "{\"b\":{\"a\":{\"c\":1}}}")]
    [DataRow("1", "{}")]
    public void P59_TryMerge_ObjectOverReplacedValue_CannotBeOnePatch(string first, string second)
    {
        Assert.IsNull(Merge(first, second, true));
    }

    [TestMethod]
    [DataRow("{", "{}")]
    [DataRow("{}", "{")]
    [DataRow("{}", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]")]
    public void TryMerge_MalformedText_IsRefused(string target, string patch)
    {
        Assert.IsNull(Merge(target, patch, false));
        Assert.IsNull(Merge(target, patch, true));
    }

    [TestMethod]
    public void TryMerge_OutputTooSmall_IsRefused()
    {
        byte[] target = Encoding.UTF8.GetBytes("{\"a\":1}");
        Assert.IsFalse(JsonMerge.TryMerge(target, 0, 7, target, 0, 7, false, new ByteWriter(0, 6)));
        Assert.IsTrue(JsonMerge.TryMerge(target, 0, 7, target, 0, 7, false, new ByteWriter(0, 7)));
        Assert.ThrowsExactly<ArgumentNullException>(() => JsonMerge.TryMerge(target, 0, 7, target, 0, 7, false, null!));
    }

    [TestMethod]
    public void TryMerge_EscapedAndPlainName_AreTheSame()
    {
        Assert.AreEqual("{\"\\u0061\":2}", Merge("{\"\\u0061\":1}", "{\"a\":2}", false));
    }

    [TestMethod]
    public void TryMerge_RandomDocuments_EqualTheTreeAlgorithm()
    {
        const int seed = 7386;
        var random = new Random(seed);
        int composed = 0;
        for (int round = 0; round < 5000; round++)
        {
            string document = Random(random);
            string first = Random(random);
            string second = Random(random);
            string because = $"seed {seed}, round {round}: {document} {first} {second}";
            string? afterFirst = Merge(document, first, false);
            AssertSame(Apply(JsonNode.Parse(document), JsonNode.Parse(first)), JsonNode.Parse(afterFirst!), because);
            if (Merge(first, second, true) is { } both)
            {
                composed++;
                AssertSame(JsonNode.Parse(Merge(afterFirst!, second, false)!), JsonNode.Parse(Merge(document, both, false)!), because);
            }
        }

        Assert.IsGreaterThan(1000, composed);
    }

    private static void AssertSame(JsonNode? expected, JsonNode? actual, string because) =>
        Assert.IsTrue(JsonNode.DeepEquals(expected, actual), $"{because}: {expected?.ToJsonString()} against {actual?.ToJsonString()}");

    private static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        JsonObject result = target is JsonObject o ? (JsonObject)o.DeepClone() : [];
        foreach ((string name, JsonNode? value) in changes)
        {
            if (value == null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Apply(result[name], value);
            }
        }

        return result;
    }

    private static string Random(Random random)
    {
        var output = new ByteWriter(0, 1 << 20);
        RandomJson.WriteObject(random, new JsonWriter(output), 2);
        return Encoding.UTF8.GetString(output.Buffer, 0, output.Count);
    }

    private static string? Merge(string target, string patch, bool keepNulls)
    {
        byte[] t = Encoding.UTF8.GetBytes("#" + target);
        byte[] p = Encoding.UTF8.GetBytes(patch + "#");
        var output = new ByteWriter(0, 1 << 20);
        return JsonMerge.TryMerge(t, 1, t.Length - 1, p, 0, p.Length - 1, keepNulls, output)
            ? Encoding.UTF8.GetString(output.Buffer, 0, output.Count)
            : null;
    }
}
