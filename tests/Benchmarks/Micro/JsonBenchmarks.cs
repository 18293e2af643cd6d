using System.Text.Json;
using BenchmarkDotNet.Attributes;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>The core's JSON on a twin of usual size, beside the runtime's own reader.</summary>
public class JsonBenchmarks
{
    private readonly byte[] _twin = Utf8Text.GetBytes(
        "{\"desired\":{\"interval\":5,\"targets\":{\"left\":21.5,\"right\":22.25},\"mode\":\"auto\",\"note\":\"caf\\u00e9 \\\"east\\\"\",\"$version\":7},"
        + "\"reported\":{\"firmware\":\"1.4.2\",\"interval\":5,\"alarms\":[1,2,3],\"battery\":{\"volts\":3.71,\"charging\":false},\"$version\":42}}");

    private readonly byte[] _patch = Utf8Text.GetBytes("{\"interval\":10,\"battery\":{\"charging\":true,\"volts\":null},\"link\":{\"rssi\":-71}}");
    private readonly byte[] _target = Utf8Text.GetBytes("{\"firmware\":\"1.4.2\",\"interval\":5,\"alarms\":[1,2,3],\"battery\":{\"volts\":3.71,\"charging\":false}}");

    private readonly ByteWriter _output = new(1024, 64 * 1024);

    [Benchmark]
    public int ReadTwin()
    {
        var reader = new JsonReader(_twin, 0, _twin.Length);
        int tokens = 0;
        while (reader.Read())
        {
            tokens++;
        }

        return tokens;
    }

    [Benchmark(Baseline = true)]
    public int ReadTwinSystemTextJson()
    {
        var reader = new Utf8JsonReader(_twin);
        int tokens = 0;
        while (reader.Read())
        {
            tokens++;
        }

        return tokens;
    }

    [Benchmark]
    public int MergePatch()
    {
        _output.Clear();
        JsonMerge.TryMerge(_target, 0, _target.Length, _patch, 0, _patch.Length, keepNulls: false, _output);
        return _output.Count;
    }

    [Benchmark]
    public int FindMember()
    {
        JsonMember.TryFind(_twin, 0, _twin.Length, "reported", out int offset, out int count);
        return offset + count;
    }
}
