namespace DeviceClient.NanoRuntime;

/// <summary>Bytes as lower-case hexadecimal text, the form of the golden packets and vectors.</summary>
public static class Hex
{
    private const string Digits = "0123456789abcdef";

    /// <summary>Reads a text; spaces between bytes are skipped.</summary>
    public static byte[] Parse(string text)
    {
        byte[] result = new byte[text.Length];
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != ' ')
            {
                result[count] = (byte)((Digits.IndexOf(text[i]) << 4) | Digits.IndexOf(text[i + 1]));
                count++;
                i++;
            }
        }

        byte[] exact = new byte[count];
        System.Array.Copy(result, 0, exact, 0, count);
        return exact;
    }

    public static string Format(byte[] data, int offset, int count)
    {
        char[] text = new char[count * 2];
        for (int i = 0; i < count; i++)
        {
            text[2 * i] = Digits[data[offset + i] >> 4];
            text[(2 * i) + 1] = Digits[data[offset + i] & 15];
        }

        return new string(text);
    }
}
