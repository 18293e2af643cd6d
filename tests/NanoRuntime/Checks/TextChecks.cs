using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>UTF-8, decimal numbers, Base64 and percent-encoding. Vectors: RFC 3629, RFC 4648 section 10, RFC 3986.</summary>
public static class TextChecks
{
    public static void Run(CheckRun run)
    {
        run.Begin("text");
        run.Run("UTF-8 of one to four bytes", Utf8);
        run.Run("UTF-8 that is not valid", BadUtf8);
        run.Run("decimal numbers", Numbers);
        run.Run("decimal numbers that are not valid", BadNumbers);
        run.Run("Base64 of RFC 4648", Base64Vectors);
        run.Run("Base64 that is not valid", BadBase64);
        run.Run("percent-encoding", Percent);
        run.Run("percent-decoding that is not valid", BadPercent);
        run.Run("byte writer at its limit", Writer);
        run.End();
    }

    private static void Utf8(CheckRun run)
    {
        byte[] bytes = Utf8Text.GetBytes("a\u00e9\u20ac\ud83d\ude00");
        run.AreBytes("61c3a9e282acf09f9880", bytes, 0, bytes.Length, "bytes");
        run.AreEqual(10, Utf8Text.GetByteCount("a\u00e9\u20ac\ud83d\ude00"), "byte count");
        run.AreEqual("a\u00e9\u20ac\ud83d\ude00", Utf8Text.GetString(bytes, 0, bytes.Length), "text");
        byte[] room = new byte[12];
        run.AreEqual(10, Utf8Text.Write("a\u00e9\u20ac\ud83d\ude00", room, 1), "written");
        run.AreBytes("0061c3a9e282acf09f988000", room, 0, 12, "neighbours untouched");
        run.IsTrue(Utf8Text.Equals(bytes, 0, 1, Utf8Text.GetBytes("a")), "equals");
        run.IsTrue(!Utf8Text.Equals(bytes, 0, 2, Utf8Text.GetBytes("a")), "longer is not equal");
        run.IsTrue(Utf8Text.StartsWith(bytes, 0, 10, Utf8Text.GetBytes("a")), "starts with");
    }

    private static void BadUtf8(CheckRun run)
    {
        string[] bad = { "80", "c3", "c080", "e282", "e08080", "eda080", "f0808080", "f4908080", "f8888080", "61ff" };
        for (int i = 0; i < bad.Length; i++)
        {
            byte[] bytes = Hex.Parse(bad[i]);
            run.IsTrue(!Utf8Text.IsValidUtf8(bytes, 0, bytes.Length), bad[i]);
        }

        byte[] good = Hex.Parse("61c3a9e282acf09f9880efbfbf");
        run.IsTrue(Utf8Text.IsValidUtf8(good, 0, good.Length), "valid bytes refused");
        run.IsTrue(Utf8Text.IsValidUtf8(good, 0, 0), "empty slice refused");
    }

    private static void Numbers(CheckRun run)
    {
        CheckNumber(run, 0, "0");
        CheckNumber(run, 7, "7");
        CheckNumber(run, -1, "-1");
        CheckNumber(run, 1893456000, "1893456000");
        CheckNumber(run, long.MaxValue, "9223372036854775807");
        CheckNumber(run, long.MinValue, "-9223372036854775808");
    }

    private static void CheckNumber(CheckRun run, long value, string text)
    {
        byte[] buffer = new byte[24];
        int count = Utf8Text.WriteInt64(value, buffer, 2);
        run.IsText(text, buffer, 2, count, "written");
        run.IsTrue(Utf8Text.TryParseInt64(buffer, 2, count, out long read), "parsed " + text);
        run.AreEqual(value, read, "read");
    }

    private static void BadNumbers(CheckRun run)
    {
        string[] bad = { "", "-", "+1", "1a", " 1", "1.0", "9223372036854775808", "-9223372036854775809", "99999999999999999999" };
        for (int i = 0; i < bad.Length; i++)
        {
            byte[] bytes = Utf8Text.GetBytes(bad[i]);
            run.IsTrue(!Utf8Text.TryParseInt64(bytes, 0, bytes.Length, out long _), "accepted '" + bad[i] + "'");
        }
    }

    private static void Base64Vectors(CheckRun run)
    {
        string[] plain = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
        string[] coded = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
        for (int i = 0; i < plain.Length; i++)
        {
            byte[] bytes = Utf8Text.GetBytes(plain[i]);
            run.AreEqual(coded[i], Base64.Encode(bytes, 0, bytes.Length), "encoded");
            run.IsTrue(Base64.TryDecode(coded[i], out byte[] decoded), "decoded " + coded[i]);
            run.IsText(plain[i], decoded, 0, decoded.Length, "decoded");
        }

        byte[] high = Hex.Parse("fbffbf");
        run.AreEqual("+/+/", Base64.Encode(high, 0, 3), "the last two letters");
    }

    private static void BadBase64(CheckRun run)
    {
        string[] bad = { "Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm 9", "Zm9v\n", "Zm9-", "Zg==Zg==", "=m9v" };
        for (int i = 0; i < bad.Length; i++)
        {
            run.IsTrue(!Base64.TryDecode(bad[i], out byte[] _), "accepted '" + bad[i] + "'");
        }
    }

    private static void Percent(CheckRun run)
    {
        const string Plain = "AZaz09-_.~ /%&=?$#+\u00e9";
        const string Coded = "AZaz09-_.~%20%2F%25%26%3D%3F%24%23%2B%C3%A9";
        run.AreEqual(Coded, PercentEncoding.Encode(Plain), "text to text");
        run.AreEqual(Coded.Length, PercentEncoding.GetEncodedLength(Plain), "length");
        byte[] buffer = new byte[Coded.Length + 2];
        run.AreEqual(Coded.Length, PercentEncoding.Encode(Plain, buffer, 1), "written");
        run.IsText(Coded, buffer, 1, Coded.Length, "bytes");
        run.IsTrue(PercentEncoding.TryDecode(buffer, 1, Coded.Length, out string back), "decodes");
        run.AreEqual(Plain, back, "round trip");
        byte[] lower = Utf8Text.GetBytes("%2f+%c3%a9");
        run.IsTrue(PercentEncoding.TryDecode(lower, 0, lower.Length, out back), "lower hex decodes");
        run.AreEqual("/+\u00e9", back, "a plus stays a plus");
    }

    private static void BadPercent(CheckRun run)
    {
        string[] bad = { "%", "%2", "%2g", "a%", "%%41", "%c3", "%ff", "%c0%80" };
        for (int i = 0; i < bad.Length; i++)
        {
            byte[] bytes = Utf8Text.GetBytes(bad[i]);
            run.IsTrue(!PercentEncoding.TryDecode(bytes, 0, bytes.Length, out string _), "accepted '" + bad[i] + "'");
        }
    }

    private static void Writer(CheckRun run)
    {
        ByteWriter writer = new ByteWriter(2, 8);
        writer.WriteAscii("abc");
        writer.WriteUtf8("\u00e9");
        writer.WriteByte((byte)'!');
        run.IsTrue(!writer.Overflowed, "six of eight bytes overflowed");
        writer.WriteAscii("xyz");
        run.IsTrue(writer.Overflowed, "nine of eight bytes fitted");
        run.AreBytes("616263c3a921", writer.Buffer, 0, writer.Count, "content");
        writer.Clear();
        writer.WriteInt64(-12);
        run.IsTrue(!writer.Overflowed, "clear keeps the overflow");
        run.AreBytes("2d3132", writer.ToArray(), 0, 3, "after clear");
    }
}
