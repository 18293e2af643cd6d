using System.Text;
using DeviceClient.Protocol;

namespace DeviceClient.Core.Tests;

/// <summary>Seeded documents and mutations of them.</summary>
internal static class RandomJson
{
    private const string Names = "abc";
    private const string Marks = "{}[]\",:\\u0123456789dDcC+-.eEtrufalsn \n\0\u00ff\u00c3\u00a9";

    internal static void Write(Random random, JsonWriter json, int depth)
    {
        switch (random.Next(depth > 4 ? 5 : 8))
        {
            case 0:
                json.WriteInt64(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
                break;
            case 1:
                json.WriteDouble((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20)));
                break;
            case 2:
                json.WriteString(Text(random));
                break;
            case 3:
                json.WriteBoolean(random.Next(2) == 0);
                break;
            case 4:
                json.WriteNull();
                break;
            case 5:
                json.WriteStartArray();
                for (int i = random.Next(4); i > 0; i--)
                {
                    Write(random, json, depth + 1);
                }

                json.WriteEndArray();
                break;
            default:
                WriteObject(random, json, depth);
                break;
        }
    }

    internal static void WriteObject(Random random, JsonWriter json, int depth)
    {
        json.WriteStartObject();
        foreach (char name in Names)
        {
            if (random.Next(2) == 0)
            {
                json.WriteName(name.ToString());
                Write(random, json, depth + 1);
            }
        }

        if (random.Next(3) == 0)
        {
            json.WriteName("z" + Text(random));
            Write(random, json, depth + 1);
        }

        json.WriteEndObject();
    }

    internal static byte[] Mutate(Random random, byte[] json)
    {
        List<byte> bytes = [.. json];
        for (int i = random.Next(4); i > 0; i--)
        {
            int at = random.Next(bytes.Count + 1);
            byte mark = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)Marks[random.Next(Marks.Length)];
            switch (random.Next(4))
            {
                case 0:
                    bytes.Insert(at, mark);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] = mark;
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(3) == 0 ? bytes.Count - at : 0);
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (int i = random.Next(6); i > 0; i--)
        {
            text.Append(random.Next(4) switch
            {
                0 => ((char)random.Next(0x30)).ToString(),
                1 => char.ConvertFromUtf32(random.Next(0x10000, 0x110000)),
                2 => "\\",
                _ => ((char)random.Next(0x20, 0xD800)).ToString(),
            });
        }

        return text.ToString();
    }
}
