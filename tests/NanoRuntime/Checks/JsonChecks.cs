using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>The JSON reader, writer and merge patches. Sources: RFC 8259; RFC 7386 with its appendix A.</summary>
public static class JsonChecks
{
    public static void Run(CheckRun run)
    {
        run.Begin("JSON");
        run.Run("tokens in order", Tokens);
        run.Run("texts with escapes", Texts);
        run.Run("whole numbers", WholeNumbers);
        run.Run("fractions", Fractions);
        run.Run("values skipped", Skipped);
        run.Run("malformed texts are refused", Malformed);
        run.Run("depth is bounded", Depth);
        run.Run("writer", Writer);
        run.Run("fractions written read back the same", WrittenFractions);
        run.Run("members by name", Members);
        run.Run("merge patches of RFC 7386", Merge);
        run.Run("two patches made one", Compose);
        run.End();
    }

    private static JsonReader Reader(string text)
    {
        byte[] bytes = Utf8Text.GetBytes(text);
        return new JsonReader(bytes, 0, bytes.Length);
    }

    private static void Tokens(CheckRun run)
    {
        JsonReader reader = Reader(" { \"a\" : [ 1 , true,false , null ,\"x\" ] , \"b\" : { } } ");
        string kinds = "";
        while (reader.Read())
        {
            kinds += ((int)reader.TokenType).ToString() + " ";
        }

        // The numbers of JsonTokenType: { name [ number true false null text ] name { } }
        run.AreEqual("1 5 3 7 8 9 10 6 4 5 1 2 2 ", kinds, "tokens");
        run.AreEqual(null, reader.Error, "error");
    }

    private static void Texts(CheckRun run)
    {
        CheckText(run, "\"\"", "");
        CheckText(run, "\"plain\"", "plain");
        CheckText(run, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
        CheckText(run, "\"\\u00e9\\u20AC\\ud83d\\ude00\"", "\u00e9\u20ac\ud83d\ude00");
        CheckText(run, "\"\u00e9\u20ac\ud83d\ude00\"", "\u00e9\u20ac\ud83d\ude00");
    }

    private static void CheckText(CheckRun run, string json, string expected)
    {
        JsonReader reader = Reader(json);
        run.IsTrue(reader.Read(), "refused " + json);
        run.AreEqual(expected, reader.GetString(), json);
        run.IsTrue(reader.ValueEquals(expected), json + " compares equal");
        run.IsTrue(!reader.ValueEquals(expected + "x"), json + " compares different");
        run.IsTrue(!reader.Read(), json + " has one token");
    }

    private static void WholeNumbers(CheckRun run)
    {
        CheckWhole(run, "0", 0, true);
        CheckWhole(run, "-0", 0, true);
        CheckWhole(run, "42", 42, true);
        CheckWhole(run, "1.0", 1, true);
        CheckWhole(run, "1e3", 1000, true);
        CheckWhole(run, "1200e-2", 12, true);
        CheckWhole(run, "9223372036854775807", long.MaxValue, true);
        CheckWhole(run, "-9223372036854775808", long.MinValue, true);
        CheckWhole(run, "9223372036854775808", 0, false);
        CheckWhole(run, "1.5", 0, false);
        CheckWhole(run, "1e-1", 0, false);
        CheckWhole(run, "1e99", 0, false);
    }

    private static void CheckWhole(CheckRun run, string json, long expected, bool isWhole)
    {
        JsonReader reader = Reader(json);
        run.IsTrue(reader.Read(), "refused " + json);
        run.IsTrue(reader.TryGetInt64(out long value) == isWhole, json + " is whole or not");
        run.AreEqual(expected, value, json);
    }

    private static void Fractions(CheckRun run)
    {
        CheckFraction(run, "0.1", 0.1);
        CheckFraction(run, "-2.5e-3", -0.0025);
        CheckFraction(run, "3.141592653589793", 3.141592653589793);
        CheckFraction(run, "1e308", 1e308);
        CheckFraction(run, "123456789012345678", 123456789012345678.0);
    }

    private static void CheckFraction(CheckRun run, string json, double expected)
    {
        JsonReader reader = Reader(json);
        run.IsTrue(reader.Read(), "refused " + json);
        run.IsTrue(reader.GetDouble() == expected, json + " is another number");
    }

    private static void Skipped(CheckRun run)
    {
        JsonReader reader = Reader("{\"a\":{\"b\":[1,{\"c\":2}]},\"d\":7}");
        reader.Read();
        reader.Read();
        run.IsTrue(reader.Skip(), "skip");
        run.AreEqual("{\"b\":[1,{\"c\":2}]}".Length, reader.ValueCount, "length of what was skipped");
        run.IsTrue(reader.Read() && reader.ValueEquals("d"), "the next member");
    }

    private static void Malformed(CheckRun run)
    {
        string[] bad =
        {
            "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "1 2", "[1]]",
            "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\n\"", "01", "-", "+1", "1.", ".5", "1e", "1e+", "NaN", "Infinity", "tru", "truex", "nul", "True", "//", "/* */1",
        };
        for (int i = 0; i < bad.Length; i++)
        {
            byte[] bytes = Utf8Text.GetBytes(bad[i]);
            run.IsTrue(!JsonReader.IsValid(bytes, 0, bytes.Length), "accepted '" + bad[i] + "'");
        }

        byte[] notUtf8 = Hex.Parse("22c32822");
        run.IsTrue(!JsonReader.IsValid(notUtf8, 0, notUtf8.Length), "accepted bytes that are not UTF-8");
    }

