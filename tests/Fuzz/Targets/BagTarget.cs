using DeviceClient.Protocol;

namespace DeviceClient.Fuzz.Targets;

/// <summary>Property bags. Promises: no exception, and what is decoded survives encoding and decoding again.</summary>
internal static class BagTarget
{
    public static void Run(byte[] input)
    {
        var first = new PropertyBag();
        if (!PropertyBagCodec.TryDecode(input, 0, input.Length, first))
        {
            return;
        }

        int length = PropertyBagCodec.GetEncodedLength(first);
        byte[] encoded = new byte[length + 2];
        encoded[^1] = encoded[^2] = 0xEE;
        int written = PropertyBagCodec.Encode(first, encoded, 0);
        BrokenPromiseException.Unless(written == length, $"The length was said to be {length} and is {written}.");
        BrokenPromiseException.Unless(encoded[^1] == 0xEE && encoded[^2] == 0xEE, "Encoding wrote behind its end.");
        var second = new PropertyBag();
        BrokenPromiseException.Unless(PropertyBagCodec.TryDecode(encoded, 0, written, second), "What was encoded cannot be decoded.");
        BrokenPromiseException.Unless(first.Count == second.Count, $"{first.Count} properties became {second.Count}.");
        for (int i = 0; i < first.Count; i++)
        {
            BrokenPromiseException.Unless(first.GetName(i) == second.GetName(i) && first.GetValue(i) == second.GetValue(i), $"Property {i} changed.");
        }
    }
}
