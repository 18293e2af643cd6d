using DeviceClient.Protocol;

namespace DeviceClient.NanoRuntime;

/// <summary>Property bags in topics, and telemetry's system properties. Source of the forms: docs/protocol.md.</summary>
public static class BagChecks
{
    public static void Run(CheckRun run)
    {
        run.Begin("property bags");
        run.Run("encoding", Encoding);
        run.Run("decoding", Decoding);
        run.Run("decoding that is refused", BadBags);
        run.Run("telemetry properties", Telemetry);
        run.Run("telemetry without properties", EmptyTelemetry);
        run.End();
    }

    private static void Encoding(CheckRun run)
    {
        PropertyBag bag = new PropertyBag();
        bag.Add("$.mid", "id 1");
        bag.Add("flag", null);
        bag.Add("empty", "");
        bag.Add("a&b", "c=d/e");
        const string Expected = "%24.mid=id%201&flag&empty=&a%26b=c%3Dd%2Fe";
        run.AreEqual(Expected.Length, PropertyBagCodec.GetEncodedLength(bag), "length");
        byte[] buffer = new byte[Expected.Length + 1];
        run.AreEqual(Expected.Length, PropertyBagCodec.Encode(bag, buffer, 1), "written");
        run.IsText(Expected, buffer, 1, Expected.Length, "text");
        PropertyBag back = new PropertyBag();
        run.IsTrue(PropertyBagCodec.TryDecode(buffer, 1, Expected.Length, back), "reads back");
        run.AreEqual(4, back.Count, "count");
        for (int i = 0; i < back.Count && i < bag.Count; i++)
        {
            run.AreEqual(bag.GetName(i), back.GetName(i), "name");
            run.AreEqual(bag.GetValue(i), back.GetValue(i), "value of " + bag.GetName(i));
        }
    }

    private static void Decoding(CheckRun run)
    {
        CheckBag(run, "", "");
        CheckBag(run, "?", "");
        CheckBag(run, "?$rid=1", "$rid=1;");
        CheckBag(run, "?$rid=1&$version=12", "$rid=1;$version=12;");
        CheckBag(run, "%24.to=%2Fdevices%2Fd%2Fmessages%2FdeviceBound&iothub-ack=full/", "$.to=/devices/d/messages/deviceBound;iothub-ack=full;");
        CheckBag(run, "a&b=&c=1", "a;b=;c=1;");
        CheckBag(run, "a=1&a=2", "a=1;a=2;");
    }

    private static void CheckBag(CheckRun run, string text, string expected)
    {
        PropertyBag bag = new PropertyBag();
        byte[] bytes = Utf8Text.GetBytes(text);
        run.IsTrue(PropertyBagCodec.TryDecode(bytes, 0, bytes.Length, bag), "refused '" + text + "'");
        string found = "";
        for (int i = 0; i < bag.Count; i++)
        {
            string? value = bag.GetValue(i);
            found += bag.GetName(i) + (value == null ? "" : "=" + value) + ";";
        }

        run.AreEqual(expected, found, text);
    }

    private static void BadBags(CheckRun run)
    {
        string[] bad = { "a=b=c", "=1", "&", "a=1&", "a=1&&b=2", "a=%", "a=%zz", "%ff=1" };
        PropertyBag bag = new PropertyBag();
        for (int i = 0; i < bad.Length; i++)
        {
            byte[] bytes = Utf8Text.GetBytes(bad[i]);
            run.IsTrue(!PropertyBagCodec.TryDecode(bytes, 0, bytes.Length, bag), "accepted '" + bad[i] + "'");
            run.AreEqual(0, bag.Count, "left over from '" + bad[i] + "'");
        }
    }

    private static void Telemetry(CheckRun run)
    {
        TelemetryMessage message = new TelemetryMessage(new byte[10], 2, 5);
        message.MessageId = "m1";
        message.CorrelationId = "c/1";
        message.ContentType = "application/json";
        message.ContentEncoding = "utf-8";
        message.ComponentName = "thermostat1";
        message.Properties.Add("level", "high");
        const string Expected = "%24.mid=m1&%24.cid=c%2F1&%24.ct=application%2Fjson&%24.ce=utf-8&%24.sub=thermostat1&level=high";
        byte[] buffer = new byte[256];
        run.AreEqual(Expected.Length, TelemetryEncoder.GetBagLength(message), "length");
        int count = TelemetryEncoder.WriteBag(message, buffer, 3);
        run.IsText(Expected, buffer, 3, count, "bag");
        run.AreEqual(5 + 2 + 3 + 16 + 5 + 11 + 5 + 4, TelemetryEncoder.GetHubSize(message), "size that the hub counts");
    }

    private static void EmptyTelemetry(CheckRun run)
    {
        TelemetryMessage message = new TelemetryMessage(new byte[3]);
        run.AreEqual(0, TelemetryEncoder.GetBagLength(message), "length");
        run.AreEqual(0, TelemetryEncoder.WriteBag(message, new byte[1], 1), "written");
        run.AreEqual(3, TelemetryEncoder.GetHubSize(message), "size");
    }
}
