using BenchmarkDotNet.Attributes;
using DeviceClient.Protocol;

namespace DeviceClient.Benchmarks.Micro;

/// <summary>Property bags and telemetry topics.</summary>
public class TelemetryBenchmarks
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly byte[] _encoded = Utf8Text.GetBytes("%24.mid=af3c-17&%24.ct=application%2Fjson&%24.ce=utf-8&unit=celsius&line=7&seq=000123");
    private readonly PropertyBag _decoded = new();
    private readonly PropertyBag _bag = new();
    private readonly TelemetryMessage _plain = new(new byte[100]);
    private readonly TelemetryMessage _rich = new(new byte[100])
    {
        MessageId = "af3c-17",
        ContentType = "application/json",
        ContentEncoding = "utf-8",
    };

    [GlobalSetup]
    public void Setup()
    {
        foreach (PropertyBag bag in new[] { _bag, _plain.Properties, _rich.Properties })
        {
            bag.Add("unit", "celsius");
            bag.Add("line", "7");
            bag.Add("seq", "000123");
        }
    }

    [Benchmark]
    public int BagEncodeThreeProperties() => PropertyBagCodec.Encode(_bag, _buffer, 0);

    [Benchmark]
    public bool BagDecodeSixProperties() => PropertyBagCodec.TryDecode(_encoded, 0, _encoded.Length, _decoded);

    [Benchmark]
    public int TelemetryThreeProperties() =>
        TelemetryEncoder.GetHubSize(_plain) + TelemetryEncoder.GetBagLength(_plain) + TelemetryEncoder.WriteBag(_plain, _buffer, 0);

    [Benchmark]
    public int TelemetryThreeAndThreeSystemProperties() =>
        TelemetryEncoder.GetHubSize(_rich) + TelemetryEncoder.GetBagLength(_rich) + TelemetryEncoder.WriteBag(_rich, _buffer, 0);
}
