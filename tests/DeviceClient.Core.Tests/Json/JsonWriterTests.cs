using System.Text;
using System.Text.Json;
using DeviceClient.Protocol;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using JsonTokenType = DeviceClient.Protocol.JsonTokenType;

namespace DeviceClient.Core.Tests;

[TestClass]
public sealed class JsonWriterTests
{
    [TestMethod]
    public void Writer_AllValues_AreWritten()
    {
        var output = new ByteWriter(0, 1000);
        var json = new JsonWriter(output);
        json.WriteStartObject();
        json.WriteName("a\"b");
        json.WriteStartArray();
        json.WriteInt64(-1);
        json.WriteDouble(1.5);
        json.WriteBoolean(true);
        json.WriteBoolean(false);
        json.WriteNull();
        json.WriteString(null);
        json.WriteString("\0\u001f\u007f\"\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800");
        json.WriteStartObject();
        json.WriteEndObject();
        json.WriteStartArray();
        Assert.AreEqual(3, json.Depth);
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteName("c");
        json.WriteRaw(Encoding.UTF8.GetBytes("x{}"), 1, 2);
        json.WriteRawName(Encoding.UTF8.GetBytes("\"d\""), 0, 3);
        json.WriteString("");
        json.WriteEndObject();
        Assert.AreEqual(
            "{\"a\\\"b\":[-1,1.5,true,false,null,null,\"\\u0000\\u001F\u007f\\\"\\\\/\\b\\f\\n\\r\\t\u00e9\ud83d\ude00\ufffd\",{},[]],\"c\":{},\"d\":\"\"}",
            Encoding.UTF8.GetString(output.ToArray()));
        output.Clear();
        json.Reset();
        json.WriteInt64(5);
        Assert.AreEqual("5", Encoding.UTF8.GetString(output.ToArray()));
    }

    [TestMethod]
    public void Writer_WrongPlace_Throws()
    {
        Refuse(w => w.WriteName("a"));
        Refuse(w => w.WriteEndObject());
        Refuse(w => w.WriteEndArray());
        Refuse(w => { w.WriteNull(); w.WriteNull(); });
        Refuse(w => { w.WriteStartObject(); w.WriteNull(); });
        Refuse(w => { w.WriteStartObject(); w.WriteEndArray(); });
        Refuse(w => { w.WriteStartObject(); w.WriteName("a"); w.WriteName("b"); });
        Refuse(w => { w.WriteStartObject(); w.WriteName("a"); w.WriteEndObject(); });
        Refuse(w => { w.WriteStartArray(); w.WriteName("a"); });
        Refuse(w => { w.WriteStartArray(); w.WriteEndObject(); });
        Refuse(w =>
        {
            for (int i = 0; i < 65; i++)
            {
                w.WriteStartArray();
            }
        });
        var writer = new JsonWriter(new ByteWriter(0, 10));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => writer.WriteDouble(double.NaN));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => writer.WriteDouble(double.NegativeInfinity));
        Assert.ThrowsExactly<ArgumentNullException>(() => writer.WriteName(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => new JsonWriter(null!));
    }

    [TestMethod]
    public void Writer_OutputTooSmall_Overflows()
    {
        var output = new ByteWriter(0, 5);
        new JsonWriter(output).WriteString("abcdef");
        Assert.IsTrue(output.Overflowed);
    }

    [TestMethod]
    public void WriterAndReader_RandomDocuments_AgreeWithSystemTextJson()
    {
        const int seed = 99;
        var random = new Random(seed);
        var output = new ByteWriter(0, 1 << 20);
        for (int round = 0; round < 2000; round++)
        {
            output.Clear();
            RandomJson.Write(random, new JsonWriter(output), 0);
            byte[] ours = output.ToArray();
            using JsonDocument oracle = JsonDocument.Parse(ours);
            string compact = JsonSerializer.Serialize(oracle.RootElement);
            byte[] theirs = Encoding.UTF8.GetBytes(compact);
            Assert.AreEqual(Render(ours), Render(theirs), $"seed {seed}, round {round}");
        }
    }

    [TestMethod]
    public void Reader_MutatedDocuments_AgreeWithSystemTextJson()
    {
        const int seed = 100;
        var random = new Random(seed);
        var output = new ByteWriter(0, 1 << 20);
        var options = new JsonReaderOptions { MaxDepth = JsonReader.LargestMaxDepth };
        int accepted = 0;
        for (int round = 0; round < 30000; round++)
        {
            output.Clear();
            RandomJson.Write(random, new JsonWriter(output), 2);
            byte[] json = RandomJson.Mutate(random, output.ToArray());
            bool ours = JsonReader.IsValid(json, 0, json.Length, JsonReader.LargestMaxDepth);
            accepted += ours ? 1 : 0;
            Assert.AreEqual(IsValidForOracle(json, options), ours, $"seed {seed}, round {round}: {Hex.Text(json)}");
            JsonMember.TryFind(json, 0, json.Length, "a", out _, out _);
            if (ours)
            {
                Render(json);
            }
        }

        Assert.IsGreaterThan(1000, accepted, $"seed {seed}");
    }

    // The oracle checks UTF-8 and escapes only when a string is fetched.
    private static bool IsValidForOracle(byte[] json, JsonReaderOptions options)
    {
        try
        {
            var reader = new Utf8JsonReader(json, options);
            while (reader.Read())
            {
                if (reader.TokenType is System.Text.Json.JsonTokenType.String or System.Text.Json.JsonTokenType.PropertyName)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Render(byte[] json)
    {
        var text = new StringBuilder();
        var reader = new JsonReader(json, 0, json.Length, JsonReader.LargestMaxDepth);
        while (reader.Read())
        {
            text.Append(reader.TokenType).Append(' ');
            if (reader.TokenType is JsonTokenType.Name or JsonTokenType.String)
            {
                text.Append(reader.GetString());
            }
            else if (reader.TokenType == JsonTokenType.Number)
            {
                text.Append(reader.TryGetInt64(out long whole) ? whole.ToString(System.Globalization.CultureInfo.InvariantCulture) : BitConverter.DoubleToInt64Bits(reader.GetDouble()).ToString("x", System.Globalization.CultureInfo.InvariantCulture));
            }

            text.Append('\n');
        }

        Assert.IsNull(reader.Error);
        return text.ToString();
    }

    private static void Refuse(Action<JsonWriter> calls)
    {
        var writer = new JsonWriter(new ByteWriter(0, 1000));
        Assert.ThrowsExactly<InvalidOperationException>(() => calls(writer));
    }
}