    private static void Depth(CheckRun run)
    {
        byte[] allowed = Nested(JsonReader.DefaultMaxDepth);
        run.IsTrue(JsonReader.IsValid(allowed, 0, allowed.Length), "the stated depth");
        byte[] deeper = Nested(JsonReader.DefaultMaxDepth + 1);
        run.IsTrue(!JsonReader.IsValid(deeper, 0, deeper.Length), "one more");
    }

    private static byte[] Nested(int depth)
    {
        return Utf8Text.GetBytes(new string('[', depth) + new string(']', depth));
    }

    private static void Writer(CheckRun run)
    {
        ByteWriter output = new ByteWriter(16, 256);
        JsonWriter writer = new JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteName("a\"b");
        writer.WriteString("x\ny\u00e9\u0001");
        writer.WriteName("n");
        writer.WriteStartArray();
        writer.WriteInt64(-5);
        writer.WriteDouble(1.5);
        writer.WriteBoolean(true);
        writer.WriteNull();
        writer.WriteString(null);
        writer.WriteRaw(Utf8Text.GetBytes("{\"r\":1}"), 0, 7);
        writer.WriteEndArray();
        writer.WriteName("e");
        writer.WriteStartObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        run.IsText("{\"a\\\"b\":\"x\\ny\u00e9\\u0001\",\"n\":[-5,1.5,true,null,null,{\"r\":1}],\"e\":{}}", output.Buffer, 0, output.Count, "text");
        run.AreEqual(0, writer.Depth, "depth");
        run.Throws(r => writer.WriteEndObject(), "an end without a start");
    }

    private static void WrittenFractions(CheckRun run)
    {
        double[] values = { 0.1, -0.25, 1.0 / 3.0, 123.456, 1e21, 1e-7, 1.7976931348623157e308, 5e-324, 21.5, 100 };
        ByteWriter output = new ByteWriter(16, 64);
        for (int i = 0; i < values.Length; i++)
        {
            output.Clear();
            JsonWriter writer = new JsonWriter(output);
            writer.WriteDouble(values[i]);
            JsonReader reader = new JsonReader(output.Buffer, 0, output.Count);
            run.IsTrue(reader.Read() && reader.GetDouble() == values[i], "value " + i.ToString() + " as " + Utf8Text.GetString(output.Buffer, 0, output.Count));
        }
    }

    private static void Members(CheckRun run)
    {
        byte[] json = Utf8Text.GetBytes("{\"status\":\"assigned\",\"n\":3,\"inner\":{\"status\":\"x\"},\"none\":null}");
        run.IsTrue(JsonMember.IsObject(json, 0, json.Length), "is an object");
        run.IsTrue(JsonMember.TryGetString(json, 0, json.Length, "status", out string? text), "a text");
        run.AreEqual("assigned", text, "the outer member");
        run.IsTrue(JsonMember.TryGetInt64(json, 0, json.Length, "n", out long number) && number == 3, "a number");
        run.IsTrue(JsonMember.TryFind(json, 0, json.Length, "inner", out int offset, out int count), "an object");
        run.IsText("{\"status\":\"x\"}", json, offset, count, "its text");
        run.IsTrue(!JsonMember.TryFind(json, 0, json.Length, "missing", out offset, out count), "a missing member");
        run.IsTrue(!JsonMember.TryGetInt64(json, 0, json.Length, "status", out number), "a text is no number");
    }

    private static void Merge(CheckRun run)
    {
        CheckMerge(run, "{\"a\":\"b\"}", "{\"a\":\"c\"}", false, "{\"a\":\"c\"}");
        CheckMerge(run, "{\"a\":\"b\"}", "{\"b\":\"c\"}", false, "{\"a\":\"b\",\"b\":\"c\"}");
        CheckMerge(run, "{\"a\":\"b\"}", "{\"a\":null}", false, "{}");
        CheckMerge(run, "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", false, "{\"b\":\"c\"}");
        CheckMerge(run, "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", false, "{\"a\":\"c\"}");
        CheckMerge(run, "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", false, "{\"a\":[\"b\"]}");
        CheckMerge(run, "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", false, "{\"a\":{\"b\":\"d\"}}");
        CheckMerge(run, "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", false, "{\"a\":[1]}");
        CheckMerge(run, "[\"a\",\"b\"]", "[\"c\",\"d\"]", false, "[\"c\",\"d\"]");
        CheckMerge(run, "{\"a\":\"b\"}", "[\"c\"]", false, "[\"c\"]");
        CheckMerge(run, "{\"e\":null}", "{\"a\":1}", false, "{\"e\":null,\"a\":1}");
        CheckMerge(run, "[1,2]", "{\"a\":\"b\",\"c\":null}", false, "{\"a\":\"b\"}");
        CheckMerge(run, "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", false, "{\"a\":{\"bb\":{}}}");
    }

    private static void Compose(CheckRun run)
    {
        CheckMerge(run, "{\"a\":1}", "{\"a\":null}", true, "{\"a\":null}");
        CheckMerge(run, "{\"a\":null}", "{\"b\":{\"c\":null}}", true, "{\"a\":null,\"b\":{\"c\":null}}");
        CheckMerge(run, "{\"a\":{\"x\":1}}", "{\"a\":{\"x\":null,\"y\":2}}", true, "{\"a\":{\"x\":null,\"y\":2}}");
    }

    private static void CheckMerge(CheckRun run, string target, string patch, bool keepNulls, string expected)
    {
        byte[] first = Utf8Text.GetBytes(target);
        byte[] second = Utf8Text.GetBytes(patch);
        ByteWriter output = new ByteWriter(16, 256);
        run.IsTrue(JsonMerge.TryMerge(first, 0, first.Length, second, 0, second.Length, keepNulls, output), "refused " + target + " with " + patch);
        run.IsText(expected, output.Buffer, 0, output.Count, target + " with " + patch);
    }
}
